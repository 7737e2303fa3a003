"""How many weights each layer keeps under a budget of time: two multipliers, found by bisection.

Everything is float64 addition, multiplication and comparison, in one order: the same counts on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_HALVINGS = 100
_FIRST, _STEP, _STEPS = 2.0**-50, 16.0, 50
"""Prices that are tried for the dearest weight before the search between two of them: far below the worth of any that
matters, and each so many times the one before."""


@dataclass(frozen=True, eq=False)
class BudgetLayers:
    """Layers as the search for a cost budget sees them.

    Attributes:
        squares: what each layer's weights are worth, in [0, 1], rising, float64.
        costs: nanoseconds a weight, > 0.
        least: weights that a layer keeps in any case.
        most: nanoseconds that a layer takes however many weights it keeps, infinite for those that have no such limit.
    """

    squares: tuple[NDArray[np.float64], ...]
    costs: tuple[float, ...]
    least: tuple[int, ...]
    most: tuple[float, ...]

    @cached_property
    def _sums(self) -> tuple[NDArray[np.float64], ...]:
        """The worth of each layer's smallest n weights, at n."""
        return tuple(np.concatenate([[0.0], np.cumsum(values)]) for values in self.squares)

    def time(self, counts: Sequence[int]) -> float:
        """Return nanoseconds that so many weights of each layer take."""
        each = zip(self.costs, counts, self.most, strict=True)
        return sum((min(cost * count, most) for cost, count, most in each), 0.0)

    def only(self, members: Sequence[int]) -> "BudgetLayers":
        """Return some of the layers."""
        return BudgetLayers(
            tuple(self.squares[n] for n in members),
            tuple(self.costs[n] for n in members),
            tuple(self.least[n] for n in members),
            tuple(self.most[n] for n in members),
        )

    def above(self, threshold: float, price: float) -> list[int]:
        """Return how many weights of each layer are worth at least threshold + price · cost, or just the threshold
        where that is worth the layer's whole time; never fewer than its least."""
        return [self._above(number, threshold, price) for number in range(len(self.squares))]

    def _above(self, number: int, threshold: float, price: float) -> int:
        values, cost, most = self.squares[number], self.costs[number], self.most[number]
        dear = int(values.searchsorted(threshold + price * cost))
        if most < cost * len(values):
            cheap, sums = int(values.searchsorted(threshold)), self._sums[number]
            # What dense keeps more, and pays less, than weight by weight: Σ min(worth − threshold, price · cost).
            between = float(sums[dear] - sums[cheap]) - threshold * (dear - cheap)
            if between + price * cost * (len(values) - dear) > price * most:
                dear = cheap
        return max(self.least[number], len(values) - dear)


def cheapest_within(layers: BudgetLayers, kept: int, budget: float) -> list[int]:
    """Counts that add up to `kept`, take at most `budget` nanoseconds and are worth the most among all pairs of
    multipliers (λ, μ), or, where layers have a most, at least among those that the search meets; if none is so fast,
    the fastest ones. kept: from Σ least to all weights."""
    fastest = _fastest(layers, kept)
    if layers.time(fastest) >= budget:
        return fastest
    low, high = 0.0, 0.0
    best = at_price(layers, kept, high)
    for _ in range(_STEPS):
        if layers.time(best) <= budget:
            break
        low, high = high, _STEP * high or _FIRST / max(layers.costs)
        best = at_price(layers, kept, high)
    else:
        return fastest
    while low < (middle := (low + high) / 2) < high:
        counts = at_price(layers, kept, middle)
        if layers.time(counts) <= budget:
            high, best = middle, counts
        else:
            low = middle
    return best


def at_price(layers: BudgetLayers, kept: int, price: float) -> list[int]:
    """Counts that add up to `kept` when a nanosecond costs `price`: μ by bisection; what lies so close to it that no
    number is between goes to the layers in their order."""
    low, high = -1.0 - price * max(layers.costs), 2.0
    many, few = [len(values) for values in layers.squares], list(layers.least)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        counts = layers.above(middle, price)
        total = sum(counts)
        if total == kept:
            return counts
        if total > kept:
            low, many = middle, counts
        else:
            high, few = middle, counts
    missing = kept - sum(few)
    for number, (less, more) in enumerate(zip(few, many, strict=True)):
        extra = min(missing, more - less)
        few[number] += extra
        missing -= extra
    return few


def _fastest(layers: BudgetLayers, kept: int) -> list[int]:
    """Return the least of every layer, then the layers first that are cheapest when they are full; those of equal cost
    share by worth."""
    counts = list(layers.least)
    missing = kept - sum(counts)
    sizes = [max(1, len(values)) for values in layers.squares]
    full = [min(cost, most / size) for cost, most, size in zip(layers.costs, layers.most, sizes, strict=True)]
    for cost in sorted(set(full)):
        members = [number for number, own in enumerate(full) if own == cost]
        room = sum(len(layers.squares[number]) - counts[number] for number in members)
        some = layers.only(members)
        filled = at_price(some, sum(some.least) + min(missing, room), 0.0)
        for number, count in zip(members, filled, strict=True):
            counts[number] = count
        missing -= min(missing, room)
    return counts
