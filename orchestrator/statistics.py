"""Paired differences: their mean, Student's interval, what it decides, and how many more pairs would decide it.

Standard library only, because the laptop that reads has neither numpy nor scipy. The number of degrees of freedom is
always whole here, so Student's distribution is a finite sum of powers of a cosine (Abramowitz & Stegun 1964, 26.7.3 and
26.7.4): every term is positive, nothing cancels, and a bisection over the angle gives quantiles to 1e-12. No table, no
series expansion, no incomplete beta function.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean, stdev

from core.families import holm as holm

CONFIDENCE = 0.95
POWER = 0.8
MOST_MORE = 100
"""Pairs beyond which "more than" is all that is said."""


@dataclass(frozen=True)
class Paired:
    """What n ≥ 1 paired differences say; the unit is theirs.

    sd: sample standard deviation, None for one pair · low, high: Student's 95 % interval of the mean, p: the two-sided
    probability of so large a mean by chance alone; all None where there is no spread to judge by (one pair, or equal
    differences) · more: pairs that are missing until the interval would exclude 0, None = decided, or not to be known,
    or more than `MOST_MORE` (then `hopeless`).
    """

    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    p: float | None
    more: int | None
    hopeless: bool = False

    @property
    def sign(self) -> int:
        """1 or -1 if the interval excludes 0, else 0: undecided."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def paired(differences: Sequence[float]) -> Paired:
    """The mean of the differences with its interval. One pair, or no spread at all, decides nothing: two seeds that
    happen to differ by the same number of images would otherwise look certain."""
    n, mean = len(differences), fmean(differences)
    if n == 1:
        return Paired(1, mean, None, None, None, None, 2)
    sd = stdev(differences)
    if sd <= 1e-9 * max(map(abs, differences), default=0.0):  # equal but for rounding
        return Paired(n, mean, 0.0, None, None, None, 1)
    error = sd / math.sqrt(n)
    half = quantile(0.5 + CONFIDENCE / 2, n - 1) * error
    p = tail(abs(mean) / error, n - 1)
    if abs(mean) > half:
        return Paired(n, mean, sd, mean - half, mean + half, p, None)
    needed = pairs_needed(abs(mean) / sd, n + MOST_MORE)
    more = None if needed is None else needed - n
    return Paired(n, mean, sd, mean - half, mean + half, p, more, more is None)


def pairs_needed(effect: float, most: int) -> int | None:
    """The least number of pairs whose test finds a true mean of `effect` standard deviations in 4 of 5 studies.

    The usual formula n = ((t(1 - α/2) + t(power)) / effect)², with Student's quantiles for that very n, so that it is
    met by searching n (the right side falls as n grows). α = 0.05.

    Returns: None if it is more than `most`.
    """

    def enough(n: int) -> bool:
        wanted = quantile(0.5 + CONFIDENCE / 2, n - 1) + quantile(POWER, n - 1)
        return math.sqrt(n) * effect >= wanted

    low, high = 2, most
    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def tail(t: float, df: int) -> float:
    """P(|T| ≥ t) for t ≥ 0 and df ≥ 1 degrees of freedom, exact to about 1e-15."""
    return max(0.0, 1.0 - _within(math.atan(t / math.sqrt(df)), df))


@lru_cache(maxsize=512)
def quantile(probability: float, df: int) -> float:
    """The t with P(T ≤ t) = probability in [0.5, 1), for df ≥ 1 degrees of freedom."""
    wanted = 2 * probability - 1
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, df) < wanted else (low, middle)
    return math.sqrt(df) * math.tan((low + high) / 2)


def _within(angle: float, df: int) -> float:
    """P(|T| < t) with t = √df · tan(angle)."""
    cosine, sine = math.cos(angle), math.sin(angle)
    odd = df % 2
    term = cosine if odd else 1.0
    total = 0.0
    for k in range(odd + 2, df + 1, 2):
        total += term
        term *= cosine * cosine * (k - 1) / k
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
