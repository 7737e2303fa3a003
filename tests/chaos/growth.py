"""Whether something grows without bound, from what was measured every minute."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHARE = 0.05
"""Growth over the last half of a run that is taken for noise, as a share of the median there."""


@dataclass(frozen=True)
class Quantity:
    """What is measured.

    Attributes:
        unit: `bytes` or `count`.
        noise: growth over the last half of a run, in that unit, that is taken for noise, None = it is told and not
            judged.
    """

    name: str
    unit: str
    noise: float | None


@dataclass(frozen=True)
class Trend:
    """Trend.

    Attributes:
        slope: per hour, over the last half of the run.
        grows: it is more than noise.
    """

    quantity: Quantity
    first: float
    half: float
    last: float
    highest: float
    slope: float
    grows: bool


def trend(quantity: Quantity, hours: Sequence[float], values: Sequence[float]) -> Trend:
    """Holds the second half of the values against the rule.

    The slope is Theil and Sen's, the median over all pairs: a sawtooth (a write-ahead log that is emptied again and
    again) has none, and neither have single outliers.

    Args:
        hours: when each value was taken, ascending; at least two.
    """
    middle = len(values) // 2
    late, late_hours = values[middle:], hours[middle:]
    slope = _slope(late_hours, late)
    growth = slope * (late_hours[-1] - late_hours[0])
    bound = None if quantity.noise is None else max(quantity.noise, SHARE * statistics.median(late))
    grows = bound is not None and growth > bound
    return Trend(quantity, values[0], values[middle], values[-1], max(values), slope, grows)


def trends(quantities: Sequence[Quantity], hours: Sequence[float], rows: Sequence[Mapping[str, float]]) -> list[Trend]:
    """One for each quantity. rows: the values of one minute each, by the quantity's name."""
    return [trend(quantity, hours, [row[quantity.name] for row in rows]) for quantity in quantities]


def table(found: Sequence[Trend]) -> str:
    """The trends for people; bytes as MiB."""
    lines = [f"{'quantity':<22}{'first':>10}{'half-way':>10}{'last':>10}{'highest':>10}{'an hour':>11}  verdict"]
    for one in found:
        numbers = [shown(one.quantity, value) for value in (one.first, one.half, one.last, one.highest)]
        word = "GROWS" if one.grows else "not judged" if one.quantity.noise is None else "bounded"
        cells = "".join(f"{number:>10}" for number in numbers)
        lines.append(f"{one.quantity.name:<22}{cells}{shown(one.quantity, one.slope, sign=True):>11}  {word}")
    return "\n".join(lines)


def shown(quantity: Quantity, value: float, *, sign: bool = False) -> str:
    """The value in MiB with two decimals, or as a count."""
    plus = "+" if sign else ""
    return f"{value / 2**20:{plus}.2f}" if quantity.unit == "bytes" else f"{value:{plus}.0f}"


def _slope(hours: Sequence[float], values: Sequence[float]) -> float:
    pairs = [
        (values[late] - values[early]) / (hours[late] - hours[early])
        for late in range(len(values))
        for early in range(late)
    ]
    return statistics.median(pairs) if pairs else 0.0
