"""Learning curves: validation accuracy over all epochs of a cell, its prunings marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from statistics import fmean

import altair as alt

from prunesweep.core.ledger.queries.curves import Curves, EpochMetrics
from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.selection import MOST_PANELS, chosen_series, chosen_sparsities, panel_of
from prunesweep.orchestrator.report.figures.theme import Figure, Looks, Values
from prunesweep.orchestrator.report.summary import Group

ZOOM = "With a mouse: drag to move, Shift and the wheel to zoom, double-click to go back."
_MOUSE = "[pointerdown[event.pointerType !== 'touch'], window:pointerup] > window:pointermove!"
"""A finger on a chart moves the page, or nobody could scroll past it on a phone."""
_MOST_POINTS = 5000
"""In the whole figure; beyond, epochs are thinned out."""


@dataclass
class _Path:
    """A group's curve, mean over seeds.

    Attributes:
        at: epoch since the beginning → values.
        prunings: epochs after which.
    """

    at: dict[int, list[float]] = field(default_factory=dict)
    prunings: dict[int, None] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)


Paths = Mapping[tuple[str, float], _Path]


def learning(groups: Sequence[Group], curves: Curves) -> Figure | None:
    """Return one panel a sparsity, one line a setting; None when no epoch is known."""
    series, fewer = chosen_series(groups, MOST_PANELS)
    sparsities, thinner = chosen_sparsities([group for group in groups if group.label in series])
    accuracy = held_out(curves)
    paths = paths_of([group for group in groups if group.label in series], sparsities, curves, accuracy)
    if not paths:
        return None
    step = thinning([paths])
    sparse = (
        f" To keep it small, fewer epochs are drawn: one in {step}, and the ends of every stage." if step > 1 else ""
    )
    what = "Accuracy on held-out training images" if accuracy else "Training loss (no images were held out)"
    imported = any(row.weights for group in groups for row in group.rows)
    start = "after the weights were imported" if imported else "of the dense training"
    note = (
        f"{what}, mean over seeds, from the first epoch {start} on. Dotted lines and marks: a pruning;"
        " every stage is measured after each of its epochs, so the drop right after a pruning is seen only in part."
    )
    drawn = chart(Looks(series), sparsities, accuracy)
    data = {"curve": points(paths, step)}
    return Figure("learning", "Learning curves", note + fewer + thinner + sparse, drawn, data, ZOOM)


def held_out(curves: Curves) -> bool:
    """Return whether accuracies on held-out images are known; else the curves are of the training loss."""
    return any(epoch.top1 is not None for stage in curves.epochs.values() for epoch in stage)


def paths_of(groups: Sequence[Group], sparsities: Sequence[float], curves: Curves, accuracy: bool) -> Paths:
    """Return the curves of these groups, by setting and sparsity, where any epoch is known."""
    found = {
        (group.label, group.sparsity): _path(group, curves, accuracy)
        for group in groups
        if group.sparsity in sparsities
    }
    return {key: path for key, path in found.items() if path.at}


def thinning(drawn: Sequence[Paths]) -> int:
    """Return of how many epochs one is drawn, so that the figure stays small."""
    return max(1, -(-sum(len(path.at) for paths in drawn for path in paths.values()) // _MOST_POINTS))


def _path(group: Group, curves: Curves, accuracy: bool) -> _Path:
    """Return the stages of every seed one after the other."""
    path = _Path()
    for row in group.rows:
        before = 0
        for place, digest in enumerate(curves.path.get(row.cell, ())):
            epochs: list[EpochMetrics] = list(curves.epochs.get(digest, []))
            if place >= curves.dense.get(row.cell, 1) and epochs:
                path.prunings[before] = None
            for epoch in epochs:
                value = epoch.top1 if accuracy else epoch.loss
                if value is not None and isfinite(value):
                    path.at.setdefault(before + epoch.epoch, []).append(100 * value if accuracy else value)
            if epochs:
                path.ends |= {before + 1, before + epochs[-1].epoch}
                before += epochs[-1].epoch
    return path


def points(paths: Paths, step: int) -> Values:
    """Return the chart's data: one in `step` epochs of every curve, and its prunings."""
    values: Values = []
    for (label, sparsity), path in paths.items():
        same: dict[str, object] = {"s": label, "f": panel_of(sparsity)}
        means = {at: round(fmean(found), 4) for at, found in sorted(path.at.items())}
        values += [
            {**same, "k": "line", "x": at, "y": mean}
            for at, mean in means.items()
            if at % step == 0 or at in path.ends or at in path.prunings
        ]
        first = next(iter(means.values()))
        if len(means) == 1:  # a line of one point is not seen
            values.append({**same, "k": "dot", "x": next(iter(means)), "y": first})
        values += [{**same, "k": "prune", "x": at, "y": means.get(at, first)} for at in path.prunings]
    return values


def chart(looks: Looks, sparsities: Sequence[float], accuracy: bool) -> dict[str, object]:
    """Return the chart of the data set `curve`, a panel for each sparsity."""
    title = "validation accuracy, top-1 in %" if accuracy else "training loss"
    base = alt.Chart()
    x = alt.X(
        "x:Q",
        title="epoch",
        axis=alt.Axis(grid=False, tickMinStep=1),
        scale=alt.Scale(zero=False, nice=False, padding=6),
    )
    y = alt.Y("y:Q", title=title, scale=alt.Scale(zero=False))
    colour = looks.colour
    lines = base.transform_filter("datum.k === 'line'").mark_line(strokeWidth=1.6)
    dots = base.transform_filter("datum.k === 'dot'").mark_point(size=30).encode(x, y, colour)
    events = base.transform_filter("datum.k === 'prune'")
    rules = events.transform_aggregate(groupby=["x", "f"]).mark_rule(style="event").encode(alt.X("x:Q"))
    marks = events.mark_point(filled=True, size=45, opacity=1).encode(
        x,
        y,
        colour,
        looks.shape,
        tooltip=[*looks.tips, alt.Tooltip("s:N", title="pruned"), alt.Tooltip("x:Q", title="after epoch")],
    )
    zoom = alt.selection_interval(name="zoom", bind="scales", translate=_MOUSE, zoom="wheel![event.shiftKey]")
    curve = lines.encode(x, y, colour, looks.dash).add_params(zoom)
    layers = alt.layer(rules, curve, dots, marks).properties(width=230, height=180)
    panels = alt.Facet("f:N", title=None, sort=[panel_of(each) for each in sparsities])
    return theme.drawn(layers.facet(facet=panels, columns=3, data=alt.NamedData("curve")))
