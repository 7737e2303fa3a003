"""What a campaign found: the promises that were broken, a table for people, one line of JSON for programs."""

import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos import checker, costs
from tests.chaos.costs import Loss
from tests.chaos.faults import HANG, REDO, SILENCE_SECONDS, Strike
from tests.chaos.history import Entry

SLACK = 15.0
"""Seconds beyond the lease within which a stage that was hit must be claimed again. A hang is noticed only once the
trainer has been silent for its limit, so that comes on top."""


@dataclass(frozen=True)
class Evidence:
    """All that is judged.

    Attributes:
        wanted: digests of the submitted stages.
        rows: (cells whose row is the undisturbed one's, cells).
        different: lines on what differs.
        damaged: lines on artifacts.
        orphans: process ids of trainers without a worker.
        notes: what is worth knowing and no broken promise.
        lease, interval: seconds.
        timed: times are judged, not only told.
        ends: (digest, attempt) → how the ledger says that it ended.
        rules: lines on rules of the ledger that were broken, at any look.
        seen: lines on promises that a fault saw broken itself.
    """

    ledger: str
    seed: int
    seconds: float
    history: Sequence[Entry]
    strikes: Sequence[Strike]
    wanted: frozenset[str]
    rows: tuple[int, int]
    different: Sequence[str]
    damaged: Sequence[str]
    orphans: Sequence[int]
    notes: Sequence[str]
    lease: float
    interval: float
    timed: bool = True
    ends: Mapping[tuple[str, int], str] = field(default_factory=dict)
    rules: Sequence[str] = ()
    seen: Sequence[str] = ()


@dataclass(frozen=True)
class Verdict:
    """Verdict.

    Attributes:
        broken: one line for each broken promise, empty = all were kept.
        facts: what the JSON line says.
    """

    broken: tuple[str, ...]
    facts: dict[str, object]
    losses: tuple[Loss, ...]
    notes: tuple[str, ...]
    recoveries: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.broken

    def line(self) -> str:
        """The JSON object, on one line."""
        return json.dumps(self.facts)

    def table(self) -> str:
        """By kind of fault: how many, how many attempts they ended, what that cost, and how long it took from the cure
        to the first progress."""
        counts = self.facts["faults"]
        assert isinstance(counts, dict)
        head = f"{'fault':<16}{'done':>6}{'attempts ended':>16}{'redone max s':>14}{'rerun max s':>13}"
        lines = [f"{head}{'recovery p50 s':>16}{'max s':>8}"]
        for kind, count in counts.items():
            mine = [loss for loss in self.losses if loss.kind == kind]
            redone = max((loss.redone for loss in mine), default=0.0)
            rerun = max((loss.rerun or 0.0 for loss in mine), default=0.0)
            waits = self.recoveries.get(kind, [0.0])
            told = f"{kind:<16}{count:>6}{len(mine):>16}{redone:>14.1f}{rerun:>13.1f}"
            lines.append(f"{told}{statistics.median(waits):>16.1f}{max(waits):>8.1f}")
        return "\n".join(lines)


def judge(evidence: Evidence) -> Verdict:
    """Holds the evidence against every promise."""
    history = evidence.history
    found = costs.losses(history, evidence.strikes, evidence.interval)
    lost = checker.lost_stages(history, evidence.wanted)
    twice = checker.duplicates(history)
    stale = checker.stale_writes(history)
    same, cells = evidence.rows
    broken = [
        *(f"stage lost: {line}" for line in lost),
        *(f"duplicate: {line}" for line in twice),
        *(f"stale write: {line}" for line in stale),
        *(f"illegal: {line}" for line in checker.illegal_changes(history)),
        *(f"sent back: {line}" for line in checker.sent_back(history, _redone(evidence.strikes))),
        *(f"rule: {line}" for line in evidence.rules),
        *(f"beside: {line}" for line in evidence.seen),
        *(f"work thrown away: {line}" for line in checker.thrown_away(history)),
        *(_too_costly(found, evidence.lease) if evidence.timed else ()),
        *(f"artifact: {line}" for line in evidence.damaged),
        *(f"orphan: trainer {pid} outlived its worker" for pid in evidence.orphans),
        *(f"different: {line}" for line in evidence.different),
    ]
    if same != cells:
        broken.append(f"rows: only {same} of {cells} are the undisturbed run's")
    facts: dict[str, object] = {
        "bench": "chaos",
        "ledger": evidence.ledger,
        "seed": evidence.seed,
        "seconds": round(evidence.seconds),
        "faults": dict(sorted(Counter(strike.kind for strike in evidence.strikes).items())),
        "stages": len(evidence.wanted),
        "attempts_ended": len(found),
        "attempts_resumed": checker.resumed(history),
        "stages_lost": len(lost),
        "duplicate_rows": len(twice),
        "stale_writes": len(stale),
        "rules_broken": len(evidence.rules),
        **costs.summary(found),
        "orphan_trainers": len(evidence.orphans),
        "rows_identical": [same, cells],
        "ok": not broken,
    }
    notes = (*evidence.notes, *costs.unexplained(history, evidence.strikes, evidence.ends))
    return Verdict(tuple(broken), facts, tuple(found), notes, costs.recoveries(history, evidence.strikes))


def _redone(strikes: Sequence[Strike]) -> list[str]:
    return [digest for strike in strikes if strike.kind == REDO for digest, _ in strike.hits]


def _too_costly(found: Sequence[Loss], lease: float) -> list[str]:
    lines = []
    for loss in found:
        name = f"{loss.digest[:12]}, attempt {loss.attempt}, fault {loss.fault} ({loss.kind})"
        if loss.redone > loss.limit:
            lines.append(f"redone: {name}: {loss.redone:.1f} s of work, at most {loss.limit:.1f} s")
        latest = lease + SLACK + (SILENCE_SECONDS if loss.kind == HANG else 0.0)
        if loss.rerun is not None and loss.rerun > latest:
            lines.append(f"rerun: {name}: after {loss.rerun:.1f} s, at most {latest:.1f} s")
    return lines
