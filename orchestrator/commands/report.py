"""`sweep report`: one row per cell, as text, as a page, as a file for other programs, or as pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator import completion
from orchestrator.options import JsonOption, SweepArgument

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.ledger.sweeps import SweepRow

_PACKAGES = {"html": ("altair", "vl_convert"), "plots": ("altair", "vl_convert"), "parquet": ("pyarrow",)}
"""What a format needs of the extra `report`."""


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
        Path | None, typer.Option("--plots", metavar="DIR", help="Write every chart as PNG and SVG into a folder.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show accuracy, sparsity, size and latency of every cell."""
    chosen = _format("json" if json_ else form, output)
    _check(chosen, output, plots)
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator.ledgers import ledger

    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        if plots is not None:
            _draw(engine, found, plots)
            if form is None and output is None and not json_:
                return
        content = _content(engine, found, chosen, output)
    _deliver(content, output)


def _content(engine: "Engine", sweep: "SweepRow", form: str, output: Path | None) -> str | bytes:
    """The report in that format."""
    from core.ledger.report import layers_left, report_rows
    from orchestrator import reports
    from orchestrator.output import width

    rows = report_rows(engine, sweep.id)
    if form == "parquet":
        from orchestrator.reports_parquet import parquet_bytes

        return parquet_bytes(rows)
    if form == "html":
        from orchestrator.page.build import page_of

        return page_of(engine, sweep, rows).encode()
    layers = layers_left(engine, sweep.id) if form == "json" else {}
    return reports.render(rows, form, width() if output is None else 120, layers)


def _draw(engine: "Engine", sweep: "SweepRow", folder: Path) -> None:
    """Every chart as PNG and SVG.

    Raises:
        UserError: the folder cannot be made or written to.
    """
    from core.errors import UserError
    from core.ledger.curves import learning_curves
    from core.ledger.report import layers_left, report_rows
    from orchestrator.figures.draw import figures, pictures
    from orchestrator.output import note, write_atomically

    found = learning_curves(engine, sweep.id)
    drawn = figures(report_rows(engine, sweep.id), found, layers_left(engine, sweep.id))
    if not drawn:
        note(f"{sweep.name}: no cell has been evaluated yet, so there is nothing to draw")
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UserError("plots", folder, f"cannot be made: {getattr(error, 'strerror', 'is no path')}") from None
    for name, content in pictures(drawn):
        write_atomically(folder / name, content)
    note(f"written: {', '.join(figure.name for figure in drawn)} (.png, .svg) in {folder}")


def _deliver(content: str | bytes, output: Path | None) -> None:
    from orchestrator.output import note, say, say_bytes, write_atomically

    if output is not None:
        write_atomically(output, content)
        note(f"written: {output}")
    elif isinstance(content, str):
        say(content.removesuffix("\n"))
    else:
        say_bytes(content)


def _check(form: str, output: Path | None, plots: Path | None) -> None:
    """Looks whether this can be done at all, before anything is read.

    Raises:
        UserError: a package is missing; or a file was asked for and would go to a terminal.
    """
    from importlib.util import find_spec

    from core.errors import UserError
    from orchestrator.output import is_terminal

    for what in (form, "plots") if plots is not None else (form,):
        missing = [name for name in _PACKAGES.get(what, ()) if find_spec(name) is None]
        if missing:
            names = " and ".join(name.replace("vl_convert", "vl-convert-python") for name in missing)
            raise UserError("format" if what == form else "plots", what if what == form else plots, _install(names))
    if form in ("html", "parquet") and output is None and is_terminal():
        raise UserError("format", form, f"is a file, no text for a terminal; add: -o FILE.{form}")


def _install(names: str) -> str:
    return f"needs {names}: pip install 'prunesweep[report]'"


def _format(asked: str | None, output: Path | None) -> str:
    """The format that was asked for, or that the file's ending means.

    Raises:
        UserError: unknown.
    """
    from core.plan.nearest import one_of
    from orchestrator.reports import ENDINGS, FORMATS

    if asked is None:
        return ENDINGS.get("" if output is None else output.suffix.lstrip(".").lower(), "table")
    return one_of(asked, "format", FORMATS)
