"""How many weights a sparsity keeps, exactly; for the plan and for whoever prunes."""

from fractions import Fraction


def kept_count(total: int, sparsity: float | Fraction) -> int:
    """Return how many of `total` weights stay at `sparsity` in [0, 1]: total − round(sparsity · total).

    Exact: a float is the decimal number that was asked for, not its nearest binary fraction; halves go to even.
    """
    exact = sparsity if isinstance(sparsity, Fraction) else Fraction(repr(sparsity))
    return total - round(exact * total)
