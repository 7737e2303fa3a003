"""What an allocation may know besides scores, masks and sparsity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from prunesweep.core.plan.costs import WeightCosts
from prunesweep.core.pruning.channel_groups import Coupling

Positions = Callable[[], Mapping[str, int]]


def no_positions() -> Mapping[str, int]:
    """Return nothing: for allocations that ask nothing of the network."""
    return {}


def no_channels() -> Coupling:
    """Return nothing: for allocations that ask nothing of the network."""
    return Coupling((), frozenset())


@dataclass(frozen=True)
class AllocationContext:
    """What an allocation may ask about the network.

    Attributes:
        positions: weight name → output positions of its layer for one image, worked out when asked; a layer that is not
            named counts as one position.
        amount: the number behind the allocation's name (α, a fraction).
        costs: nanoseconds a weight.
        part: which part of the way to the sparsity this call goes, for scores that are taken again many times, in (0,
            1].
        tiled: names of the weights whose layers may be done dense (`positions.by_tiles`).
        coupling: the channels that can go, worked out when asked.
        relative: the scores are sizes of weights, which say little beside those of another layer.
        marks: parameter name → a number for each of its channels, by which channels are ranked instead of by scores of
            their weights; a channel is worth their mean, and stays where it has none. None = by the scores.
    """

    positions: Positions = no_positions
    amount: float = 0.0
    costs: WeightCosts | None = None
    part: float = 1.0
    tiled: frozenset[str] = frozenset()
    coupling: Callable[[], Coupling] = no_channels
    relative: bool = False
    marks: Mapping[str, Tensor] | None = None


PLAIN = AllocationContext()
