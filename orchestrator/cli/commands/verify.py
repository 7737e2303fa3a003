"""`sweep verify`: are the artifacts what the ledger says they are, and does the ledger keep its own rules?"""

from dataclasses import asdict, dataclass

import typer
from sqlalchemy import Engine

from prunesweep.core.extras import need
from prunesweep.core.jobs.answers import Fault
from prunesweep.core.jobs.programs import VERIFY
from prunesweep.core.jobs.requests import Count, Stored, Verify
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.references import ReferencedArtifact, artifacts_made, artifacts_of, still_made
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.redo import RedoSummary, redo
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.console.output import flash, note, paint, say, say_json
from prunesweep.orchestrator.console.text import plural, size
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.maintenance.broken_rules import ONCE_MORE, BrokenRule, broken_rules
from prunesweep.orchestrator.run.submission import send_hints
from prunesweep.orchestrator.torch_client import ask


@dataclass(frozen=True)
class Finding:
    """What is wrong.

    Attributes:
        digest, label: the stage whose row or artifact it is.
        artifact: the SHA-256 that was looked at.
        what: missing, wrong hash, wrong content, wrong count.
        snapshot: the saved state of a stage that isn't DONE.
        own: the stage's own artifact, not one that it read.
        imported: nothing can make it again but its file.
    """

    digest: str
    label: str
    artifact: str
    what: str
    message: str
    snapshot: bool
    own: bool
    imported: bool = False


@dataclass(frozen=True)
class VerifySummary:
    """What verify looked at and found.

    Attributes:
        artifacts, snapshots: how many were looked at.
        bytes: read.
        findings: all that is wrong.
    """

    artifacts: int
    snapshots: int
    bytes: int
    findings: tuple[Finding, ...]


def verify(sweep: str | None, repair: bool, json_: bool) -> None:
    """Read every artifact again: is it there, does its hash fit, do its weights and masks add up to the ledger's
    numbers? And does the ledger keep its own rules? Exit code 1 if something is wrong."""
    settings = load_settings()
    with ledger(settings) as engine:
        chosen = None if sweep is None else find_sweep(engine, sweep).id
        need("worker", "verify", modules=("torch",))
        rules = broken_rules(engine, chosen)
        looked = look(engine, settings, artifacts_made(engine, chosen))
        redone = _repair(engine, looked.findings, rules) if repair and (looked.findings or rules) else None
        hints = in_order(engine, redone.ready) if redone is not None else {}
    if redone is not None:
        problem = send_hints(settings, hints)
        if problem:
            note(f"note: {problem}")
    if json_:
        broken = [{**asdict(rule), "fix": rule.fix} for rule in rules]
        say_json({**asdict(looked), "rules": broken, "repair": None if redone is None else asdict(redone)})
    else:
        say(*(rule.line for rule in rules), *_lines(looked, redone))
    if looked.findings or rules:
        raise typer.Exit(1)


def look(engine: Engine, settings: Settings, made: list[ReferencedArtifact]) -> VerifySummary:
    """Read the artifacts and saved states, and say what is wrong with them or with what rows say of them."""
    files = tuple(_stored(one) for one in made)
    read = done = 0
    found: list[tuple[ReferencedArtifact, Fault]] = []
    if files:
        for event in ask(VERIFY, Verify(settings.artifacts_url, str(settings.home), files, settings.threads)):
            found += [(made[done], finding) for finding in event.findings]
            done += 1
            read += event.bytes
            flash(f"verify: {done:,} of {len(made):,} artifacts, {size(read)}, {len(found):,} wrong")
        flash("")
    # A running stage replaces its saved state, and a stage may have been sent back, while we looked.
    still = still_made(engine, [one for one, _ in found])
    findings = tuple(_finding(one, finding) for one, finding in found if one in still)
    saved = sum(one.snapshot for one in made)
    return VerifySummary(len(made) - saved, saved, read, findings)


def _stored(made: ReferencedArtifact) -> Stored:
    counts = tuple(Count(row.digest, row.label, row.nonzero, row.total) for row in made.counts)
    return Stored(made.digest, made.artifact, made.size, made.snapshot, counts, made.label, made.tensors)


def _finding(made: ReferencedArtifact, finding: Fault) -> Finding:
    own = finding.digest == made.digest
    return Finding(
        finding.digest,
        finding.label,
        made.artifact,
        finding.what,
        finding.message,
        made.snapshot,
        own,
        bool(made.tensors) and own,
    )


def _repair(engine: Engine, findings: tuple[Finding, ...], rules: tuple[BrokenRule, ...]) -> RedoSummary:

    # An Evaluate whose row says something else than the artifact that it read makes no artifact of its own.
    damaged = artifacts_of(engine, [digest for rule in rules if rule.rule in ONCE_MORE for digest in rule.done])
    again = [one for one in findings if not one.snapshot and not one.imported]
    damaged |= {one.digest: one.artifact if one.own else "" for one in again}
    return redo(engine, damaged, {one.digest: one.artifact for one in findings if one.snapshot})


def _lines(looked: VerifySummary, redone: RedoSummary | None) -> list[str]:
    lines = []
    for one in looked.findings:
        kind = "saved state " if one.snapshot else ""
        what = paint(one.what, "red")
        lines.append(f"{kind}{one.digest[:12]}  {one.label}: {what}: {one.message}")
    read = f"{plural(looked.artifacts, 'artifact')} and {plural(looked.snapshots, 'saved state')}, {size(looked.bytes)}"
    wrong = f"{len(looked.findings):,} wrong" if looked.findings else "all well"
    lines.append(f"{read}: {wrong}")
    if redone is not None:
        lines += _repaired(redone)
    elif any(not one.imported for one in looked.findings):
        lines.append("run them again: sweep verify --repair")
    if any(one.imported for one in looked.findings):
        lines.append("imported weights cannot be made again by running: submit the sweep again with its --weights")
    return lines


def _repaired(redone: RedoSummary) -> list[str]:
    lines = []
    if redone.again:
        lines.append(f"{plural(len(redone.again), 'stage runs', 'stages run')} again, {len(redone.ready):,} ready now")
    if redone.revived:
        lines.append(f"{plural(len(redone.revived), 'stage')} that had failed or was cancelled: a new start")
    if redone.snapshots:
        whose = plural(
            len(redone.snapshots),
            "saved state forgotten: its stage starts",
            "saved states forgotten: their stages start",
        )
        lines.append(f"{whose} at the beginning")
    return lines
