"""Algorithms by name: each a composition of score × allocation × schedule × recovery.

Scores, allocations (see `prunesweep.core.plan.allocations`) and recoveries are names here; `prunesweep.core.pruning`
and the trainer give them their meaning. Schedules are arithmetic, and live here because the plan must know the
sparsity of every round.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prunesweep.core.plan.lineage import EACH, ONCE
from prunesweep.core.plan.patterns import read_pattern

SCORES = ("magnitude", "random", "shuffled", "snip", "taylor", "synflow", "wanda", "sparsegpt", "obc", "bn-gamma")
CORRECTING = ("sparsegpt", "obc")
"""Scores whose pruning changes the weights that stay, too."""
BY_INPUTS = ("wanda", "sparsegpt", "obc")
"""Scores that look at what reaches the layers."""
WEIGHT_BY_WEIGHT = ("obc",)
"""Scores whose pruning takes out one weight after the other, which may take hours."""
OF_CHANNELS = ("bn-gamma",)
"""Scores that rank whole channels, not weights."""
STARTS = ("trained", "initial")

RECOVERIES: Mapping[str, str] = MappingProxyType(
    {
        "finetune": "the fine-tuning recipe, its learning rate falling to 0 in every round, or once over all of them",
        "lr-rewind": "the dense recipe, from where its schedule had as many epochs to go (Renda et al. 2020)",
        "weight-rewind": "the same, from the weights that the dense network had there (Renda et al. 2020)",
        "ticket": "weights of epoch `rewind` of the dense training, and the rest of it (Frankle et al. 2020)",
        "fresh-ticket": "as `ticket`, but in the end new initial weights and all of it (Frankle & Carbin 2019)",
        "retrain": "the dense recipe from its beginning, for the dense network's epochs and these",
        "none": "nothing",
    }
)
"""What follows each pruning. The axis `epochs` says how long, in each round, but for `none` and the tickets."""
TICKET, FRESH_TICKET = TICKETS = ("ticket", "fresh-ticket")
REWINDING = ("lr-rewind", "weight-rewind")
"""Recoveries that train as many epochs of the dense schedule's end."""


REWIND = 1
"""Frankle et al. go back to 0.1 to 7 % of the training (2019, arXiv:1903.01611); one epoch of 30 is 3 %."""


@dataclass(frozen=True)
class Algorithm:
    """How weights are chosen, how fast, and what follows each choice.

    Attributes:
        allocation: as `prunesweep.core.plan.allocations` writes it.
        rounds: True when the `iterations` axis applies; False means one round whatever that axis says.
        start: prune the `trained` dense network or the `initial` one.
        anneal: the learning rate falls to 0 in `each` round or `once` over all.
        rewind: epochs of the dense training after which a ticket's weights are taken, 0 = the initial ones.
        regrow: how masks move while the network trains (`prunesweep.core.plan.regrowth`), "" = they stay.
        sparsity: the only one beside 0 that it can reach, None = any.
    """

    name: str
    score: str = "magnitude"
    allocation: str = "global"
    schedule: str = "oneshot"
    recovery: str = "finetune"
    start: str = "trained"
    anneal: str = EACH
    rewind: int = REWIND
    regrow: str = ""

    @property
    def rounds(self) -> bool:
        return self.schedule != "oneshot"

    @property
    def sparsity(self) -> float | None:
        return pattern.sparsity if (pattern := read_pattern(self.allocation)) else None


def oneshot(sparsity: float, rounds: int) -> tuple[float, ...]:
    """Return all of it in one round."""
    del rounds
    return (sparsity,)


def geometric(sparsity: float, rounds: int) -> tuple[float, ...]:
    """Return the same fraction of what is left in every round: after round k of n, (1 − S)^(k/n) is kept.

    Frankle & Carbin 2019 (arXiv:1803.03635), section 2: each round prunes p^(1/n) of the survivors.
    The last round is pinned to S itself, so that its count is exact.
    """
    kept = 1.0 - sparsity
    return _pinned(sparsity, rounds, lambda part: 1.0 - kept**part)


