"""How the axes of a grid are read, each from a string of the command line or a value of TOML."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan import axes, engines
from prunesweep.core.plan.algorithms import OF_CHANNELS, Algorithm, with_built_in
from prunesweep.core.plan.axes import field_of
from prunesweep.core.plan.compositions import parse_compositions
from prunesweep.core.plan.controls import MARK, WEIGHT_SCORES, check_counts, find, method_of
from prunesweep.core.plan.costs import load_profile
from prunesweep.core.plan.datasets import parse_share, read_size
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.layer_rules import parse_rules
from prunesweep.core.plan.models import MODELS
from prunesweep.core.plan.networks import parse_model, read_network, with_arguments
from prunesweep.core.plan.patterns import FIX, is_like_one
from prunesweep.core.plan.points import as_table, axes_of, parse_points
from prunesweep.core.plan.recipes import load_recipe, recipe_for
from prunesweep.core.plan.resize_rules import check_resize, parse_resize
from prunesweep.core.plan.suggestions import did_you_mean, one_of


def parse_algorithm(name: object, known: tuple[Algorithm, ...]) -> str:
    """Return the name of one of the known algorithms, or of a control of one.

    Raises:
        UserError: there is none; suggests the nearest.
    """
    if isinstance(name, str) and find(name, known) is not None:
        return name
    if isinstance(name, str) and MARK in name:
        score, _, method = name.partition(MARK)
        if score in OF_CHANNELS:
            fix = f"{score} ranks whole channels, and another algorithm's layer counts are of weights"
            raise UserError("algorithm", name, f"{fix}; choose a score of {', '.join(WEIGHT_SCORES)}")
        one_of(score, "algorithm", WEIGHT_SCORES)
        one_of(method, "algorithm", [one.name for one in known if not method_of(one)])
        raise UserError("algorithm", name, "is longer than 64 letters; give the algorithm a shorter name")
    if isinstance(name, str) and is_like_one(name):
        raise UserError("algorithm", name, FIX)
    return one_of(name, "algorithm", [one.name for one in known])


def _sparsity(value: object) -> float:
    return axes.parse_sparsity(value)


def _flag(value: object, field: str) -> bool:
    if isinstance(value, bool):
        return value
    return one_of(value, field, ("true", "false")) == "true"


def _epochs(value: object) -> int:
    return axes.parse_count(value, "epochs", 0, 100_000)


def _iterations(value: object) -> int:
    return axes.parse_count(value, "rounds", 1, 1000)


def _seed(value: object) -> int:
    return axes.parse_count(value, "seeds", 0, 2**31 - 1)


def _looked(value: object) -> int:
    return axes.parse_count(value, "looked", 0, 2**31 - 1)


def _read_recipe(value: object) -> str:
    """Return a recipe that can be read: its name, or its file's path."""
    load_recipe(name := _text(value, "recipe"))
    return name


def _read_costs(value: object) -> str:
    """Return a cost profile that can be read: its name, or its file's path."""
    load_profile(name := _text(value, "costs"))
    return name


READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "sparsity": lambda v: axes.parse_sparsities(v, "sparsity", _sparsity),
        "epochs": lambda v: axes.parse_list(v, "epochs", _epochs),
        "iterations": lambda v: axes.parse_list(v, "rounds", _iterations),
        "seeds": lambda v: axes.parse_list(v, "seeds", _seed),
        "dataset": lambda v: _text(v, "dataset"),
        "model": lambda v: parse_model(v, "model"),
        "dense_epochs": lambda v: axes.parse_count(v, "dense_epochs", 0, 100_000),
        "recipe": _read_recipe,
        "bench_device": lambda v: one_of(v, "bench_device", ("cpu", "cuda", "none")),
        "bench_threads": lambda v: axes.parse_count(v, "bench_threads", 1, 1024),
        "bench_batch": lambda v: axes.parse_count(v, "bench_batch", 1, 65_536),
        "bench_engines": lambda v: engines.parse_engines(v, "bench_engines"),
        "bench_repeat": lambda v: axes.parse_count(v, "bench_repeat", 0, 1000),
        "fair": lambda v: _flag(v, "fair"),
        "bn_reestimate": lambda v: _flag(v, "bn_reestimate"),
        "algorithms": parse_compositions,
        "costs": _read_costs,
        "controls": lambda v: _flag(v, "controls"),
        "layers": lambda v: parse_rules(v, "layers"),
        "weights": lambda v: "" if v == "" else _text(v, "weights"),
        "mean": lambda v: axes.parse_channels(v, "mean", zero=True),
        "std": lambda v: axes.parse_channels(v, "std", zero=False),
        "looked": lambda v: axes.parse_list(v, "looked", _looked) if v not in ((), []) else (),
        "image_size": read_size,
        "resize": parse_resize,
        "test_share": parse_share,
        "head": lambda v: one_of(v, "head", ("keep", "new")),
        "evaluate": lambda v: _flag(v, "evaluate"),
        "points": parse_points,
    }
)
"""By the field of `Grid`; the algorithms' names, the width and a network's arguments depend on other axes
(`read_axes`)."""


