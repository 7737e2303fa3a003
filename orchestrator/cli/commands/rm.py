"""`sweep rm`: takes sweeps out of the ledger, and what only they hold out of the artifact store."""

import sys
from dataclasses import asdict

import typer
from sqlalchemy import Engine

from prunesweep.core.artifacts.location import FIELD, PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.removal import RemovalSummary, remove_sweeps
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.cli.commands.gc import clear_names
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.console.text import plural, size
from prunesweep.orchestrator.console.waiting import note_if_slow
from prunesweep.orchestrator.ledger_session import ledger


def rm(sweeps: list[str], yes: bool, dry_run: bool, json_: bool) -> None:
    """Remove sweeps that are over: their rows and artifacts, but for what other sweeps share. There is no way back."""
    settings = load_settings()
    with ledger(settings) as engine:
        ids = sorted({find_sweep(engine, sweep).id for sweep in sweeps})
        removed = remove_sweeps(engine, ids, dry_run=True)
        freed, left = removed.bytes, 0
        if not dry_run:
            if not yes:
                _ask(removed)
            removed = remove_sweeps(engine, ids, dry_run=False)
            freed, left = _free(engine, settings, removed)
    if json_:
        facts = {**asdict(removed), "artifacts": len(removed.artifacts)}
        say_json({"dry_run": dry_run, **facts, "bytes": freed, "left_for_gc": left})
        return
    say(*_lines(removed, dry_run, freed, left))


def _ask(removed: RemovalSummary) -> None:
    """Raise UserError unless somebody at a terminal says yes."""
    if not sys.stdin.isatty():
        raise UserError("yes", "", "nobody can be asked here; add --yes, or look first with --dry-run")
    say(*_lines(removed, True, removed.bytes, 0))
    if not typer.confirm("remove?"):
        raise UserError("yes", "no", "nothing was removed")


def _free(engine: Engine, settings: Settings, removed: RemovalSummary) -> tuple[int, int]:
    """Remove the artifacts that nothing refers to any more; (bytes freed, artifacts left for `sweep gc`)."""

    if not removed.artifacts:
        return 0, 0
    store = ArtifactStore.open(settings.artifacts_url, settings.home, PERSON)
    with note_if_slow(f"{FIELD} {store.shown}"):
        others = store.ledgers() - {ledger_id(engine)}
    if others:
        note(f"note: another ledger uses {store.shown} too; the artifacts stay, see: sweep gc")
        return 0, len(removed.artifacts)
    cleared = clear_names(engine, store, sorted(removed.artifacts))
    return cleared.bytes, cleared.young


def _lines(removed: RemovalSummary, dry_run: bool, freed: int, left: int) -> list[str]:
    word = "would remove" if dry_run else "removed"
    what = f"{plural(removed.stages, 'stage')}, {plural(removed.rows, 'row')}, {size(freed)} of artifacts"
    lines = [f"{word} {', '.join(removed.sweeps)}: {what}"]
    if removed.shared:
        lines.append(f"{plural(removed.shared, 'stage')} stay: other sweeps want them")
    if left:
        lines.append(f"{plural(left, 'artifact')} left for sweep gc: a running stage may be about to refer to them")
    return lines
