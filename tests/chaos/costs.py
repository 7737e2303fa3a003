"""What each fault cost: the work that was done again, and the time until somebody did it."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.checker import Attempt, attempts_of
from tests.chaos.faults import Strike
from tests.chaos.history import Entry

SETTLING = 10.0
"""Seconds that a new attempt may need before it trains: it reads its data and its inputs."""


@dataclass(frozen=True)
class Loss:
    """An attempt that a fault ended.

    Attributes:
        redone: seconds of its work that were lost; limit: how many may be.
        rerun: seconds from the fault to the next claim, None = it was never claimed again.
    """

    digest: str
    attempt: int
    fault: int
    kind: str
    redone: float
    limit: float
    rerun: float | None


def losses(history: Sequence[Entry], strikes: Sequence[Strike], interval: float) -> list[Loss]:
    """Every attempt that was hit and didn't end DONE. interval: seconds between snapshots."""
    hit: dict[tuple[str, int], list[Strike]] = {}
    for strike in strikes:
        for key in strike.hits:
            hit.setdefault(key, []).append(strike)
    found = []
    for mine in attempts_of(history).values():
        longest = max(attempt.longest for attempt in mine)
        for attempt, following in zip(mine, [*mine[1:], None], strict=True):
            culprit = _culprit(attempt, hit.get((attempt.digest, attempt.number), []))
            if culprit is not None:
                found.append(_loss(attempt, following, culprit, strikes, interval + longest + SETTLING))
    return found


def unexplained(history: Sequence[Entry], strikes: Sequence[Strike], ends: Mapping[tuple[str, int], str]) -> list[str]:
    """Attempts that were lost although no fault had hit them: a worker that was told to end may just have claimed
    another stage. ends: (digest, attempt) → how it ended, in the ledger's words."""
    hit = {key for strike in strikes for key in strike.hits}
    every = [attempt for mine in attempts_of(history).values() for attempt in mine]
    lost = [a for a in every if a.ended_as == "READY" and (a.digest, a.number) not in hit]
    return [
        f"{a.digest[:12]}: attempt {a.number} was lost without a fault ({ends.get((a.digest, a.number), '?')})"
        for a in lost
    ]


def recoveries(history: Sequence[Entry], strikes: Sequence[Strike]) -> dict[str, list[float]]:
    """By kind of fault, sorted: seconds from its cure (what takes no time is cured at once) to the first progress after
    it, i.e. an epoch, a saved state, or the end of a stage: of one that was hit, of any if none was."""
    progress = [(entry.at, entry.digest) for entry in history if _gets_on(entry)]
    found: dict[str, list[float]] = {}
    for strike in strikes:
        cured, mine = strike.until or strike.at, {digest for digest, _ in strike.hits}
        first = next((at for at, digest in progress if at >= cured and (not mine or digest in mine)), None)
        if first is not None:
            found.setdefault(strike.kind, []).append(first - cured)
    return {kind: sorted(seconds) for kind, seconds in sorted(found.items())}


def _gets_on(entry: Entry) -> bool:
    return entry.what in ("metric", "snapshot") or (entry.what == "stage" and entry.new == "DONE" != entry.old)


def summary(found: Sequence[Loss]) -> Mapping[str, float]:
    """Medians, maxima and the 99th percentile, in seconds; 0 where nothing was lost."""
    redone = [loss.redone for loss in found]
    reruns = [loss.rerun for loss in found if loss.rerun is not None]
    return {
        "redone_p50_s": round(statistics.median(redone), 2) if redone else 0.0,
        "redone_max_s": round(max(redone, default=0.0), 2),
        "rerun_p50_s": round(statistics.median(reruns), 2) if reruns else 0.0,
        "rerun_p99_s": round(percentile(reruns, 99), 2) if reruns else 0.0,
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` % of the values don't exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(percent) // 100) - 1)]


def _culprit(attempt: Attempt, strikes: Sequence[Strike]) -> Strike | None:
    """The fault that ended the attempt: the last on its own processes, else the last on a server."""
    if attempt.ended_as in ("DONE", ""):
        return None
    before = [strike for strike in strikes if strike.at <= (attempt.ended or strike.at)]
    return max(before, key=lambda strike: (strike.direct, strike.at), default=None)


def _loss(
    attempt: Attempt, following: Attempt | None, culprit: Strike, strikes: Sequence[Strike], limit: float
) -> Loss:
    since = attempt.stood_at(culprit.at)
    # Nothing can be saved while the ledger or the store is away: that time is no fault of the snapshots.
    idle = _overlap(strikes, since, culprit.at)
    # A stage that waits for a parent which is done again says nothing about how soon somebody comes.
    waits = attempt.ended_as == "PENDING"
    rerun = following.claimed - culprit.at if following is not None and not waits else None
    redone = max(0.0, culprit.at - since - idle)
    return Loss(attempt.digest, attempt.number, culprit.number, culprit.kind, redone, limit, rerun)


def _overlap(strikes: Sequence[Strike], start: float, end: float) -> float:
    """Seconds between start and end in which the ledger or the store was away."""
    away = [strike for strike in strikes if strike.kind.startswith(("ledger", "store")) and strike.until is not None]
    spans = sorted((max(start, strike.at), min(end, strike.until or end)) for strike in away)
    total, reached = 0.0, start
    for low, high in spans:
        total += max(0.0, high - max(low, reached))
        reached = max(reached, high)
    return total
