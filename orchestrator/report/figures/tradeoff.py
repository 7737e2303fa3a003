"""Test accuracy against what pruning buys: a measured speed-up, a smaller file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import geometric_mean

import altair as alt

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report import validity
from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.front import Offer, corners
from prunesweep.orchestrator.report.figures.selection import MOST_LINES, chosen_series
from prunesweep.orchestrator.report.figures.theme import Figure, Looks, Values
from prunesweep.orchestrator.report.summary import Group, Spread, dense_spread, spread

_TIES = (
    "Accuracies within two standard errors and prices within 1 % are ties; nothing beats what lies on the line in one"
    " of the two without losing in the other."
)
Price = Callable[[ReportRow], float | None]


@dataclass(frozen=True)
class _Kind:
    """What stands on the x axis. sign: 1 when more of it is better, -1 when less is."""

    title: str
    sign: int
    value: Price


_SPEED = _Kind("speed-up over the fastest dense engine, ×", 1, lambda row: row.latency_speedup)


def speed(rows: Sequence[ReportRow], groups: Sequence[Group]) -> Figure | None:
    """Against the measured speed-up over the fastest dense engine; None when no latency is known."""
    found = _figure(groups, _SPEED)
    if found is None:
        return None
    chart, data, left_out = found
    data["dense"] = _dense(rows)
    data["front"] = _front(data["means"] + data["dense"], 1)
    note = (
        "Means over seeds (speed-ups: geometric); small points: the cells. Hollow: no speed-up in any of its"
        " cells, whose 99 % interval includes 1×; the front counts it as 1×. Line: the Pareto front, the dense network"
        f" included. {_TIES}"
    )
    return Figure("speed", "Accuracy against measured speed-up", note + left_out, chart, data)


def speed_data(rows: Sequence[ReportRow], groups: Sequence[Group]) -> dict[str, Values]:
    """Return the data sets of one sweep's chart of accuracy against speed-up; no `means` without a latency."""
    known = [group for group in groups if any(_known(row, _SPEED) for row in group.rows)]
    means, dense = _means(known, _SPEED), _dense(rows)
    return {"means": means, "cells": _cells(known, _SPEED), "dense": dense, "front": _front(means + dense, 1)}


def speed_chart(looks: Looks) -> dict[str, object]:
    """Return the chart of `speed_data`."""
    return _chart(looks, _SPEED)


def size(_: Sequence[ReportRow], groups: Sequence[Group]) -> Figure | None:
    """Against the file's size; None when no size is known, or all are the same (as those of older releases)."""
    finished = [row for group in groups for row in group.rows if row.top1 is not None]
    zstd = bool(finished) and all(row.artifact_zstd_bytes is not None for row in finished)
    column = "artifact_zstd_bytes" if zstd else "artifact_bytes"
    kind = _Kind(
        "checkpoint with zstd, MB" if zstd else "checkpoint file, MB",
        -1,
        lambda row: None if getattr(row, column) is None else getattr(row, column) / 1e6,
    )
    found = _figure(groups, kind)
    if found is None:
        return None
    chart, data, left_out = found
    if len({point["x"] for point in data["cells"]}) == 1:
        return None
    data["front"] = _front(data["means"], -1)
    note = (
        f"Size of the checkpoint ({column} of the table), means over seeds (sizes: geometric); small points: the cells."
        f" Line: the Pareto front. {_TIES}"
    )
    return Figure("size", "Accuracy against compressed size", note + left_out, chart, data)


def _figure(groups: Sequence[Group], kind: _Kind) -> tuple[dict[str, object], dict[str, Values], str] | None:
    known = [group for group in groups if any(_known(row, kind) for row in group.rows)]
    series, left_out = chosen_series(known, MOST_LINES)
    if not series:
        return None
    shown = [group for group in known if group.label in series]
    data: dict[str, Values] = {"means": _means(shown, kind), "cells": _cells(shown, kind), "dense": [], "front": []}
    return _chart(Looks(series), kind), data, left_out


def _known(row: ReportRow, kind: _Kind) -> bool:
    price = kind.value(row)
    return row.top1 is not None and price is not None and price > 0


