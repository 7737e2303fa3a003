"""A network's channels in numbers, for the plan: which sparsities they can make up (`core/plan/channel_reach.py`)."""

from collections import Counter, defaultdict

from torch import nn

from prunesweep.core.plan.channel_reach import ChannelGroups, ChannelKind
from prunesweep.core.pruning.channel_groups import Channel, Coupling
from prunesweep.core.pruning.norms import gammas


def kinds(model: nn.Module, coupling: Coupling) -> ChannelGroups:
    """Return how many channels there are of each kind, group by group. coupling: of this network."""
    scales = frozenset(gammas(model))
    found = []
    for group in coupling.groups:
        counts = Counter(_kind(channel, coupling.weights, scales) for channel in group.channels)
        found.append(tuple(ChannelKind(count, dict(slices), normed) for (slices, normed), count in counts.items()))
    return tuple(found)


def _kind(
    channel: Channel, weights: frozenset[str], scales: frozenset[str]
) -> tuple[tuple[tuple[str, tuple[int, int]], ...], bool]:
    slices: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place in channel:
        if place.name in weights:
            slices[place.name][place.axis] += 1
    each = tuple(sorted((name, (first, second)) for name, (first, second) in slices.items()))
    return each, any(place.name in scales for place in channel)
