"""`sweep report`: one row per cell, as text, as a page, as a file for other programs, or as pictures."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument


def report(
    sweep: SweepArgument = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, csv, json, md, html, parquet or latex; default by the file's ending, or table.",
            autocompletion=completion.FORMATS,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", metavar="DIR", help="Write every chart as PNG, SVG and PDF into a folder.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show accuracy, sparsity, size and latency of every cell."""
    from prunesweep.orchestrator.cli.commands import report as command

    command.report(sweep=sweep, form=form, output=output, plots=plots, json_=json_)
