"""The Pareto front by the report's own rules: what is not known to differ is a tie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

CLEAR = 2.0
"""So many standard errors two means must lie apart to count as different."""
SAME = 0.01
"""Prices that differ by less than this fraction are equal: a file's 250 bytes buy nothing."""


@dataclass(frozen=True)
class Offer:
    """What one setting gives for its price.

    Attributes:
        price: more is better (a speed-up, or the inverse of a size), above 0.
        value: mean accuracy; more is better.
        error: standard error of the mean, 0 = not known.
    """

    price: float
    value: float
    error: float = 0.0

    def cheaper(self, other: "Offer") -> bool:
        """Return whether this one's price is better by more than a tie."""
        return self.price > other.price * (1 + SAME)

    def better(self, other: "Offer") -> bool:
        """Return whether this one's value is higher by more than a tie."""
        return self.value - other.value > max(CLEAR * hypot(self.error, other.error), 1e-9)

    def beats(self, other: "Offer") -> bool:
        """Return whether this one is better in one respect and not worse in the other."""
        if other.cheaper(self) or other.better(self):
            return False
        return self.cheaper(other) or self.better(other)


def front(offers: Sequence[Offer]) -> list[int]:
    """Return the places of the offers that no other beats, the cheapest first (the highest price's goodness)."""
    left = [place for place, one in enumerate(offers) if not any(other.beats(one) for other in offers)]
    return sorted(left, key=lambda place: (-offers[place].price, -offers[place].value))


def corners(offers: Sequence[Offer]) -> list[int]:
    """Return those of the front that a line joins: from the cheapest on, each more valuable than all before it."""
    chosen: list[int] = []
    for place in front(offers):
        if not chosen or offers[place].value > offers[chosen[-1]].value:
            chosen.append(place)
    return chosen
