"""How far whole channels can go: which of a network's channels go together, in numbers, and what they make up."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.shapes import Shapes, prunable_shapes


@dataclass(frozen=True)
class ChannelKind:
    """Channels of one group that take as much of each weight with them.

    Attributes:
        count: of such channels.
        slices: weight name → slices along its first and along its second axis that go with each of the channels.
        normed: batch-norms scale them.
    """

    count: int
    slices: Mapping[str, tuple[int, int]]
    normed: bool = True


ChannelGroups = tuple[tuple[ChannelKind, ...], ...]
"""Channels that the same layers make, by kinds, as `prunesweep.core.pruning.channel_kinds` finds them in a network."""


def channel_groups(ref: ModelRef) -> ChannelGroups | None:
    """Return the groups of one of our networks, without building it; None for others."""
    shapes = prunable_shapes(ref)
    if shapes is None:
        return None
    if ref.name == "vgg16-bn":
        found = [{maker: (1, 0), reader: (0, 1)} for maker, reader in pairwise(shapes)]
    else:
        found = list(_of_blocks(shapes, padded=ref.name.endswith("-a")))
    return tuple((ChannelKind(shapes[next(iter(slices))][0], slices),) for slices in found)


def _of_blocks(shapes: Shapes, *, padded: bool) -> Iterator[dict[str, tuple[int, int]]]:
    """Yield what goes with a channel of each group of a network of basic blocks: those within a block, and those of the
    sums of a stage. padded: shortcuts without weights pad the sums' channels, by number, so these stay."""
    sums = {"conv1.weight": (1, 0)}
    for name in shapes:
        block = name.removesuffix(".conv1.weight")
        if block == name:
            continue
        first, second, shortcut = name, f"{block}.conv2.weight", f"{block}.downsample.0.weight"
        yield {first: (1, 0), second: (0, 1)}
        sums[first] = (0, 1)
        if shortcut in shapes:
            yield sums | {shortcut: (0, 1)}
            sums = {shortcut: (1, 0)}
        sums[second] = (1, 0)
    if not padded:
        yield sums | {"fc.weight": (0, 1)}


def most_removable(shapes: Shapes, groups: ChannelGroups, kept: Collection[str], *, normed: bool) -> int:
    """Return how many weights go when every group keeps one channel: no choice of channels takes more. Exact where a
    group's channels are all of one kind.

    Args:
        kept: weights that stay whole, with every channel that is part of one.
        normed: only channels with batch-norms go.
    """
    gone: dict[tuple[str, int], int] = defaultdict(int)
    for group in groups:
        free = [kind for kind in group if kind.slices.keys().isdisjoint(kept) and (kind.normed or not normed)]
        for name in dict.fromkeys(name for kind in free for name in kind.slices):
            for axis in (0, 1):
                each = [kind.slices.get(name, (0, 0))[axis] for kind in free]
                gone[name, axis] += sum(kind.count * one for kind, one in zip(free, each, strict=True)) - min(each)
    return sum(
        prod(shape) - (shape[0] - gone[name, 0]) * (shape[1] - gone[name, 1]) * prod(shape[2:])
        for name, shape in shapes.items()
    )