def _text(value: object, field: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise UserError(field, value, "give a name in quotes")


def read_axes(values: Mapping[str, object], base: Grid) -> Grid:
    """Return `base` with the given axes replaced; each value is a string (command line) or a TOML value.

    Raises:
        UserError: an unknown axis or a bad value; names the field.
    """
    if "rounds" in values:
        if "iterations" in values:
            raise UserError("rounds", values["rounds"], "the same axis is given as iterations too; give one of the two")
        values = {field_of(axis): value for axis, value in values.items()}
    changes = {}
    for name, value in values.items():
        if name in ("algorithm", "width", "model_args"):
            continue
        if name not in READERS:
            raise UserError("axis", name, did_you_mean(name, [*READERS, "algorithm", "rounds", "width", "model_args"]))
        changes[name] = READERS[name](value)
    known = with_built_in(changes.get("algorithms", base.algorithms))
    for own in changes.get("algorithms", ()):
        check_counts(own, known, f"algorithms.{own.name}.allocation")
    if "algorithm" in values:
        read = partial(parse_algorithm, known=known)
        changes["algorithm"] = axes.parse_list(values["algorithm"], "algorithm", read)
    if "dataset" in changes and "recipe" not in changes:
        changes["recipe"] = recipe_for(changes["dataset"])
    network = _network(values, changes.pop("model", None), base)
    if changes.get("weights") and "dense_epochs" not in changes:
        changes["dense_epochs"] = 0
    grid = replace(base, **changes, **network)
    if not grid.weights and not grid.dense_epochs:
        raise UserError("dense_epochs", 0, "give a whole number from 1 to 100000; 0 is for given --weights")
    if grid.head == "new" and not (grid.weights and grid.dense_epochs):
        fix = "puts an untrained classifier on given weights; give --weights, and --dense-epochs to train it"
        raise UserError("head", grid.head, fix)
    if not grid.weights:  # else a file beside them may give the size
        check_resize(grid.resize, grid.image_size)
    return _with_points(grid, known) if grid.points else grid


def _with_points(grid: Grid, known: tuple[Algorithm, ...]) -> Grid:
    """Return the grid with the axes that its points have.

    Raises:
        UserError: a point that is no cell, or controls beside points.
    """
    if grid.fair or grid.controls:
        raise UserError("points", len(grid.points), "come without fair and controls; list the controls as points")
    for point in grid.points:
        parse_algorithm(point.algorithm, known)
        if grid.reached(point) != point:
            fix = f"has another sparsity, number of epochs or rounds: {as_table(grid.reached(point))}"
            raise UserError("points", as_table(point), fix)
    return replace(grid, **axes_of(grid.points))


def _network(values: Mapping[str, object], model: str | None, base: Grid) -> dict[str, Any]:
    """Return the fields `model` and `width`, where they change. model: the one that `values` name, if they name one."""
    changes: dict[str, Any] = {} if model is None else {"model": model}
    asked = model or base.model
    if "model_args" in values:
        changes["model"] = asked = with_arguments(asked, values["model_args"])
    if read_network(asked) is not None:
        if values.get("width", 0) != 0:
            fix = "only the built-in networks have one; leave it out, or give what this network takes by --model-args"
            raise UserError("width", values["width"], fix)
        return {**changes, "width": 0}
    if "width" in values:
        changes["width"] = axes.parse_count(values["width"], "width", 1, 1024)
    elif model is not None:
        changes["width"] = MODELS[model]
    return changes
