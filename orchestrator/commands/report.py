"""`sweep report`: one row per cell."""

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.options import JsonOption, SweepArgument


def report(
    sweep: SweepArgument = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORMAT", help="table, csv, json or md; default by the file's ending, or table."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show accuracy, sparsity, size and latency of every cell."""
    chosen = _format("json" if json_ else form, output)
    from core.ledger.report import layers_left, report_rows
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator import reports
    from orchestrator.ledgers import ledger
    from orchestrator.output import note, say, width, write_atomically

    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        rows = report_rows(engine, found.id)
        layers = layers_left(engine, found.id) if chosen == "json" else {}
    if output is None:
        say(reports.render(rows, chosen, width(), layers).removesuffix("\n"))
        return
    write_atomically(output, reports.render(rows, chosen, 120, layers))
    note(f"written: {output}")


def _format(asked: str | None, output: Path | None) -> str:
    """The format that was asked for, or that the file's ending means.

    Raises:
        UserError: unknown.
    """
    from core.plan.nearest import one_of
    from orchestrator.reports import FORMATS

    if asked is None:
        ending = "" if output is None else output.suffix.lstrip(".").lower()
        return ending if ending in FORMATS else "table"
    return one_of(asked, "format", FORMATS)
