"""Two networks on the same images: whether they differ in more than chance, and by how much. Standard library only."""

import math
from dataclasses import dataclass
from fractions import Fraction

_Z = 1.959963984540054
"""Of a 95 % interval."""


@dataclass(frozen=True)
class MatchedPairs:
    """How two networks did on the same images.

    Attributes:
        images: all of them, n ≥ 1.
        lost, gained: right in the first only, and in the second only.
    """

    images: int
    lost: int
    gained: int

    @property
    def drop(self) -> float:
        """The first network's accuracy minus the second's, in [-1, 1]."""
        return (self.lost - self.gained) / self.images

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the drop, one that has a width even where no image differs.

        Source: Agresti & Min 2005, "Simple improved confidence intervals for comparing matched proportions",
        Statistics in Medicine 24:729: half an image more in each of the four kinds.
        """
        count, lost, gained = self.images + 2, self.lost + 0.5, self.gained + 0.5
        middle = (lost - gained) / count
        half = _Z * math.sqrt(max(0.0, (lost + gained) / count - middle**2) / count)
        return max(-1.0, middle - half), min(1.0, middle + half)

    @property
    def p(self) -> float:
        """Return the probability of so uneven a division of the images that differ, if both networks were as good: the
        exact test of McNemar 1947 (Psychometrika 12:153), two-sided."""
        differing = self.lost + self.gained
        tail = sum(math.comb(differing, k) for k in range(min(self.lost, self.gained) + 1))
        return float(min(Fraction(1), Fraction(2 * tail, 2**differing)))


def standard_error(fraction: float, images: int) -> float:
    """Return the binomial standard error of an accuracy."""
    return math.sqrt(fraction * (1 - fraction) / images)
