"""Grids: named sets of axes; from a built-in name, a TOML file, or axes on the command line."""

import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import UserError
from core.plan import axes
from core.plan.algorithms import ALGORITHMS
from core.plan.cells import Cell
from core.plan.datasets import DatasetRef, parse_dataset
from core.plan.models import MODELS
from core.plan.nearest import did_you_mean, one_of
from core.plan.recipes import RECIPES

MAX_CELLS = 1_000_000
MAX_ROUNDS = 2_000_000
"""Pruning rounds of a grid before sharing; each is a stage of about 2 kB while it is planned."""
_MAX_FILE = 2**20


@dataclass(frozen=True)
class Grid:
    """The axes of a sweep (tuples) and what they share (single values).

    bench_device: `cpu` or `cuda`, where latency is measured; `none` to leave it out.
    """

    sparsity: tuple[float, ...]
    algorithm: tuple[str, ...]
    epochs: tuple[int, ...]
    iterations: tuple[int, ...]
    seeds: tuple[int, ...] = (0,)
    dataset: str = "cifar10"
    model: str = "resnet18"
    width: int = 64
    dense_epochs: int = 30
    recipe: str = "default"
    bench_device: str = "cpu"
    bench_threads: int = 1
    bench_batch: int = 1

    def cells(self) -> tuple[Cell, ...]:
        """Every grid point once, seeds outermost; `iterations` is 1 for algorithms without rounds.

        Raises:
            UserError: more than a million points, or two million pruning rounds.
        """
        points = len(self.sparsity) * len(self.algorithm) * len(self.epochs) * len(self.iterations) * len(self.seeds)
        if points > MAX_CELLS:
            raise UserError("grid", f"{points:,} points", f"at most {MAX_CELLS:,} fit in one sweep; split it")
        rounds = sum(self._rounds(name) for name in self.algorithm)
        rounds *= len(self.sparsity) * len(self.epochs) * len(self.seeds)
        if rounds > MAX_ROUNDS:
            raise UserError("grid", f"{rounds:,} rounds", f"at most {MAX_ROUNDS:,} fit in one sweep; split it")
        product = itertools.product(self.seeds, self.algorithm, self.sparsity, self.epochs, self.iterations)
        return tuple(
            dict.fromkeys(
                Cell(name, sparsity, epochs, rounds if ALGORITHMS[name].rounds else 1, seed)
                for seed, name, sparsity, epochs, rounds in product
            )
        )

    def _rounds(self, algorithm: str) -> int:
        return sum(self.iterations) if ALGORITHMS[algorithm].rounds else 1


_STUDY = Grid(sparsity=(0.5, 0.75, 0.9), algorithm=("oneshot", "iterative"), epochs=(3, 5), iterations=(3, 5))

GRIDS: Mapping[str, Grid] = MappingProxyType(
    {
        "full": _STUDY,
        "classic": replace(_STUDY, iterations=(3,)),
        "demo": replace(
            _STUDY,
            epochs=(1, 2),
            iterations=(2, 3),
            dataset="digits",
            width=16,
            dense_epochs=10,
            recipe="digits",
        ),
    }
)


def _sparsity(value: object) -> float:
    return axes.parse_sparsity(value)


def _algorithm(value: object) -> str:
    return one_of(value, "algorithm", ALGORITHMS)


def _epochs(value: object) -> int:
    return axes.parse_count(value, "epochs", 0, 100_000)


def _iterations(value: object) -> int:
    return axes.parse_count(value, "iterations", 1, 1000)


def _seed(value: object) -> int:
    return axes.parse_count(value, "seeds", 0, 2**31 - 1)


_READERS: Mapping[str, Any] = MappingProxyType(
    {
        "sparsity": lambda v: axes.parse_list(v, "sparsity", _sparsity),
        "algorithm": lambda v: axes.parse_list(v, "algorithm", _algorithm),
        "epochs": lambda v: axes.parse_list(v, "epochs", _epochs),
        "iterations": lambda v: axes.parse_list(v, "iterations", _iterations),
        "seeds": lambda v: axes.parse_list(v, "seeds", _seed),
        "dataset": lambda v: _text(v, "dataset"),
        "model": lambda v: one_of(v, "model", MODELS),
        "width": lambda v: axes.parse_count(v, "width", 1, 1024),
        "dense_epochs": lambda v: axes.parse_count(v, "dense_epochs", 1, 100_000),
        "recipe": lambda v: one_of(v, "recipe", RECIPES),
        "bench_device": lambda v: one_of(v, "bench_device", ("cpu", "cuda", "none")),
        "bench_threads": lambda v: axes.parse_count(v, "bench_threads", 1, 1024),
        "bench_batch": lambda v: axes.parse_count(v, "bench_batch", 1, 65_536),
    }
)


def _text(value: object, field: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise UserError(field, value, "give a name in quotes")


def read_axes(values: Mapping[str, object], base: Grid) -> Grid:
    """`base` with the given axes replaced; each value is a string (command line) or a TOML value.

    Raises:
        UserError: an unknown axis or a bad value; names the field.
    """
    changes = {}
    for name, value in values.items():
        if name not in _READERS:
            raise UserError("axis", name, did_you_mean(name, _READERS))
        changes[name] = _READERS[name](value)
    if "dataset" in changes and "recipe" not in changes:
        changes["recipe"] = "digits" if changes["dataset"] == "digits" else "default"
    return replace(base, **changes)


def load_grid(name: str) -> Grid:
    """A built-in grid by name, or a TOML file by a path that ends in `.toml`.

    Raises:
        UserError: unknown name; an unreadable file, a TOML error, an unknown key or a wrong type (file and line).
    """
    if name.endswith(".toml"):
        return _load_toml(Path(name))
    if name in GRIDS:
        return GRIDS[name]
    raise UserError("grid", name, did_you_mean(name, [*GRIDS, "FILE.toml"]))


def dataset_of(grid: Grid) -> DatasetRef:
    """Looks up the grid's dataset; see `parse_dataset` for what it raises."""
    return parse_dataset(grid.dataset)


def _load_toml(path: Path) -> Grid:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE + 1)
        if len(raw) > _MAX_FILE:
            raise UserError("grid", path, "is larger than a grid can be (1 MiB)")
        text = raw.decode()
        values = tomllib.loads(text)
    except RecursionError:
        raise UserError("grid", path, "not valid TOML: nested too deeply") from None
    except (OSError, ValueError) as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise UserError("grid", path, f"not valid TOML: {error}") from None
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UserError("grid", path, f"cannot be read: {reason}") from None
    base = "full"
    for key, value in values.items():
        # One by one for the line of the first bad one; together below, as one may depend on another.
        try:
            if key == "base":
                base = one_of(value, key, GRIDS)
            else:
                read_axes({key: value}, GRIDS[base])
        except UserError as error:
            raise UserError("grid", f"{path}:{_line_of(text, key)}", str(error)) from None
    values.pop("base", None)
    return read_axes(values, GRIDS[base])


def _line_of(text: str, key: str) -> int:
    """1-based line on which a top-level key stands; 1 if it is written in an unusual way."""
    pattern = re.compile(rf"""^\s*(?:\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)