def _means(groups: Sequence[Group], kind: _Kind) -> Values:
    values: Values = []
    for group in groups:
        rows = [row for row in group.rows if _known(row, kind)]
        x = geometric_mean([kind.value(row) or 0.0 for row in rows])
        y = sum(row.top1 or 0.0 for row in rows) / len(rows)
        values.append(
            {
                "s": group.label,
                "x": round(x, 6),
                "y": round(100 * y, 4),
                "sparsity": f"{100 * group.sparsity:g} %",
                "words": f"{x:.3g} at {100 * y:.2f} %",
                "solid": kind.sign < 0 or any(map(validity.sign, rows)),
                "se": _error(spread(row.top1 for row in rows)),
            }
        )
    return values


def _cells(groups: Sequence[Group], kind: _Kind) -> Values:
    return [
        {"s": group.label, "x": round(kind.value(row) or 0.0, 6), "y": round(100 * (row.top1 or 0.0), 4)}
        for group in groups
        for row in group.rows
        if _known(row, kind)
    ]


def _dense(rows: Sequence[ReportRow]) -> Values:
    """Return the dense network's point, at 1×; none where it is not known."""
    dense = dense_spread(rows)
    if dense is None:
        return []
    return [{"x": 1.0, "y": round(100 * dense.mean, 4), "s": "dense", "se": _error(dense)}]


def _error(found: Spread | None) -> float:
    """Return the standard error of a mean accuracy in points, 0 = not known."""
    return 0.0 if found is None or found.sd is None else round(100 * found.sd / sqrt(found.n), 4)


def _front(points: Values, sign: int) -> Values:
    """Return the corners of the front, from left to right."""
    offers = [
        Offer((point["x"] if point.get("solid", True) else 1.0) ** sign, point["y"], point["se"]) for point in points
    ]
    chosen = [{"x": offers[place].price ** sign, "y": points[place]["y"]} for place in corners(offers)]
    return sorted(chosen, key=lambda point: point["x"])


def _chart(looks: Looks, kind: _Kind) -> dict[str, object]:
    x = alt.X(
        "x:Q",
        title=kind.title,
        scale=alt.Scale(type="log", nice=False, padding=20),
        # A `format` would leave out 0.9 beside 1, as for axes over many decades.
        axis=alt.Axis(labelExpr="format(datum.value, '~r')", labelOverlap="greedy", tickCount=6, grid=False),
    )
    y = alt.Y("y:Q", title="test accuracy, top-1 in %", scale=alt.Scale(zero=False, padding=8))
    colour = looks.colour
    means = alt.Chart(alt.NamedData("means")).mark_point(size=65, strokeWidth=1.6, opacity=1)
    cells = alt.Chart(alt.NamedData("cells")).mark_point(size=12, opacity=0.4, filled=True, shape="circle")
    front = alt.Chart(alt.NamedData("front")).mark_line(
        style="front", interpolate="step-before" if kind.sign > 0 else "step-after"
    )
    dense = alt.Chart(alt.NamedData("dense"))
    tip = [*looks.tips, *(alt.Tooltip(f"{key}:N", title=name) for key, name in _TIP.items())]
    points = means.encode(
        x,
        y,
        colour,
        looks.shape,
        fill=looks.fill,
        fillOpacity=alt.condition("datum.solid", alt.value(1), alt.value(0)),
        tooltip=tip,
    )
    star = dense.mark_point(style="dense", shape="M-1,0L1,0M0,-1L0,1", size=160, strokeDash=[1, 0]).encode(x, y)
    if looks.sweeps:
        drawn = alt.layer(front.encode(x, y, colour), cells.encode(x, y, colour), star.encode(colour), points)
        return theme.drawn(drawn.properties(width=520, height=330))
    word = dense.mark_text(style="denseword", align="left", dx=7, dy=14).encode(x, y, text="s:N")
    return theme.drawn(
        alt.layer(front.encode(x, y), cells.encode(x, y, colour), points, star, word).properties(width=520, height=330)
    )


_TIP = {"s": "setting", "sparsity": "sparsity", "words": "here"}
