"""Parallel coordinates: each evaluated cell as a line through its place on every axis of the grid and its results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.cells import cell_name
from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.theme import Figure, Values

_MOST_CELLS = 200
"""Lines in the chart; of more, evenly many from the best to the worst."""
_MOST_LEVELS = 10
"""Numbers on an axis up to which each has a place of its own."""
_LEAST_HEIGHT, _LEVEL_HEIGHT, _BETWEEN = 240, 16, 125
_WORST, _MIDDLE, _BEST = "#D55E00", "#999999", "#0072B2"


@dataclass(frozen=True)
class _Axis:
    """One vertical line.

    Attributes:
        places: cell by cell between 0 (bottom) and 1; None = not known.
        labels: what stands where.
        words: the cells' labels on it, where each has one of its own; else "".
    """

    name: str
    places: Sequence[float | None]
    labels: Sequence[tuple[float, str]]
    words: Sequence[str]


def parallel(rows: Sequence[ReportRow]) -> Figure | None:
    """Return the chart; None where there is nothing to compare, see `nothing_to_compare`."""
    if nothing_to_compare(rows):
        return None
    known = [row for row in rows if row.top1 is not None]
    shown = _evenly(known)
    axes = _axes(shown)
    data: dict[str, Values] = {
        "cells": [_cell(row, place, axes) for place, row in enumerate(shown)],
        "axes": [{"axis": axis.name, "low": 0, "high": 1} for axis in axes],
        "labels": [
            {"axis": axis.name, "v": at, "l": label, "tag": _tag(axis.name, label) if any(axis.words) else ""}
            for axis in axes
            for at, label in axis.labels
        ],
    }
    note = (
        "A line is an evaluated cell, coloured by its test accuracy; axes in which no cell differs are left out. In a"
        " page: a line that is pointed at stands out, and is named; click a label to see its"
        " cells only, beside it for all."
    )
    if len(shown) < len(known):
        note += f" {len(shown)} of {len(known):,} cells, evenly from the worst to the best; the table has all."
    levels = max(len(axis.labels) for axis in axes)
    chart = _chart([axis.name for axis in axes], max(_LEAST_HEIGHT, levels * _LEVEL_HEIGHT))
    return Figure("parallel", "Axes and results of every cell", note, chart, data)


def nothing_to_compare(rows: Sequence[ReportRow]) -> str:
    """Return why there is no chart, "" = there is one."""
    known = sum(row.top1 is not None for row in rows)
    if known >= 2:
        return ""
    if len(rows) == 1:
        return "The sweep has one cell: there is nothing to compare it with."
    return f"Nothing to compare yet: {known} of {len(rows):,} cells evaluated."


def _evenly(known: Sequence[ReportRow]) -> list[ReportRow]:
    ranked = sorted(known, key=lambda row: (row.top1 or 0.0, row.cell))
    if len(ranked) <= _MOST_CELLS:
        return ranked
    last = _MOST_CELLS - 1
    return [ranked[round(place * (len(ranked) - 1) / last)] for place in range(_MOST_CELLS)]


def _axes(rows: Sequence[ReportRow]) -> list[_Axis]:
    algorithms = list(dict.fromkeys(row.algorithm for row in sorted(rows, key=lambda row: row.cell)))
    asked = [
        _levels("algorithm", [row.algorithm for row in rows], algorithms),
        _numbers("sparsity", [100 * row.sparsity for row in rows], " %"),
        _numbers("epochs a round", [row.epochs for row in rows]),
        _numbers("rounds", [row.iterations for row in rows]),
        _numbers("seed", [row.seed for row in rows]),
    ]
    found = [
        _range("multiply-adds, fewer", [row.flop_speedup for row in rows], "×"),
        _range("speed-up", [row.latency_speedup for row in rows], "×"),
    ]
    top1 = _range("top-1", [None if row.top1 is None else 100 * row.top1 for row in rows], " %")
    return [*(axis for axis in (*asked, *found) if len(set(axis.places)) > 1), top1]


def _levels(name: str, words: Sequence[str], levels: Sequence[str]) -> _Axis:
    """Return an axis on which each level has a place of its own, at equal distances."""
    at = {level: 0.5 if len(levels) == 1 else place / (len(levels) - 1) for place, level in enumerate(levels)}
    return _Axis(name, [at[word] for word in words], [(at[level], level) for level in levels], words)


def _numbers(name: str, values: Sequence[float], unit: str = "") -> _Axis:
    """Return levels where these are few, else a range."""
    levels = sorted(set(values))
    if len(levels) > _MOST_LEVELS:
        return _range(name, values, unit)
    words = {level: f"{level:g}{unit}" for level in levels}
    return _levels(name, [words[value] for value in values], [words[level] for level in levels])


def _range(name: str, values: Sequence[float | None], unit: str) -> _Axis:
    """Return an axis in proportion, labelled at its ends and in the middle."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    if low == high:
        return _Axis(name, [None if value is None else 0.5 for value in values], [(0.5, _in_short(low, unit))], ())
    places = [None if value is None else round((value - low) / (high - low), 4) for value in values]
    labels = [(at, _in_short(low + at * (high - low), unit)) for at in (0.0, 0.5, 1.0)]
    return _Axis(name, places, labels, ())


