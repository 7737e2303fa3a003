"""Which channels of a network can be taken out, each with everything that belongs to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from prunesweep.core.errors import WrongPlan
from prunesweep.core.passes import trace
from prunesweep.core.pruning.channel_trace import ChannelTracer
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.resizing import without
from prunesweep.core.pruning.ties import Axis, Place

Channel = tuple[Place, ...]
"""All slices of parameters and buffers that go with a channel: filters that make it, its batch-norm, weights that read
it; through sums, joins and depthwise convolutions those of other layers as well."""
_FIX = "choose an allocation without channels, e.g. global"


@dataclass(frozen=True)
class ChannelGroup:
    """Channels that the same layers make.

    Attributes:
        makers: these weights and their output axes.
        channels: in the order of the first maker's outputs.
    """

    makers: tuple[Axis, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Coupling:
    """The channels of a network that can go. Without one of them the network computes what it does when all weights
    (not biases, not norms) of the channel are zero.

    Attributes:
        groups: in the order of their first makers.
        weights: names of the prunable weights.
    """

    groups: tuple[ChannelGroup, ...]
    weights: frozenset[str]

    def within(self, names: Iterable[str]) -> tuple[ChannelGroup, ...]:
        """Return the channels whose weights all have these names."""
        forbidden = self.weights - set(names)
        found = []
        for group in self.groups:
            free = tuple(one for one in group.channels if not any(place.name in forbidden for place in one))
            if free:
                found.append(ChannelGroup(group.makers, free))
        return tuple(found)


def couple(model: nn.Module, image: tuple[int, int, int]) -> Coupling:
    """Return the channels that can go, found by sending one image (channels, height, width) through the network.

    Coupled are the channels of a residual sum, a product of maps, a depthwise convolution and its input; in a grouped
    convolution the same channel of every group. What cannot go: the images' and the outputs' channels, those that a
    layer norm or attention mixes, those whose number is written in the forward pass.

    Source: groups as of Fang et al. 2023, arXiv:2301.12900 (DepGraph), section 3.2, found in another way.

    Raises:
        WrongPlan: the forward pass decides by the images' values.
        RuntimeError: the image does not fit the network.
    """
    traced = _traced(model, image)
    if traced.by_values:
        raise WrongPlan("its forward decides by the images' values, so its channels cannot be followed", _FIX)
    weights = frozenset(name for name, _ in prunable(model))
    groups = _groups(traced, weights)
    if groups and not _runs(model, image, groups):
        groups = tuple(group for group in groups if _runs(model, image, (group,)))
    return Coupling(groups, weights)


def _traced(model: nn.Module, image: tuple[int, int, int]) -> ChannelTracer:
    weights = frozenset(name for name, _ in prunable(model))
    tracers: list[ChannelTracer] = []

    def watch(tensors: Mapping[str, Tensor]) -> ChannelTracer:
        tracers.append(ChannelTracer(tensors, weights))
        return tracers[-1]

    def keep(module: nn.Module, images: Any, output: Any) -> None:
        del module, images
        for one in tree_leaves(output):
            tracers[-1].tags.fix(one)

    hook = model.register_forward_hook(keep)
    try:
        trace(model, image, watch)
    finally:
        hook.remove()
    return tracers[-1]


def _groups(traced: ChannelTracer, weights: frozenset[str]) -> tuple[ChannelGroup, ...]:
    """Return the channels that a weight makes and that only weights read: what reads them otherwise would see the
    constant that a batch-norm makes of a channel without weights."""
    found: dict[tuple[Axis, ...], list[Channel]] = defaultdict(list)
    for places in traced.tags.ties.free():
        axes = dict.fromkeys((place.name, place.axis) for place in places)
        makers = tuple(axis for axis in axes if axis in traced.tags.made)
        if makers and all(name in weights for name, axis in axes if (name, axis) in traced.tags.read):
            found[makers].append(places)
    return tuple(ChannelGroup(makers, tuple(channels)) for makers, channels in found.items())


def _runs(model: nn.Module, image: tuple[int, int, int], groups: Iterable[ChannelGroup]) -> bool:
    """Return whether the network runs without the first channel of each group: numbers of channels may be written in
    its forward pass."""
    gone = [group.channels[0] for group in groups if len(group.channels) > 1]
    try:
        trace(without(model, gone), image)
    except RuntimeError:
        return False
    return True
