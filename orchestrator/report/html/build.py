"""Puts the page together: gathers what the templates show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.curves import learning_curves
from prunesweep.core.ledger.queries.provenance import Provenance, provenance
from prunesweep.core.ledger.queries.report import ReportRow, layers_left
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report.figures.draw import figures, library
from prunesweep.orchestrator.report.figures.theme import PAGE_INK, Figure
from prunesweep.orchestrator.report.html.provenance import digests, facts
from prunesweep.orchestrator.report.html.sentences import verdict
from prunesweep.orchestrator.report.html.table import table

_MISSING = {
    "accuracy": "No cell has been evaluated yet: no curve of accuracy.",
    "speed": "No latency was measured: no chart of accuracy against speed-up.",
    "size": "No file's size is known yet, or all are the same: no chart of accuracy against size.",
    "learning": "No epoch of an evaluated cell has been reported: no learning curves.",
    "layers": "No layer has been counted yet: no heat map.",
}


@dataclass(frozen=True)
class Shown:
    """A chart's place in the page. chart: False where there is none; the note then says why."""

    name: str
    title: str
    note: str
    chart: bool


def page_of(engine: Engine, sweep: SweepRow, rows: Sequence[ReportRow]) -> str:
    """Return the page of a sweep, from its ledger. rows: its report, of the same ledger."""
    drawn = figures(rows, learning_curves(engine, sweep.id), layers_left(engine, sweep.id))
    return page(rows, drawn, provenance(engine, sweep))


def page(rows: Sequence[ReportRow], drawn: Sequence[Figure], known: Provenance) -> str:
    """Return one HTML document that needs nothing but itself; equal ledgers give equal bytes."""
    by_name = {figure.name: figure for figure in drawn}
    return (
        _templates()
        .get_template("page.html")
        .render(
            title=f"Sweep {known.sweep.name}",
            css=ours("tokens.css") + ours("page.css"),
            verdict=verdict(rows),
            figures=[_shown(name, by_name.get(name)) for name in _MISSING],
            table=table(rows),
            facts=facts(rows, known),
            digests=digests(rows),
            missing=text.MISSING,
            data=in_script({figure.name: figure.spec(PAGE_INK) for figure in drawn}),
            library=Markup(library()),  # noqa: S704 - the package's own program
            script=ours("page.js") + ours("fitted.js") + ours("charts.js"),
        )
    )


def chart_page(template: str, title: str, drawn: Sequence[Figure], **shown: object) -> str:
    """Return a document of the same looks with another template of this folder; its figures can be drawn, but not
    sorted. shown: what the template names beside title, figures and data."""
    return (
        _templates()
        .get_template(template)
        .render(
            title=title,
            css=ours("tokens.css") + ours("page.css"),
            figures=[Shown(figure.name, figure.title, figure.page_note, True) for figure in drawn],
            data=in_script({figure.name: figure.spec(PAGE_INK) for figure in drawn}),
            library=Markup(library()),  # noqa: S704 - the package's own program
            script=ours("fitted.js") + ours("charts.js"),
            **shown,
        )
    )


def in_script(value: Mapping[str, object]) -> Markup:
    """Return JSON that cannot end the script element it stands in, whatever it holds."""
    found = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    escaped = found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704 - escaped just now


def _shown(name: str, figure: Figure | None) -> Shown:
    return (
        Shown(name, "", _MISSING[name], False) if figure is None else Shown(name, figure.title, figure.page_note, True)
    )


@cache
def _templates() -> Environment:
    """Return the templates. Everything that they are given is escaped, unless it is `Markup`."""
    return Environment(
        loader=PackageLoader("prunesweep.orchestrator.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def ours(name: str) -> Markup:
    """Return a file of this folder, as it is."""
    return Markup(files(__package__).joinpath(name).read_text(encoding="utf-8"))  # noqa: S704 - our own file
