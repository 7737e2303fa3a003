"""Where the zeros are: sparsity of every layer."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import altair as alt

from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.selection import MOST_COLUMNS, chosen_series, chosen_sparsities, panel_of
from prunesweep.orchestrator.report.figures.theme import Figure, Values
from prunesweep.orchestrator.report.summary import Group

Layers = Mapping[int, list[dict[str, Any]]]
_MOST_SPARSITIES = 6
_LEAST_WIDTH = 110
_WIDE = 12
"""Settings from which on a panel has a line of its own."""


def layers(groups: Sequence[Group], found: Layers) -> Figure | None:
    """Return a heat map for each sparsity, layers × settings, mean over seeds; None when no layer is known."""
    series, fewer = chosen_series(groups, MOST_COLUMNS)
    sparsities, thinner = chosen_sparsities(groups, _MOST_SPARSITIES)
    shown = [group for group in groups if group.label in series and group.sparsity in sparsities]
    names = list(dict.fromkeys(_short(layer) for each in found.values() for layer in each))
    data = [value for group in shown for value in _column(group, found)]
    if not data:
        return None
    note = (
        "Fraction of zeros in every prunable layer, from the input (top) to the output, mean over seeds; a panel for"
        " each sparsity asked for of the whole network, a column for each setting. Bright: nothing is left."
    )
    chart = _chart(series, names, [panel_of(each) for each in sparsities])
    return Figure("layers", "Sparsity of every layer", note + fewer + thinner, chart, {"layers": data})


def _column(group: Group, found: Layers) -> Values:
    """Return one column of a heat map: each layer's sparsity in %."""
    zeros: dict[str, list[float]] = {}
    for row in group.rows:
        for layer in found.get(row.cell, []):
            if layer["total"]:
                zeros.setdefault(_short(layer), []).append(1 - layer["nonzero"] / layer["total"])
    same = {"s": group.label, "x": panel_of(group.sparsity)}
    return [{**same, "l": name, "v": round(100 * fmean(each), 3)} for name, each in zeros.items()]


def _short(layer: Mapping[str, Any]) -> str:
    return str(layer["name"]).removesuffix(".weight")


def _chart(series: Sequence[str], names: Sequence[str], panels: Sequence[str]) -> dict[str, object]:
    height = 14 if len(names) <= 30 else 9
    # Wide enough for the panel's title, however few the settings are.
    width = max(_LEAST_WIDTH, len(series) * (22 if len(series) <= _WIDE else 16))
    map_ = (
        alt.Chart(alt.NamedData("layers"))
        .mark_rect()
        .encode(
            x=alt.X("s:N", title=None, sort=[*series], axis=alt.Axis(labelAngle=-45, labelLimit=160)),
            y=alt.Y("l:N", title=None, sort=[*names], axis=alt.Axis(labelLimit=220, labelOverlap="greedy")),
            color=alt.Color(
                "v:Q",
                title="zeros, %",
                scale=alt.Scale(scheme="cividis", domain=[0, 100]),
                legend=alt.Legend(gradientLength=160),
            ),
            tooltip=[
                alt.Tooltip("s:N", title="setting"),
                alt.Tooltip("l:N", title="layer"),
                alt.Tooltip("x:N", title="network"),
                alt.Tooltip("v:Q", title="layer, %"),
            ],
        )
        .properties(width=width, height=alt.Step(height))
    )
    columns = 1 if len(series) > _WIDE else max(1, 900 // (width + 40))
    return theme.drawn(map_.facet(facet=alt.Facet("x:N", title=None, sort=[*panels]), columns=columns))
