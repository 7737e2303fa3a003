"""`sweep report`: one row per cell, as text, as a page, as a file for other programs, or as pictures."""

from pathlib import Path

from sqlalchemy import Engine

from prunesweep.core.collector import collector_paused
from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.io import check_file, check_folder, made_folder, write_whole
from prunesweep.core.ledger.queries.report import layer_texts, layers_left, report_columns, report_rows
from prunesweep.core.ledger.queries.sweeps import SweepRow, find_sweep
from prunesweep.core.plan.suggestions import one_of
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import is_terminal, note, say, say_bytes, say_json_text, width
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.report.plain import csv_text, json_text
from prunesweep.orchestrator.report.render import ENDINGS, FORMATS, render

_MODULES = {"html": ("altair", "vl_convert", "jinja2"), "plots": ("altair", "vl_convert"), "parquet": ("pyarrow",)}
"""What a format needs of the extra `report`."""


def report(*, sweep: str | None, form: str | None, output: Path | None, plots: Path | None, json_: bool) -> None:
    """Show accuracy, sparsity, size and latency of every cell."""
    chosen = _format("json" if json_ else form, output)
    _check(chosen, output, plots)

    with collector_paused(), ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        if plots is not None:
            _draw(engine, found, plots)
            if form is None and output is None and not json_:
                return
        content = _content(engine, found, chosen, output)
    _deliver(content, chosen, output)


def _content(engine: Engine, sweep: SweepRow, form: str, output: Path | None) -> str | bytes:
    """Return the report in that format."""
    if form == "csv":
        return csv_text(report_columns(engine, sweep.id))
    if form == "json":
        return json_text(report_columns(engine, sweep.id), layer_texts(engine, sweep.id))
    rows = report_rows(engine, sweep.id)
    if form == "parquet":
        from prunesweep.orchestrator.report.parquet import parquet_bytes

        return parquet_bytes(rows)
    if form == "html":
        from prunesweep.orchestrator.report.html.build import page_of

        return page_of(engine, sweep, rows).encode()
    return render(rows, form, width() if output is None else 120)


def _draw(engine: Engine, sweep: SweepRow, folder: Path) -> None:
    """Write every chart as PNG, SVG and PDF.

    Raises:
        UserError: the folder cannot be made or written to.
    """
    from prunesweep.core.ledger.queries.curves import learning_curves
    from prunesweep.orchestrator.report.figures.draw import figures, pictures

    found = learning_curves(engine, sweep.id)
    drawn = figures(report_rows(engine, sweep.id), found, layers_left(engine, sweep.id))
    if not drawn:
        note(f"{sweep.name}: no cell has been evaluated yet, so there is nothing to draw")
        return
    with made_folder(folder, "plots"):
        for name, content in pictures(drawn):
            write_whole(folder / name, content)
    note(f"written: {', '.join(figure.name for figure in drawn)} (.png, .svg, .pdf) and captions.md in {folder}")


def _deliver(content: str | bytes, form: str, output: Path | None) -> None:
    if output is not None:
        write_whole(output, content)
        note(f"written: {output}")
    elif isinstance(content, str):
        (say_json_text if form == "json" else say)(content.removesuffix("\n"))
    else:
        say_bytes(content)


def _check(form: str, output: Path | None, plots: Path | None) -> None:
    """Look whether this can be done at all, before anything is read.

    Raises:
        UserError: a package is missing; or a file was asked for and would go to a terminal, or cannot be written.
    """
    if output is not None:
        check_file(output)
    if plots is not None:
        check_folder(plots, "plots")
        need("report", "plots", plots, _MODULES["plots"])
    if form in _MODULES:
        need("report", "format", form, _MODULES[form])
    if form in ("html", "parquet") and output is None and is_terminal():
        raise UserError("format", form, f"is a file, no text for a terminal; add: -o FILE.{form}")


def _format(asked: str | None, output: Path | None) -> str:
    """Return the format that was asked for, or that the file's ending means.

    Raises:
        UserError: an unknown format or ending, or two that contradict each other.
    """
    chosen = None if asked is None else one_of(asked, "format", FORMATS)
    if output is None:
        return chosen or "table"
    if str(output) == "-":
        raise UserError("output", output, "is no file; leave -o out, and the report is printed")
    meant = ENDINGS.get(output.suffix.lstrip(".").lower())
    if chosen is None and meant is None:
        known = ", ".join(f".{ending}" for ending in ENDINGS)
        raise UserError("output", output, f"ends in none of {known}; change the name, or add --format")
    if chosen is not None and meant not in (None, chosen):
        raise UserError("output", output, f"is a name for the format {meant}, not {chosen}; change one of them")
    return chosen or meant or "table"
