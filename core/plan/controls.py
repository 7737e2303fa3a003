"""Controls for any algorithm: another score with that algorithm's own layer counts, round by round.

`random@snip` keeps as many weights in each layer as `snip` does, any of them: its mask shuffled within each layer.
`magnitude@snip` keeps the largest of each layer: what of `snip` is its score, and what its allocation.
"""

from collections.abc import Iterable
from dataclasses import replace

from prunesweep.core.errors import UserError
from prunesweep.core.plan.algorithms import OF_CHANNELS, SCORES, Algorithm
from prunesweep.core.plan.allocations import COUNTS_OF, parse_allocation
from prunesweep.core.plan.patterns import read_pattern

MARK = "@"
RANDOM_SCORES = ("random", "shuffled")
"""Scores that know nothing of a weight's worth."""
WEIGHT_SCORES = tuple(score for score in SCORES if score not in OF_CHANNELS)
"""Scores that can choose among a layer's weights, so that they may be given any layer counts."""
_LONGEST = 64


def method_of(algorithm: Algorithm) -> str:
    """Return the name of the algorithm whose layer counts this one takes; "" for most."""
    return parse_allocation(algorithm.allocation).of


def is_control(algorithm: Algorithm) -> bool:
    """Return whether it is there for others to be compared with: by chance, or with another's counts."""
    return algorithm.score in RANDOM_SCORES or bool(method_of(algorithm))


def find(name: str, known: Iterable[Algorithm]) -> Algorithm | None:
    """Return the algorithm of that name, a pattern such as `4:8` and a control such as `random@snip` too; None if there
    is none."""
    by_name = {one.name: one for one in known}
    if name in by_name:
        return by_name[name]
    if read_pattern(name):
        return Algorithm(name, allocation=name)
    score, mark, method = name.partition(MARK)
    base = find(method, by_name.values()) if mark and MARK not in method else None
    if score not in WEIGHT_SCORES or base is None or method_of(base) or len(name) > _LONGEST:
        return None
    return replace(base, name=name, score=score, allocation=f"{COUNTS_OF}:{method}")


def controls_of(algorithm: Algorithm) -> tuple[str, ...]:
    """Return the names of an algorithm's controls with its layer counts; magnitude's own is itself."""
    if is_control(algorithm):
        return ()
    scores = ("random",) if algorithm.score == "magnitude" else ("random", "magnitude")
    names = (f"{score}{MARK}{algorithm.name}" for score in scores)
    return tuple(name for name in names if len(name) <= _LONGEST)


def check_counts(algorithm: Algorithm, known: Iterable[Algorithm], field: str) -> None:
    """Raise UserError if a composition takes the counts of an algorithm that has none to give, round by round."""
    method = method_of(algorithm)
    if not method:
        return
    base = next((one for one in known if one.name == method), None)
    if base is None or method_of(base) or base.name == algorithm.name:
        raise UserError(field, algorithm.allocation, f"{method!r} is no other algorithm with counts of its own")
    if base.schedule != algorithm.schedule:
        fix = f"takes its counts round by round; give it the schedule of {method}: {base.schedule!r}"
        raise UserError(field, algorithm.allocation, fix)
