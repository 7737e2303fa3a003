"""Paired differences: their mean, an interval, what it decides, and how many more pairs would decide it.

Whatever is said holds for two looks together, see `prunesweep.orchestrator.statistics.two_looks`. Standard library
only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prunesweep.core.holm import holm as holm
from prunesweep.orchestrator.statistics import two_looks
from prunesweep.orchestrator.statistics.student import quantile

CONFIDENCE = 1 - two_looks.ALPHA
POWER = 0.8
MOST_MORE = 100
"""Pairs beyond which "more than" is all that is said."""
_FEWEST_MORE = 2
"""The second look needs a spread of its own."""


@dataclass(frozen=True)
class PairedDifference:
    """What n ≥ 1 paired differences say; the unit is theirs.

    Attributes:
        sd: sample standard deviation, None for one pair.
        low, high: the interval of the mean; those of both looks together hold it in 95 % of studies.
        p: the probability of so large a z value at either of two looks, by chance alone; all None where there is no
            spread to judge by (one pair, or equal differences).
        more: pairs that are missing until a second look would exclude 0; None = decided, or not to be known, or more
            than `MOST_MORE` (then `hopeless`), or both looks are taken.
        first: how many of the pairs the first look had, = n where there was no second.
    """

    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    p: float | None
    more: int | None
    hopeless: bool = False
    first: int = 0

    @property
    def looks(self) -> int:
        """1, or 2 where pairs were added because of the first look."""
        return 1 + (self.first < self.n)

    @property
    def sign(self) -> int:
        """1 or -1 if the interval excludes 0, else 0: undecided."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def paired(first: Sequence[float], second: Sequence[float] = ()) -> PairedDifference:
    """Judge the differences of the first look, and of those that were added because of it.

    One pair, or no spread at all, decides nothing: two seeds that happen to differ by the same number of images would
    otherwise look certain. A first look at fewer than two pairs was none: all are the first look's then.
    """
    if len(first) < 2:
        first, second = [*first, *second], ()
    both = two_looks.look([*first, *second])
    n, mean = both.n, both.mean
    if n == 1:
        return PairedDifference(1, mean, None, None, None, None, _FEWEST_MORE, first=1)
    one, two = two_looks.look(first), two_looks.look(second) if second else None
    if not (one.sd or (two and two.sd)):
        return PairedDifference(n, mean, both.sd, None, None, None, None if second else _FEWEST_MORE, first=len(first))
    low, high = two_looks.interval(one, two)
    z = two_looks.z_value(one, two)
    found = PairedDifference(n, mean, both.sd, low, high, two_looks.probability(z), None, first=len(first))
    if found.sign or second:
        return found
    more = pairs_needed(abs(mean) / both.sd, MOST_MORE, two_looks.certainty_needed(z))
    return replace(found, more=more, hopeless=more is None)


def pairs_needed(effect: float, most: int, certainty: float = 0.5 + CONFIDENCE / 2) -> int | None:
    """Return the least number of pairs whose test finds a true mean of `effect` standard deviations in 4 of 5 studies.

    The usual formula n = ((t(certainty) + t(power)) / effect)², with Student's quantiles for that very n, so that it is
    met by searching n (the right side falls as n grows). certainty: one-sided, of the test of these pairs.

    Returns: None if it is more than `most`.
    """

    def enough(n: int) -> bool:
        return math.sqrt(n) * effect >= quantile(certainty, n - 1) + quantile(POWER, n - 1)

    low, high = _FEWEST_MORE, most
    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low
