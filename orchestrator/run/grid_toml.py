"""A grid as the TOML file that `--grid` takes."""

from dataclasses import asdict, fields
from typing import Any

import tomli_w

from prunesweep.core.plan.algorithms import Algorithm
from prunesweep.core.plan.axes import axis_name
from prunesweep.core.plan.grids import GRIDS, Grid
from prunesweep.core.plan.points import as_table

_BASE = "full"
_OF_IMAGES = ("mean", "std", "image_size", "resize")
"""Said of every grid with weights, beside which a file may say otherwise: what is not said is taken from there."""
_ALWAYS = (
    "sparsity",
    "algorithm",
    "epochs",
    "iterations",
    "seeds",
    "dataset",
    "model",
    "width",
    "dense_epochs",
    "recipe",
)


def grid_toml(grid: Grid) -> str:
    """Return the grid as text that `load_grid` reads as the same one: its axes, and whatever differs from `full`."""
    base = GRIDS[_BASE]
    values: dict[str, Any] = {"base": _BASE}
    for field in fields(Grid):
        value = getattr(grid, field.name)
        if field.name in ("algorithms", "layers", "points"):
            continue
        said = field.name in _ALWAYS or (bool(grid.weights) and field.name in _OF_IMAGES)
        if said or value != getattr(base, field.name):
            values[axis_name(field.name)] = list(value) if isinstance(value, tuple) else value
    if grid.layers:
        values["layers"] = {
            rule.pattern: rule.value if rule.sparsity is None else rule.sparsity for rule in grid.layers
        }
    if grid.points:
        values["points"] = [as_table(point) for point in grid.points]
    if grid.algorithms:
        values["algorithms"] = {own.name: _composition(own) for own in grid.algorithms}
    return tomli_w.dumps(values)


def _composition(own: Algorithm) -> dict[str, Any]:
    """Return what a composition says of itself, without what it leaves at its default."""
    plain = {field.name: field.default for field in fields(Algorithm)}
    return {part: value for part, value in asdict(own).items() if part != "name" and value != plain[part]}