def linear(sparsity: float, rounds: int) -> tuple[float, ...]:
    """Return the same number of weights in every round: after round k of n, S·k/n is gone."""
    return _pinned(sparsity, rounds, lambda part: sparsity * part)


def cubic(sparsity: float, rounds: int) -> tuple[float, ...]:
    """Prune fast at first, then ever slower: after round k of n, S·(1 − (1 − k/n)³) is gone (Zhu & Gupta 2017,
    arXiv:1710.01878, eq. 1, from a dense start)."""
    return _pinned(sparsity, rounds, lambda part: sparsity * (1.0 - (1.0 - part) ** 3))


def _pinned(sparsity: float, rounds: int, reached: Callable[[float], float]) -> tuple[float, ...]:
    """Return cumulative sparsities at k/n of the way, to twelve decimals; the last one is the sparsity itself."""
    return (*(round(reached(k / rounds), 12) for k in range(1, rounds)), sparsity)


SCHEDULES: Mapping[str, Callable[[float, int], tuple[float, ...]]] = MappingProxyType(
    {"oneshot": oneshot, "geometric": geometric, "linear": linear, "cubic": cubic}
)

ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        algorithm.name: algorithm
        for algorithm in (
            Algorithm("oneshot"),
            Algorithm("iterative", schedule="geometric"),
            Algorithm("iterative-one-schedule", schedule="geometric", anneal=ONCE),
            Algorithm("gradual", schedule="cubic", anneal=ONCE),
            Algorithm("lr-rewind", schedule="geometric", recovery="lr-rewind"),
            Algorithm("weight-rewind", schedule="geometric", recovery="weight-rewind"),
            Algorithm("lottery", schedule="geometric", recovery="ticket"),
            Algorithm("lottery-reinit", schedule="geometric", recovery="fresh-ticket"),
            Algorithm("uniform", allocation="uniform"),
            Algorithm("uniform-all", allocation="uniform-all"),
            Algorithm("erk", allocation="erk"),
            Algorithm("lamp", allocation="lamp"),
            Algorithm("flops", allocation="flops:0.5"),
            Algorithm("latency", allocation="latency:0.8"),
            Algorithm("2:4", allocation="2:4"),
            Algorithm("wanda", score="wanda", allocation="rows"),
            Algorithm("sparsegpt", score="sparsegpt", allocation="uniform-all"),
            Algorithm("obc", score="obc", allocation="uniform-all"),
            Algorithm("channels", allocation="channels"),
            Algorithm("channels-uniform", allocation="channels-uniform"),
            Algorithm("network-slimming", score="bn-gamma", allocation="channels"),
            Algorithm("random", score="random"),
            Algorithm("layer-random", score="shuffled"),
            Algorithm("snip", score="snip", recovery="retrain", start="initial"),
            Algorithm("synflow", score="synflow", recovery="retrain", start="initial"),
            Algorithm("static-erk", score="random", allocation="erk", recovery="retrain", start="initial"),
            Algorithm("set", "random", "erk", recovery="retrain", start="initial", regrow="set:0.3@100"),
            Algorithm("rigl", "random", "erk", recovery="retrain", start="initial", regrow="rigl:0.3@100"),
        )
    }
)


def with_built_in(own: Iterable[Algorithm]) -> tuple[Algorithm, ...]:
    """Return all algorithms that a grid with these of its own can name, the built-in ones first. Its own one of a
    built-in one's name, from before that was built in, takes its place."""
    mine = tuple(own)
    names = {algorithm.name for algorithm in mine}
    return (*(algorithm for name, algorithm in ALGORITHMS.items() if name not in names), *mine)


NOTHING = Algorithm("nothing")
"""How nothing is chosen: the score and allocation of every round at sparsity 0."""


def sparsities(algorithm: Algorithm, sparsity: float, iterations: int) -> tuple[float, ...]:
    """Return the cumulative sparsity after each round, in [0, 1), ending in exactly `sparsity`; all are 0 for 0."""
    return SCHEDULES[algorithm.schedule](sparsity, iterations)
