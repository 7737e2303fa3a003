"""Chosen points of a grid: single cells instead of every combination of its axes; what a search tries."""

from collections.abc import Sequence
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan import axes
from prunesweep.core.plan.cells import Cell

FIELD = "points"
_KEYS = ("algorithm", "sparsity", "epochs", "rounds", "seed")
_FIX = f"give tables with the keys {', '.join(_KEYS)}"


def parse_points(value: object) -> tuple[Cell, ...]:
    """Return the cells that a list of tables describes, each once; () for an empty list.

    Raises:
        UserError: no such list, or a value that its axis does not take.
    """
    if not isinstance(value, list | tuple):
        raise UserError(FIELD, value, _FIX)
    return tuple(dict.fromkeys(_point(one) for one in value))


def axes_of(points: Sequence[Cell]) -> dict[str, Any]:
    """Return the values that the points have on each axis, in the order in which they come, by the field of `Grid`."""
    return {
        "sparsity": tuple(dict.fromkeys(point.sparsity for point in points)),
        "algorithm": tuple(dict.fromkeys(point.algorithm for point in points)),
        "epochs": tuple(dict.fromkeys(point.epochs for point in points)),
        "iterations": tuple(dict.fromkeys(point.iterations for point in points)),
        "seeds": tuple(dict.fromkeys(point.seed for point in points)),
    }


def as_table(point: Cell) -> dict[str, Any]:
    """Return the point as `parse_points` takes it."""
    values = (point.algorithm, point.sparsity, point.epochs, point.iterations, point.seed)
    return dict(zip(_KEYS, values, strict=True))


def _point(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    if not isinstance(value, dict):
        raise UserError(FIELD, value, _FIX)
    # The ledger keeps a cell's own word for rounds.
    found = {"rounds" if key == "iterations" else key: one for key, one in value.items()}
    if found.keys() != set(_KEYS) or not isinstance(found["algorithm"], str):
        raise UserError(FIELD, value, _FIX)
    return Cell(
        found["algorithm"],
        axes.parse_sparsity(found["sparsity"], f"{FIELD}.sparsity"),
        axes.parse_count(found["epochs"], f"{FIELD}.epochs", 0, 100_000),
        axes.parse_count(found["rounds"], f"{FIELD}.rounds", 1, 1000),
        axes.parse_count(found["seed"], f"{FIELD}.seed", 0, 2**31 - 1),
    )
