"""Two or more sweeps in the same charts: colours are sweeps, shapes and dashes are settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prunesweep.core.ledger.queries.curves import Curves
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.figures import accuracy, learning, tradeoff
from prunesweep.orchestrator.report.figures.selection import MOST_PANELS, chosen_series, chosen_sparsities
from prunesweep.orchestrator.report.figures.theme import Figure, Looks, Values
from prunesweep.orchestrator.report.summary import Group, dense_spread, groups, labels

_HOW = "Colours: sweeps. Shapes and dashes: settings."


@dataclass(frozen=True)
class SweepResults:
    """A sweep's rows of the report and its learning curves."""

    name: str
    rows: Sequence[ReportRow]
    curves: Curves


@dataclass(frozen=True)
class _Sweep:
    """A sweep and those of its cells that are shown."""

    results: SweepResults
    groups: Sequence[Group]


def overlay(sweeps: Sequence[SweepResults]) -> list[Figure]:
    """Return accuracy against sparsity and speed-up, and learning curves, of all these sweeps; without those for which
    none has numbers. Their names differ; `MOST_COMPARED` at most."""
    rows = [row for each in sweeps for row in each.rows]
    named = labels(rows)
    series, left_out = chosen_series(groups(rows, named), MOST_PANELS)
    found = [_Sweep(each, [g for g in groups(each.rows, named) if g.label in series]) for each in sweeps]
    looks = Looks(series, [each.name for each in sweeps])
    drawn = (_accuracy(found, looks, left_out), _speed(found, looks, left_out), _learning(found, looks, left_out))
    return [figure for figure in drawn if figure is not None]


def _accuracy(sweeps: Sequence[_Sweep], looks: Looks, left_out: str) -> Figure | None:
    data: dict[str, Values] = {
        "means": _named((each, accuracy.means_of(each.groups)) for each in sweeps),
        "cells": _named((each, accuracy.cells_of(each.groups)) for each in sweeps),
        "dense": _named((each, accuracy.dense_of(dense_spread(each.results.rows))) for each in sweeps),
    }
    if not data["means"]:
        return None
    note = (
        f"Test accuracy after recovery. {_HOW} Lines: mean over seeds, bars: ± one standard deviation; small points:"
        " the cells. Dashed horizontal lines: the dense networks. The sparsity axis is logarithmic in the weights left."
    )
    drawn = accuracy.chart(looks, sorted({point["x"] for point in data["cells"]}))
    return Figure("accuracy", "Accuracy against sparsity", note + left_out, drawn, data)


def _speed(sweeps: Sequence[_Sweep], looks: Looks, left_out: str) -> Figure | None:
    made = [(each, tradeoff.speed_data(each.results.rows, each.groups)) for each in sweeps]
    made = [(each, found) for each, found in made if found["means"]]
    if not made:
        return None
    names = ("means", "cells", "dense", "front")
    data = {name: _named((each, found[name]) for each, found in made) for name in names}
    note = (
        f"Means over seeds (speed-ups: geometric); small points: the cells. {_HOW} Hollow: no speed-up in any of its"
        " cells. Lines: each sweep's Pareto front, its dense network (+, at 1×) included. Speed-ups were measured on"
        " the machine of each sweep and compare only where that was the same."
    )
    return Figure("speed", "Accuracy against measured speed-up", note + left_out, tradeoff.speed_chart(looks), data)


def _learning(sweeps: Sequence[_Sweep], looks: Looks, left_out: str) -> Figure | None:
    accuracies = all(learning.held_out(each.results.curves) for each in sweeps if each.results.curves.epochs)
    sparsities, thinner = chosen_sparsities([group for each in sweeps for group in each.groups])
    paths = [(each, learning.paths_of(each.groups, sparsities, each.results.curves, accuracies)) for each in sweeps]
    step = learning.thinning([found for _, found in paths])
    points = _named((each, learning.points(found, step)) for each, found in paths)
    if not points:
        return None
    what = "Accuracy on held-out training images" if accuracies else "Training loss"
    note = f"{what}, mean over seeds, from the first epoch of the dense training on. {_HOW} Marks: a pruning."
    drawn = learning.chart(looks, sparsities, accuracies)
    return Figure("learning", "Learning curves", note + left_out + thinner, drawn, {"curve": points}, learning.ZOOM)


def _named(made: Iterable[tuple[_Sweep, Values]]) -> Values:
    """Return the values of all sweeps, each with its sweep's name."""
    return [{**value, "w": each.results.name} for each, values in made for value in values]
