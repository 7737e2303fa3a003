"""`sweep status`: where a sweep stands."""

import typer
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.console.output import say, say_json, width
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.status import view


def status(sweep: str | None, watch: bool, json_: bool) -> None:
    """Show stages by state, what is running where, and what failed and why."""
    settings = load_settings()
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        if not watch:
            _show(engine, settings, found.id, json_)
            return
        from prunesweep.orchestrator.status.follow import SilentView, follow

        code = follow(engine, found.id, settings.lease, view=SilentView() if json_ else None)
        if json_:
            _show(engine, settings, found.id, json_)
        raise typer.Exit(code)


def _show(engine: Engine, settings: Settings, sweep_id: int, json_: bool) -> None:
    current = sweep_status(engine, sweep_id)
    if json_:
        say_json(view.as_dict(current))
        return
    say(*view.lines(current, width()))
    if not current.ended:
        workers = list_workers(engine, settings.lease)
        notes = [*view.worker_lines(workers), *view.said_lines(workers)]
        if notes:
            say("", *notes)
        if not workers and not current.running:
            say("", "no worker is up; start one: sweep worker")
