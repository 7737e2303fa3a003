"""`sweep attach`: follow a sweep that runs elsewhere, until its end."""

import typer

from orchestrator.options import SweepArgument


def attach(sweep: SweepArgument = None) -> None:
    """Follow a sweep to its end, then print its report; Ctrl-C stops following, not the sweep."""
    from core.ledger.report import report_rows
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator import reports
    from orchestrator.follow import follow
    from orchestrator.ledgers import ledger
    from orchestrator.output import note, say, width

    settings = load_settings()
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        try:
            code = follow(engine, found.id, settings.lease)
        except KeyboardInterrupt:
            note("", f"no longer following; the sweep is not stopped. Again: sweep attach {found.name}")
            raise
        say("", *reports.table_lines(report_rows(engine, found.id), width()))
    raise typer.Exit(code)
