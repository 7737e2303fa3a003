"""Several tests of one kind, judged together. The standard library alone."""

from collections.abc import Sequence

LEVEL = 0.05
"""At most this share of families holds a false decision, if decisions are taken at it on what `holm` gives."""


def holm(probabilities: Sequence[float | None]) -> list[float | None]:
    """Return the probabilities, in their order, adjusted for being some of several.

    Source: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian J. Statistics 6:65.
    Decisions at 0.05 on the adjusted values make a false one in at most 5 % of such families, however they depend
    on each other. A comparison without a probability is none, and does not count: None stays None.
    """
    known = sorted((p, place) for place, p in enumerate(probabilities) if p is not None)
    adjusted: list[float | None] = [None] * len(probabilities)
    least = 0.0
    for rank, (p, place) in enumerate(known):
        least = max(least, min(1.0, (len(known) - rank) * p))
        adjusted[place] = least
    return adjusted
