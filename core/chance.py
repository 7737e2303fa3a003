"""Whether an accuracy is one that a network without any knowledge could have."""

import math

ERRORS = 2.0
"""Standard errors above chance that still count as chance."""


def most_by_chance(chance: float, images: int) -> float:
    """Return the largest accuracy that counts as chance: two binomial standard errors above it.

    Args:
        chance: share of the most frequent class among the test images, which who always names it gets; with equal
            classes 1/classes.
        images: of the test set.
    """
    return chance + ERRORS * math.sqrt(chance * (1 - chance) / images)


def at_chance(top1: float | None, chance: float | None, images: int | None) -> bool | None:
    """Return whether nothing was learned; None where it is not known."""
    if top1 is None or chance is None or not images:
        return None
    return top1 <= most_by_chance(chance, images)
