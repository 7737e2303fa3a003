"""`sweep attach`: follow a sweep that runs elsewhere, until its end."""

import typer

from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import note, say, width
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.report import render
from prunesweep.orchestrator.status.follow import follow


def attach(sweep: str | None) -> None:
    """Follow a sweep to its end, then print its report; Ctrl-C stops following, not the sweep."""
    settings = load_settings()
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        try:
            code = follow(engine, found.id, settings.lease)
        except KeyboardInterrupt:
            note("", f"no longer following; the sweep is not stopped. Again: sweep attach {found.name}")
            raise
        say("", *render.table_lines(report_rows(engine, found.id), width()))
    raise typer.Exit(code)
