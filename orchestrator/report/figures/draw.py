"""All charts of a sweep, and what they become: pictures, or the program that draws them in a page."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import vl_convert

from prunesweep.core.ledger.queries.curves import Curves
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.figures.accuracy import accuracy
from prunesweep.orchestrator.report.figures.layers import Layers, layers
from prunesweep.orchestrator.report.figures.learning import learning
from prunesweep.orchestrator.report.figures.theme import INK, Figure
from prunesweep.orchestrator.report.figures.tradeoff import size, speed
from prunesweep.orchestrator.report.summary import groups

_DOTS_PER_INCH = 300


def figures(rows: Sequence[ReportRow], curves: Curves, found: Layers) -> list[Figure]:
    """Return the charts that this sweep has numbers for."""
    grouped = groups(rows)
    drawn = (
        accuracy(rows, grouped),
        speed(rows, grouped),
        size(rows, grouped),
        learning(grouped, curves),
        layers(grouped, found),
    )
    return [figure for figure in drawn if figure is not None]


def pictures(drawn: Sequence[Figure]) -> Iterator[tuple[Path, bytes]]:
    """Yield each chart as SVG, PNG (300 dots an inch) and PDF, and `captions.md` with what to read in each, under the
    names that the files should have."""
    for figure in drawn:
        spec = figure.spec(INK)
        svg = vl_convert.vegalite_to_svg(spec)
        yield Path(f"{figure.name}.svg"), svg.encode()
        yield Path(f"{figure.name}.png"), vl_convert.svg_to_png(svg, ppi=_DOTS_PER_INCH, scale=1.0)
        yield Path(f"{figure.name}.pdf"), vl_convert.svg_to_pdf(svg)
    if drawn:
        yield (
            Path("captions.md"),
            "\n".join(f"**{each.title}** ({each.name}). {each.note}\n" for each in drawn).encode(),
        )


def picture(figure: Figure, ending: str) -> bytes:
    """Return one chart as `svg`, `png` (300 dots an inch) or `pdf`."""
    svg = vl_convert.vegalite_to_svg(figure.spec(INK))
    if ending == "svg":
        return svg.encode()
    return vl_convert.svg_to_pdf(svg) if ending == "pdf" else vl_convert.svg_to_png(svg, ppi=_DOTS_PER_INCH, scale=1.0)


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one JavaScript text that needs no network; it defines `vegaEmbed`."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
