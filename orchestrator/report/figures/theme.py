"""How every chart looks: colours that colour-blind eyes can tell apart, each with a shape and a dash of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

INK = "#222222"
"""Axes and letters of a picture for print."""
PAGE_INK = "currentColor"
"""Axes and letters in a page: as its text, light or dark."""

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999999", "#F0E442")
"""Okabe & Ito 2008; a grey for their black, which a dark page would swallow."""
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])
_FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"

Values = list[dict[str, Any]]


@dataclass(frozen=True)
class Figure:
    """One chart.

    Attributes:
        name: its file's.
        note: how to read it, and what it leaves out.
        chart: Vega-Lite without data and without looks.
        data: its data sets by name.
        hint: what a page can do with it, and paper cannot.
    """

    name: str
    title: str
    note: str
    chart: dict[str, Any]
    data: dict[str, Values]
    hint: str = ""

    @property
    def page_note(self) -> str:
        """The note as a page shows it."""
        return f"{self.note} {self.hint}".rstrip()

    def spec(self, ink: str) -> dict[str, Any]:
        """Return the whole chart, as Vega-Lite."""
        return {**self.chart, "config": _config(ink), "datasets": self.data}


def drawn(chart: alt.LayerChart | alt.FacetChart | alt.Chart) -> dict[str, Any]:
    """Return the chart as Vega-Lite, its name of a schema left out: no address belongs into a page."""
    found: dict[str, Any] = chart.to_dict()
    for key in ("$schema", "config"):
        found.pop(key, None)
    return found


@dataclass(frozen=True)
class Looks:
    """How the series of a chart differ to the eye.

    Attributes:
        series: settings, by `s` of the data: a colour, a shape and a dash each.
        sweeps: where several are overlaid, by `w`: these have the colours, settings keep shape and dash.
    """

    series: Sequence[str]
    sweeps: Sequence[str] = ()

    @property
    def colour(self) -> alt.Color:
        """The colour; the legend of a chart of one sweep shows its shape too."""
        return alt.Color(f"{self._coloured[0]}:N", scale=self._colours(), legend=self._legend(self._coloured[0]))

    @property
    def fill(self) -> alt.Fill:
        """The same colour inside a shape."""
        return alt.Fill(f"{self._coloured[0]}:N", scale=self._colours(), legend=self._legend(self._coloured[0]))

    @property
    def shape(self) -> alt.Shape:
        return alt.Shape("s:N", scale=self._scale(_SHAPES), legend=self._legend("s"))

    @property
    def dash(self) -> alt.StrokeDash:
        """Two series of one colour have different dashes (up to 32 series)."""
        return alt.StrokeDash("s:N", scale=self._scale(_DASHES), legend=self._legend("s"))

    @property
    def tips(self) -> list[alt.Tooltip]:
        """The sweep's name, where there are several."""
        return [alt.Tooltip("w:N", title="sweep")] if self.sweeps else []

    @property
    def _coloured(self) -> tuple[str, Sequence[str]]:
        return ("w", self.sweeps) if self.sweeps else ("s", self.series)

    def _colours(self) -> alt.Scale:
        names = self._coloured[1]
        return alt.Scale(domain=[*names], range=[_COLOURS[i % len(_COLOURS)] for i in range(len(names))])

    def _scale(self, kinds: Sequence[Any]) -> alt.Scale:
        series = [*self.series]
        # A second round of the colours has other shapes and dashes.
        shift = 0 if self.sweeps else 1
        return alt.Scale(domain=series, range=[kinds[(i + shift * (i // 8)) % len(kinds)] for i in range(len(series))])

    def _legend(self, field: str) -> alt.Legend:
        title = {"w": "sweep", "s": "setting"}[field] if self.sweeps else None
        dash = alt.Undefined if self.sweeps and field == "s" else [1, 0]
        return alt.Legend(title=title, symbolLimit=0, labelLimit=260, symbolOpacity=1, symbolDash=dash)


def _config(ink: str) -> dict[str, Any]:
    """Vega-Lite's config: sober axes; the styles `dense`, `front` and `event` for what belongs to no series."""
    words = {"labelColor": ink, "titleColor": ink, "labelFontSize": 11, "titleFontSize": 12}
    return {
        "background": "transparent" if ink == PAGE_INK else "white",
        "font": _FONT,
        "view": {"stroke": None},
        "mark": {"color": ink},
        "rule": {"color": ink},
        "text": {"color": ink},
        "axis": {
            **words,
            "titleFontWeight": "normal",
            "domainColor": ink,
            "tickColor": ink,
            "gridColor": ink,
            "gridOpacity": 0.12,
        },
        "legend": {**words, "titleFontWeight": "normal", "symbolSize": 70, "symbolStrokeWidth": 0},
        "header": {**words, "titleFontWeight": "normal"},
        "title": {"color": ink},
        "style": {
            "dense": {"strokeDash": [4, 3], "strokeWidth": 1.2},
            "densearea": {"opacity": 0.08},
            "denseword": {"fontSize": 11},
            "front": {"strokeWidth": 1.2, "opacity": 0.6},
            "event": {"strokeDash": [2, 3], "opacity": 0.6},
        },
    }
