"""Student's distribution for whole degrees of freedom, in the standard library.

The laptop that reads has neither numpy nor scipy. For whole degrees of freedom the distribution is a finite sum of
powers of a cosine (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4): every term is positive, nothing cancels. No table, no
series expansion, no incomplete beta function.
"""

import math
from functools import lru_cache


def tail(t: float, df: int) -> float:
    """P(|T| ≥ t) for t ≥ 0 and df ≥ 1 degrees of freedom, exact to about 1e-15."""
    return max(0.0, 1.0 - _within(math.atan(t / math.sqrt(df)), df))


@lru_cache(maxsize=512)
def quantile(probability: float, df: int) -> float:
    """Return the t with P(T ≤ t) = probability in [0.5, 1), for df ≥ 1 degrees of freedom.

    Newton's method over the angle, from 0: the function is concave there, so that no step goes too far.
    """
    wanted = 2 * probability - 1
    slope = 2 * math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)
    angle = 0.0
    for _ in range(100):
        step = (wanted - _within(angle, df)) / (slope * math.cos(angle) ** (df - 1))
        angle += step
        if step <= 1e-15 * angle:
            break
    return math.sqrt(df) * math.tan(angle)


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
