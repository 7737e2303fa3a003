"""A test that may be taken twice: once with the first seeds, and once more after seeds were added because of it.

Student's test at 5 %, taken again after a look, is wrong in 9 to 10 of 100 studies: each look is a chance of its own.
Stein's interval (variance of the first pairs only) is not enough here: the number of added pairs follows from the first
mean as well, and the first look may already have decided. So both looks are planned for:

- Each look has a z value of its own: the t value of its own pairs as a normal quantile. Under no difference the second
  is standard normal whatever the first made us do, so any rule for the number of added pairs is allowed.
- The second look judges (z1 + z2) / √2, weights that are fixed before any data: Lehmacher & Wassmer 1999, "Adaptive
  sample size calculations in group sequential trials", Biometrics 55:1286.
- Both looks are held against one bound, 2.178, so that either exceeds it in 5 % of studies: Pocock 1977, "Group
  sequential methods in the design and analysis of clinical trials", Biometrika 64:191.

It is exact for normal differences, any number of first pairs, and no more than two looks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, fmean

from prunesweep.orchestrator.statistics.student import quantile, tail

ALPHA = 0.05
"""The chance that a comparison without a difference is decided at either look."""
_NORMAL = NormalDist()
_LEAST = 1e-15
"""Probabilities below are taken for it: the tails are not exact beyond."""
_STEPS = 200


@dataclass(frozen=True)
class LookSample:
    """The pairs of one look. sd: sample standard deviation of their differences; 0 where none can be seen: fewer than
    two pairs, or differences that are equal but for rounding."""

    n: int
    mean: float
    sd: float

    def z(self, true: float = 0.0) -> float:
        """Return how far the mean lies above a `true` one, as a standard normal value; 0 without a spread."""
        if not self.sd:
            return 0.0
        t = (self.mean - true) * math.sqrt(self.n) / self.sd
        outside = max(tail(abs(t), self.n - 1), _LEAST)
        return math.copysign(_NORMAL.inv_cdf(1.0 - outside / 2), t)

    def half(self, z: float) -> float:
        """Return how far from the mean its z value has fallen by `z` ≥ 0."""
        return quantile(_NORMAL.cdf(z), self.n - 1) * self.sd / math.sqrt(self.n)


def look(differences: Sequence[float]) -> LookSample:
    """Sum up the differences of one look."""
    n, mean = len(differences), fmean(differences) if differences else 0.0
    sd = math.sqrt(sum((one - mean) ** 2 for one in differences) / (n - 1)) if n > 1 else 0.0
    return LookSample(n, mean, 0.0 if sd <= 1e-9 * max(map(abs, differences), default=0.0) else sd)


def z_value(first: LookSample, second: LookSample | None, true: float = 0.0) -> float:
    """Return what the latest look is judged by: of the first pairs alone, or of both looks."""
    return first.z(true) if second is None else (first.z(true) + second.z(true)) / math.sqrt(2)


def probability(z: float) -> float:
    """Return the probability that, without a difference, either look is as far from 0 as `z`."""
    z = abs(z)
    alone = math.erfc(z / math.sqrt(2))
    # Given the first z = x inside ±z, the second look is outside from √2·z − x on, on either side.
    width = 2 * z / _STEPS
    points = [-z + step * width for step in range(_STEPS + 1)]
    values = [_NORMAL.pdf(x) * math.erfc((math.sqrt(2) * z - x) / math.sqrt(2)) for x in points]
    simpson = values[0] + values[-1] + 4 * sum(values[1:-1:2]) + 2 * sum(values[2:-1:2])
    return min(1.0, alone + simpson * width / 3)


@lru_cache(maxsize=1)
def bound() -> float:
    """Return the z value beyond which a look decides: Pocock's 2.178 for two looks at 5 %."""
    low, high = 1.5, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(middle) > ALPHA else (low, middle)
    return (low + high) / 2


def level() -> float:
    """Return the two-sided level of one look alone: 0.0294."""
    return math.erfc(bound() / math.sqrt(2))


def interval(first: LookSample, second: LookSample | None) -> tuple[float, float]:
    """Return the means that the latest look doesn't exclude: together with the other look's interval it holds the true
    one in 95 % of studies. At least one look must have a spread."""
    if second is None:
        half = first.half(bound())
        return first.mean - half, first.mean + half
    return _edge(first, second, 1), _edge(first, second, -1)


def _edge(first: LookSample, second: LookSample, side: int) -> float:
    """Return where the z value falls to `side` times the bound: between the places where each look gives its share."""
    judged = [one for one in (first, second) if one.sd]
    share = math.sqrt(2) * bound() / len(judged)
    own = [one.mean - side * one.half(share) for one in judged]
    low, high = min(own), max(own)
    for _ in range(60):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if z_value(first, second, middle) > side * bound() else (low, middle)
    return (low + high) / 2


def certainty_needed(z: float) -> float:
    """Return the one-sided certainty that the second look's own pairs must reach, in the direction of the first look's
    `z`, for both to decide."""
    return _NORMAL.cdf(math.sqrt(2) * bound() - abs(z))
