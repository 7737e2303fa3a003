"""The report's charts, one by one: shown by a notebook, or written to files."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import vl_convert

from prunesweep.core.io import write_whole
from prunesweep.core.ledger.queries.curves import learning_curves
from prunesweep.core.ledger.queries.report import layers_left, report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.plan.suggestions import one_of
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.report.figures.draw import figures
from prunesweep.orchestrator.report.figures.theme import INK, Figure

_SCREEN, _PRINT = 110, 300
"""Dots an inch, of a notebook's output and of a file."""


@dataclass(frozen=True)
class Chart:
    """A chart of the report. As the last value of a notebook's cell it shows itself.

    Attributes:
        name: `accuracy`, `speed`, `size`, `learning` or `layers`.
        note: how to read it, and what it leaves out.
        spec: the chart as Vega-Lite, for other programs.
    """

    name: str
    title: str
    note: str
    spec: Mapping[str, Any]

    def save(self, file: "str | os.PathLike[str]") -> Path:
        """Write it to a file ending in .png, .svg or .pdf; return the file.

        Raises:
            UserError: another ending.
        """
        path = Path(file)
        ending = one_of(path.suffix.lower(), "file", tuple(_FORMATS))
        write_whole(path, _FORMATS[ending](vl_convert.vegalite_to_svg(dict(self.spec))))
        return path

    def __repr__(self) -> str:
        return f"<Chart {self.name}: {self.title}>"

    def _repr_png_(self) -> bytes:
        return vl_convert.vegalite_to_png(dict(self.spec), ppi=_SCREEN, scale=1.0)


_FORMATS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        ".png": lambda svg: vl_convert.svg_to_png(svg, ppi=_PRINT, scale=1.0),
        ".svg": lambda svg: svg.encode(),
        ".pdf": vl_convert.svg_to_pdf,
    }
)


def charts_of(sweep: str | int | None) -> Mapping[str, Chart]:
    """Return the charts that the sweep has numbers for, by name."""
    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        rows = report_rows(engine, found.id)
        drawn = figures(rows, learning_curves(engine, found.id), layers_left(engine, found.id))
    return MappingProxyType({figure.name: _chart(figure) for figure in drawn})


def _chart(figure: Figure) -> Chart:
    return Chart(figure.name, figure.title, figure.note, figure.spec(INK))
