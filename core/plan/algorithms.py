"""Algorithms by name: each a composition of score × allocation × schedule × recovery.

Scores, allocations and recoveries are names here; `core.pruning` gives them their meaning. Schedules
are arithmetic, and live here because the plan must know the sparsity of every round.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Algorithm:
    """How weights are chosen, how fast, and what follows each choice.

    rounds: True when the `iterations` axis applies; False means one round whatever that axis says.
    """

    name: str
    score: str
    allocation: str
    schedule: str
    recovery: str
    rounds: bool


def oneshot(sparsity: float, rounds: int) -> tuple[float, ...]:
    """All of it in one round."""
    del rounds
    return (sparsity,)


def geometric(sparsity: float, rounds: int) -> tuple[float, ...]:
    """The same fraction of what is left in every round: after round k of n, (1 − S)^(k/n) is kept.

    Frankle & Carbin 2019 (arXiv:1803.03635), section 2: each round prunes p^(1/n) of the survivors.
    The last round is pinned to S itself, so that its count is exact.
    """
    kept = 1.0 - sparsity
    steps = [round(1.0 - kept ** (k / rounds), 12) for k in range(1, rounds)]
    return (*steps, sparsity)


SCHEDULES: Mapping[str, Callable[[float, int], tuple[float, ...]]] = MappingProxyType(
    {"oneshot": oneshot, "geometric": geometric}
)

ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        algorithm.name: algorithm
        for algorithm in (
            Algorithm("oneshot", "magnitude", "global", "oneshot", "finetune", rounds=False),
            Algorithm("iterative", "magnitude", "global", "geometric", "finetune", rounds=True),
        )
    }
)


def sparsities(algorithm: Algorithm, sparsity: float, iterations: int) -> tuple[float, ...]:
    """Cumulative sparsity after each round, in (0, 1), ending in exactly `sparsity`."""
    return SCHEDULES[algorithm.schedule](sparsity, iterations)
