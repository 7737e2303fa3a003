"""`sweep attach`: follow a sweep that runs elsewhere, until its end."""

import typer

from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import note, say, width
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.report.table import table_lines
from prunesweep.orchestrator.status.follow import follow
from prunesweep.orchestrator.status.total_failure import nothing_made, without_results


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
        rows = report_rows(engine, found.id)
        if nothing_made(rows):
            say("", *without_results(sweep_status(engine, found.id), width()))
        else:
            say("", *table_lines(rows, width()))
    raise typer.Exit(code)
