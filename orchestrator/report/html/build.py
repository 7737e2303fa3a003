"""Puts the page together."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.curves import learning_curves
from prunesweep.core.ledger.queries.provenance import Provenance, provenance
from prunesweep.core.ledger.queries.report import ReportRow, layers_left
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.orchestrator.report.figures.draw import library
from prunesweep.orchestrator.report.figures.theme import PAGE_INK, Figure
from prunesweep.orchestrator.report.html.provenance import facts
from prunesweep.orchestrator.report.html.sentences import verdict
from prunesweep.orchestrator.report.html.table import table

_MISSING = {
    "accuracy": "No cell has been evaluated yet: no curve of accuracy.",
    "speed": "No latency was measured: no chart of accuracy against speed-up.",
    "size": "No file's size is known yet, or all are the same: no chart of accuracy against size.",
    "learning": "No epoch of an evaluated cell has been reported: no learning curves.",
    "layers": "No layer has been counted yet: no heat map.",
}


def page_of(engine: Engine, sweep: SweepRow, rows: Sequence[ReportRow]) -> str:
    """Return the page of a sweep, from its ledger. rows: its report, of the same ledger."""
    from prunesweep.orchestrator.report.figures.draw import figures

    drawn = figures(rows, learning_curves(engine, sweep.id), layers_left(engine, sweep.id))
    return page(rows, drawn, provenance(engine, sweep))


def page(rows: Sequence[ReportRow], drawn: Sequence[Figure], known: Provenance) -> str:
    """Return one HTML document that needs nothing but itself; equal ledgers give equal bytes."""
    by_name = {figure.name: figure for figure in drawn}
    sections = "\n".join(
        _section(by_name[name]) if name in by_name else f'<p class="note">{_MISSING[name]}</p>' for name in _MISSING
    )
    lines = "".join(f"<li>{escape(line)}</li>" for line in verdict(rows))
    return Template(_file("page.html")).substitute(
        title=escape(f"Sweep {known.sweep.name}"),
        css=_file("tokens.css") + _file("page.css"),
        verdict=f'<ul class="verdict">{lines}</ul>',
        figures=sections,
        table=table(rows),
        provenance=facts(rows, known),
        data=in_script({figure.name: figure.spec(PAGE_INK) for figure in drawn}),
        library=library(),
        script=_file("page.js"),
    )


def in_script(value: Mapping[str, object]) -> str:
    """Return JSON that cannot end the script element it stands in, whatever it holds."""
    found = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _section(figure: Figure) -> str:
    title, note = escape(figure.title), escape(figure.note)
    return (
        f'<figure role="group" aria-label="{title}"><h2>{title}</h2><figcaption>{note}</figcaption>'
        f'<div class="chart" id="chart-{figure.name}"></div></figure>'
    )


def _file(name: str) -> str:
    return files("prunesweep.orchestrator.report.html").joinpath(name).read_text(encoding="utf-8")
