"""Cost profiles: what one weight that is not zero costs the sparse engine, by the size of its layer's output map, and
what a layer costs at most because the engine can do it dense.

A profile is measured on the machine that will run the networks (`sweep costs`), and is a small TOML file. Its numbers
become part of the stages that use them, so that equal digests still mean equal bytes.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan.suggestions import unknown_file
from prunesweep.core.plan.toml_files import parse_toml, read_toml

BATCHES = (1, 64)
"""Images a pass that a profile knows: the engine has one program for few images and one for many."""
MAPS = (1, 4, 16, 64, 256, 1024)
"""Output positions that `sweep costs` measures."""
_FOLDER = "cost_files"
_MOST_POINTS = 32
_LARGEST = 10**7
_RANGE = (1e-6, 1e9)
_POINT = re.compile(r"([1-9]\d{0,6})=(\d{1,10}(?:\.\d{1,12})?(?:e[+-]?\d{1,2})?)")


@dataclass(frozen=True)
class WeightCosts:
    """Nanoseconds an image.

    Attributes:
        points: (output positions, what each weight other than zero adds), positions rising.
        dense: (output positions, what each weight adds in a layer of 3×3 windows, one a pixel, that is done dense), for
            those where that can be faster.
    """

    points: tuple[tuple[int, float], ...]
    dense: tuple[tuple[int, float], ...] = ()

    def at(self, positions: int) -> float:
        """Return nanoseconds for a layer of that many output positions: linear between the points when both axes are
        logarithms, as below the first one, in proportion to the positions above the last one.

        To nine digits, so that another machine's logarithm gives the same number.
        """
        first, last = self.points[0], self.points[-1]
        if positions <= first[0]:
            return first[1]
        if positions >= last[0]:
            return _digits(last[1] * positions / last[0], 9)
        place = next(n for n, (there, _) in enumerate(self.points) if there > positions)
        (low, cheap), (high, dear) = self.points[place - 1], self.points[place]
        part = math.log(positions / low) / math.log(high / low)
        return _digits(cheap * math.exp(part * math.log(dear / cheap)), 9)

    def dense_at(self, positions: int) -> float:
        """Return nanoseconds for each weight, zero or not, of a layer done dense; infinite where that was not
        measured."""
        return dict(self.dense).get(positions, math.inf)

    def __str__(self) -> str:
        """`1=0.29,16=0.35;16=0.1`, which `parse_points` reads; without dense costs there is no `;`."""
        texts = (",".join(f"{at}={ns:.6g}" for at, ns in points) for points in (self.points, self.dense) if points)
        return ";".join(texts)


@dataclass(frozen=True)
class CostProfile:
    """What was measured: on which processor, when (ISO date), with one thread; images a pass → costs."""

    processor: str
    date: str
    batches: Mapping[int, WeightCosts]

    def toml(self) -> str:
        """Return the file that `load_profile` reads."""
        lines = [
            "# Nanoseconds an image that each weight other than zero adds, by the output positions of its layer;",
            "# dense: that each weight, zero or not, adds where a layer of 3×3 windows is done dense.",
            "# One thread. Measured by `sweep costs`.",
            f'processor = "{_plain(self.processor)}"',
            f'date = "{self.date}"',
        ]
        for batch, costs in self.batches.items():
            for title, points in ((f"batch-{batch}", costs.points), (f"batch-{batch}.dense", costs.dense)):
                lines += ["", f"[{title}]", *(f"{positions} = {ns:.6g}" for positions, ns in points)]
        return "\n".join(lines) + "\n"


def parse_points(text: str) -> WeightCosts:
    """Return costs from `1=0.29,16=0.35,…`, and after a `;` those of dense layers.

    Raises:
        ValueError: not such a list.
    """
    each, semicolon, dense = text.partition(";")
    lists = [[_POINT.fullmatch(part) for part in some.split(",")] for some in ([each, dense] if semicolon else [each])]
    if not all(match for found in lists for match in found):
        raise ValueError(f"not a list of costs: {text[:80]!r}")
    return make_costs(*([(int(match[1]), float(match[2])) for match in found if match] for found in lists))


def make_costs(points: Sequence[tuple[int, float]], dense: Sequence[tuple[int, float]] = ()) -> WeightCosts:
    """Return costs from (output positions, ns), to six digits.

    Raises:
        ValueError: no points or too many, positions that do not rise, or a cost outside 1e-6 … 1e9 ns.
    """
    rising = all(low[0] < high[0] for some in (points, dense) for low, high in pairwise(some))
    places = [positions for positions, _ in (*points, *dense)]
    few = 0 < len(points) <= _MOST_POINTS and len(dense) <= _MOST_POINTS
    if not few or not rising or not all(0 < positions <= _LARGEST for positions in places):
        raise ValueError(f"give 1 to {_MOST_POINTS} numbers of output positions, rising, up to {_LARGEST:,}")
    if not all(_RANGE[0] <= ns <= _RANGE[1] for _, ns in (*points, *dense)):
        raise ValueError("each cost is a number of nanoseconds, above 0")
    return WeightCosts(*(tuple((positions, _digits(ns, 6)) for positions, ns in some) for some in (points, dense)))


@cache
def profile_names() -> tuple[str, ...]:
    """Return the profiles that come with the program."""
    found = (entry.name for entry in files(__package__).joinpath(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load_profile(name: str) -> CostProfile:
    """Return a profile by its name, or from a file by a path that ends in `.toml`.

    Raises:
        UserError: unknown name; an unreadable file, a TOML error, a missing or unknown key, a value out of range.
    """
    if name.lower().endswith(".toml"):
        return _read(read_toml(Path(name), "costs")[0], name)
    if name not in profile_names():
        raise unknown_file(name, "costs", profile_names())
    return _built_in(name)


@cache
def _built_in(name: str) -> CostProfile:
    data = files(__package__).joinpath(_FOLDER, f"{name}.toml").read_bytes()
    return _read(parse_toml(data, "costs", name)[0], name)


def _read(values: dict[str, Any], where: str) -> CostProfile:
    tables = {f"batch-{batch}": batch for batch in BATCHES}
    wanted = {"processor", "date", *tables}
    if set(values) != wanted:
        odd = sorted(set(values) ^ wanted)[0]
        raise UserError("costs", where, f"{'lacks' if odd in wanted else 'has the unknown key'} {odd!r}")
    facts = [values[key] for key in ("processor", "date")]
    if not all(isinstance(fact, str) for fact in facts):
        raise UserError("costs", where, "processor and date are texts in quotes")
    batches = {batch: _table(values[table], f"costs {where} [{table}]") for table, batch in tables.items()}
    return CostProfile(facts[0], facts[1], batches)


def _table(values: object, where: str) -> WeightCosts:
    each = dict(values) if isinstance(values, dict) else values
    dense = each.pop("dense", {}) if isinstance(each, dict) else {}
    try:
        return make_costs(_points(each), _points(dense))
    except (ValueError, OverflowError) as error:
        raise UserError(where, "", str(error)) from None


def _points(values: object) -> list[tuple[int, float]]:
    fix = "write one line for each number of output positions: 16 = 0.35"
    if not isinstance(values, dict) or not all(re.fullmatch(r"[1-9]\d{0,6}", key) for key in values):
        raise ValueError(fix)
    if not all(isinstance(ns, int | float) and not isinstance(ns, bool) for ns in values.values()):
        raise ValueError(fix)
    return sorted((int(key), float(ns)) for key, ns in values.items())


def _digits(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def _plain(text: str) -> str:
    """Return text that can stand between quotes in TOML as it is."""
    return "".join(c for c in text if c.isprintable() and c not in '"\\')
