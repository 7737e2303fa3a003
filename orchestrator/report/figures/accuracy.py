"""Test accuracy against sparsity."""

from collections.abc import Sequence

import altair as alt

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.selection import MOST_LINES, chosen_series
from prunesweep.orchestrator.report.figures.theme import Figure, Looks, Values
from prunesweep.orchestrator.report.summary import Group, Spread, dense_spread

_LABEL = "format(100 * (1 - 1 / datum.value), '~r') + ' %'"
"""The axis is laid out by compression, 1 / (1 - sparsity), and labelled with sparsity."""


def accuracy(rows: Sequence[ReportRow], groups: Sequence[Group]) -> Figure | None:
    """Return means over seeds with their deviations, every cell as a point, the dense network as a line; None without
    a finished cell."""
    series, left_out = chosen_series(groups, MOST_LINES)
    if not series:
        return None
    shown = [group for group in groups if group.label in series]
    dense = dense_spread(rows)
    data = {"means": means_of(shown), "cells": cells_of(shown), "dense": dense_of(dense)}
    note = (
        "Test accuracy after recovery. Lines: mean over seeds, bars: ± one standard deviation; small points: the cells."
        " Dashed line: the dense network. The sparsity axis is logarithmic in the weights that are left."
    )
    ticks = sorted({row["x"] for row in data["cells"]})
    return Figure("accuracy", "Accuracy against sparsity", note + left_out, chart(Looks(series), ticks), data)


def chart(looks: Looks, ticks: list[float]) -> dict[str, object]:
    """Return the chart of the data sets `means`, `cells` and `dense`. ticks: sparsities as compressions."""
    x = alt.X(
        "x:Q",
        title="sparsity",
        scale=alt.Scale(type="log", nice=False, padding=18),
        axis=alt.Axis(values=ticks, labelExpr=_LABEL, labelOverlap="greedy", grid=False),
    )
    y = alt.Y("y:Q", title="test accuracy, top-1 in %", scale=alt.Scale(zero=False))
    colour = looks.colour
    means = alt.Chart(alt.NamedData("means"))
    tip = [*looks.tips, *(alt.Tooltip(f"{key}:N", title=name) for key, name in _TIP.items())]
    line = means.mark_line(strokeWidth=1.8).encode(x, y, colour, looks.dash)
    bars = means.mark_rule(strokeWidth=1.4).encode(x, alt.Y("lo:Q"), alt.Y2("hi:Q"), colour)
    points = means.mark_point(filled=True, size=55, opacity=1).encode(x, y, colour, looks.shape, tooltip=tip)
    cells = alt.Chart(alt.NamedData("cells")).mark_point(size=14, opacity=0.45, filled=True, shape="circle")
    dense = alt.Chart(alt.NamedData("dense"))
    if looks.sweeps:
        rules = dense.mark_rule(style="dense").encode(alt.Y("y:Q"), colour, tooltip=looks.tips)
        drawn = alt.layer(rules, cells.encode(x, y, colour), bars, line, points)
        return theme.drawn(drawn.properties(width=520, height=330))
    area = dense.mark_rect(style="densearea").encode(y=alt.Y("lo:Q"), y2="hi:Q")
    word = dense.mark_text(style="denseword", align="right", baseline="bottom", dy=-3).encode(
        alt.Y("y:Q"), x=alt.value("width"), text="s:N"
    )
    rule = dense.mark_rule(style="dense").encode(alt.Y("y:Q"))
    return theme.drawn(
        alt.layer(area, rule, cells.encode(x, y, colour), bars, line, points, word).properties(width=520, height=330)
    )


_TIP = {"s": "setting", "sparsity": "sparsity", "words": "top-1", "n": "seeds"}


def means_of(groups: Sequence[Group]) -> Values:
    """Return a point for each group: mean over seeds, ± a standard deviation."""
    values: Values = []
    for group in groups:
        found = group.of(lambda row: row.top1)
        if found is None:
            continue
        sd = found.sd or 0.0
        values.append(
            {
                "s": group.label,
                "x": _compression(group.sparsity),
                "y": round(100 * found.mean, 4),
                "lo": round(100 * (found.mean - sd), 4),
                "hi": round(100 * (found.mean + sd), 4),
                "n": found.n,
                "sparsity": f"{100 * group.sparsity:g} %",
                "words": in_words(found),
            }
        )
    return values


def in_words(found: Spread, scale: float = 100.0) -> str:
    """Return a mean as `77.95 ± 0.70`, in percent."""
    tail = "" if found.sd is None else f" ± {scale * found.sd:.2f}"
    return f"{scale * found.mean:.2f}{tail}"


def cells_of(groups: Sequence[Group]) -> Values:
    """Return a point for each cell."""
    return [
        {"s": group.label, "x": _compression(group.sparsity), "y": round(100 * row.top1, 4)}
        for group in groups
        for row in group.rows
        if row.top1 is not None
    ]


def dense_of(found: Spread | None) -> Values:
    """Return the dense network's line; none where it is not known."""
    if found is None:
        return []
    sd = 100 * (found.sd or 0.0)
    mean = 100 * found.mean
    return [{"s": "dense", "y": round(mean, 4), "lo": round(mean - sd, 4), "hi": round(mean + sd, 4)}]


def _compression(sparsity: float) -> float:
    return round(1 / max(1 - sparsity, 1e-9), 6)
