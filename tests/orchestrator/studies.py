"""Many simulated studies without a difference, each looked at as `sweep compare` and `--queue` do it.

The program judges one comparison at a time, in the standard library. Here all are judged at once, with scipy; a sample
is judged by the program as well, and must agree.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from prunesweep.orchestrator.statistics import two_looks
from prunesweep.orchestrator.statistics.paired_difference import MOST_MORE, holm, paired

Numbers = NDArray[np.float64]
_CHECKED = 25
_NEVER = 10**9


def false_positives(first: int, families: int, comparisons: int, seed: int) -> tuple[float, float]:
    """Return the fraction of comparisons that are decided at either look, each taken alone, and the fraction of
    families in which one is, with Holm's adjustment."""
    random = np.random.default_rng(seed)
    shape = (families, comparisons)
    one = random.standard_normal((*shape, first))
    z1 = _z(one)
    more = _more(one, first)
    decided = abs(z1) > two_looks.bound()
    # Seeds are added to the whole grid, as many as the comparison that needs most asks for.
    added = np.where(decided | (more == _NEVER), 0, more).max(axis=1)
    z2 = _second(random, shape, added)
    z = (z1 + z2) / np.sqrt(2)
    again = (added > 0)[:, None]
    _check(one, z1, more)
    found = decided | (again & (abs(z) > two_looks.bound()))
    in_family = _holm(z1) | (again[:, 0] & _holm(z))
    # One of each family, so that the studies are independent.
    return float(found[:, 0].mean()), float(in_family.mean())


def _z(pairs: Numbers) -> Numbers:
    n = pairs.shape[-1]
    t = pairs.mean(axis=-1) * np.sqrt(n) / pairs.std(axis=-1, ddof=1)
    return _normal(t, n - 1)


def _normal(t: Numbers, degrees: int | NDArray[np.int64]) -> Numbers:
    """Return the z values that are as rare as t. By `scipy.special`: `scipy.stats` takes two seconds to load, which
    every test process would spend."""
    return np.asarray(-special.ndtri(special.stdtr(degrees, -abs(t))) * np.sign(t))


def _second(random: np.random.Generator, shape: tuple[int, int], added: NDArray[np.int64]) -> Numbers:
    """z values of `added` new pairs, family by family: mean and variance are drawn as what they are of normal pairs."""
    n = np.maximum(added, 2)[:, None]
    deviation = np.sqrt(random.chisquare(np.broadcast_to(n - 1, shape)) / (n - 1))
    t = random.standard_normal(shape) / deviation
    return _normal(t, n - 1)


def _more(one: Numbers, first: int) -> NDArray[np.int64]:
    """How many pairs the program asks for. That follows from |t| alone, so that its answers for a row of values serve
    all; between two of them the larger."""
    grid = np.concatenate([[0.0], np.geomspace(1e-2, 400.0, 400)])
    spread = np.linspace(-1.0, 1.0, first)
    spread /= spread.std(ddof=1)
    asked = [paired(list(spread + t / np.sqrt(first))) for t in grid]
    answers = np.array([found.more or (_NEVER if found.hopeless else 0) for found in asked])
    t = abs(one.mean(axis=-1)) * np.sqrt(first) / one.std(axis=-1, ddof=1)
    return np.asarray(answers[np.clip(np.searchsorted(grid, t) - 1, 0, len(grid) - 1)])


def _holm(z: Numbers) -> NDArray[np.bool_]:
    """Whether any of a family is decided with Holm's adjustment: whether its largest z value is, times their number."""
    largest = abs(z).max(axis=1)
    low, high = 2.0, 5.0
    for _ in range(50):
        middle = (low + high) / 2
        high, low = (middle, low) if two_looks.probability(middle) * z.shape[1] < two_looks.ALPHA else (high, middle)
    return np.asarray(largest > high)


def _check(one: Numbers, z1: Numbers, more: NDArray[np.int64]) -> None:
    """That the program says the same of the first families."""
    for family in range(_CHECKED):
        judged = [paired(list(pairs)) for pairs in one[family]]
        assert [found.sign for found in judged] == [int(np.sign(z)) * (abs(z) > two_looks.bound()) for z in z1[family]]
        for found, asked in zip(judged, more[family], strict=True):
            pairs = found.more or MOST_MORE
            assert found.sign or 0 <= min(asked, MOST_MORE) - pairs <= 2 + 0.1 * pairs
        adjusted = holm([found.p for found in judged])
        assert any(p is not None and p < two_looks.ALPHA for p in adjusted) == _holm(z1[family : family + 1])[0]