def _in_short(value: float, unit: str) -> str:
    return f"{value:.3g}{unit}" if unit == "×" else f"{round(value, 2):g}{unit}"


def _tag(axis: str, label: str) -> str:
    return f"|{axis}={label}|"


def _cell(row: ReportRow, place: int, axes: Sequence[_Axis]) -> dict[str, Any]:
    speed = "" if row.latency_speedup is None else f", speed-up {row.latency_speedup:.2f}×"
    return {
        "cell": row.cell,
        "name": cell_name(row),
        "found": f"top-1 {100 * (row.top1 or 0.0):.2f} %{speed}",
        "top1": round(100 * (row.top1 or 0.0), 4),
        "tags": "".join(_tag(axis.name, axis.words[place]) for axis in axes if axis.words),
        **{axis.name: axis.places[place] for axis in axes},
    }


def _chart(names: Sequence[str], height: int) -> dict[str, object]:
    x = alt.X(
        "axis:N",
        title=None,
        sort=[*names],
        scale=alt.Scale(padding=0.5),
        axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False, labelPadding=12, labelLimit=_BETWEEN),
    )
    y = alt.Y("v:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1]))
    colour = alt.Color(
        "top1:Q",
        title="top-1, %",
        scale=alt.Scale(range=[_WORST, _MIDDLE, _BEST], interpolate="lab", zero=False),
        legend=alt.Legend(gradientLength=120),
    )
    hover = alt.selection_point(name="hover", on="pointerover", clear="pointerout", fields=["cell"], empty=False)
    pick = alt.selection_point(name="pick", fields=["tag"], toggle=False)
    others = (
        "isDefined(pick.tag) && isString(pick.tag[0]) && pick.tag[0] !== '' && indexof(datum.tags, pick.tag[0]) < 0"
    )
    lines = alt.Chart(alt.NamedData("cells")).transform_fold([*names], as_=["axis", "v"])
    seen = lines.mark_line().encode(
        x,
        y,
        colour,
        detail="cell:N",
        opacity=alt.when(hover).then(alt.value(1)).when(others).then(alt.value(0.04)).otherwise(alt.value(0.6)),
        strokeWidth=alt.when(hover).then(alt.value(4)).otherwise(alt.value(1.4)),
    )
    tip = [alt.Tooltip("name:N", title="cell"), alt.Tooltip("found:N", title="found")]
    # Pieces from axis to axis: of a whole line only its corners have a tooltip.
    pieces = lines.transform_window(next="lead(axis)", w="lead(v)", groupby=["cell"]).transform_filter(
        "isValid(datum.next) && isValid(datum.v) && isValid(datum.w)"
    )
    touched = pieces.mark_rule(strokeWidth=9, opacity=0).encode(x, y, x2="next:N", y2="w:Q", tooltip=tip)
    touched = touched.add_params(hover)
    rules = alt.Chart(alt.NamedData("axes")).mark_rule(opacity=0.5).encode(x, y=alt.Y("low:Q", axis=None), y2="high:Q")
    layers = alt.layer(rules, seen, touched, *_labels(x, y, pick))
    return theme.drawn(layers.properties(width=alt.Step(_BETWEEN), height=height))


def _labels(x: alt.X, y: alt.Y, pick: alt.Parameter) -> tuple[alt.Chart, alt.Chart]:
    """Return the ticks of the axes and the words beside them, which can be picked."""
    labels = alt.Chart(alt.NamedData("labels"))
    ticks = labels.mark_tick(orient="horizontal", size=8, thickness=1, style="text").encode(x, y)
    words = labels.mark_text(align="right", dx=-7, cursor="pointer").encode(x, y, text="l:N").add_params(pick)
    return ticks, words
