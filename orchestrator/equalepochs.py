"""Iterative against one-shot at equal epochs: three rounds of three epochs against one round of nine."""

from collections.abc import Sequence
from dataclasses import replace

from orchestrator import pairs
from orchestrator.pairs import Compared, Metric, Point

_ITERATIVE, _ONESHOT = "iterative", "oneshot"
FIX = "sweep run --grid fair"


def compare(points: Sequence[Point], metric: Metric) -> Compared:
    """Each iterative setting of several rounds against the one-shot cells that train epochs × rounds.

    `alone_a` counts iterative cells without such a partner; one-shot cells of other lengths are no loss.
    """
    settings = dict.fromkeys((p.row.epochs, p.row.iterations) for p in points if _is_iterative(p))
    parts = [_at(points, epochs, rounds, metric) for epochs, rounds in settings]
    return Compared(
        axes=("algorithm", "epochs", "iterations"),
        comparisons=pairs.adjusted(one for part in parts for one in part.comparisons),
        alone_a=sum(part.alone_a for part in parts),
        alone_b=0,
        unknown=sum(part.unknown for part in parts),
        same=0,
    )


def _at(points: Sequence[Point], epochs: int, rounds: int, metric: Metric) -> Compared:
    ours = [p for p in points if _is_iterative(p) and (p.row.epochs, p.row.iterations) == (epochs, rounds)]
    theirs = [p for p in points if p.row.algorithm == _ONESHOT and p.row.epochs == epochs * rounds]
    if not theirs:
        return Compared((), (), len(ours), 0, 0, 0)
    found = pairs.compare(ours, theirs, metric)
    # Which setting a row belongs to is a fact about it even where, as always, it is what is compared.
    named = tuple(replace(one, at={**one.at, "epochs": epochs, "iterations": rounds}) for one in found.comparisons)
    return replace(found, comparisons=named)


def why_none(points: Sequence[Point], compared: Compared) -> str:
    """Why there is nothing to judge, and what to do."""
    if compared.unknown:
        return "no pair has its accuracies yet; see: sweep status"
    if not any(_is_iterative(point) for point in points):
        return f"no iterative cell of several rounds; the grid `fair` has them with their partners: {FIX}"
    return (
        "no one-shot cell trains as many epochs as an iterative one (epochs × rounds); comparing these cells would"
        f" credit iterative pruning for its extra epochs. The grid `fair` adds such cells: {FIX}"
    )


def _is_iterative(point: Point) -> bool:
    return point.row.algorithm == _ITERATIVE and point.row.iterations > 1
