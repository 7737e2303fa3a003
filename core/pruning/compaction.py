"""The smaller dense network that is left when whole channels were pruned."""

import torch
from torch import Tensor, nn

from prunesweep.core.pruning.channel_groups import Channel, couple
from prunesweep.core.pruning.masks import Masks, count_kept, prunable
from prunesweep.core.pruning.resizing import without


def compacted(model: nn.Module, masks: Masks, image: tuple[int, int, int]) -> nn.Module | None:
    """Return a copy of the network without its pruned channels: it computes the same, up to rounding. None: nothing was
    pruned, or other weights than those of whole channels.

    Args:
        masks: of the network's prunable weights; those that they cover are zero.
        image: (channels, height, width) of its input.

    Raises:
        StageError: the network's channels cannot be followed.
    """
    kept, covered = count_kept(masks)
    if kept == covered or not all(is_of_channels(mask) for mask in masks.values()):
        return None
    coupling = couple(model, image)
    gone = [one for group in coupling.groups for one in group.channels if _is_gone(one, masks)]
    small = without(model, gone)
    # What is left must be all that the masks keep: a zero elsewhere would be one of a smaller network, too.
    return small if sum(weight.numel() for _, weight in prunable(small)) == kept else None


def is_of_channels(mask: Tensor) -> bool:
    """Return whether the zeros fill whole rows and columns, [outputs, inputs, …]."""
    table = mask.reshape(*mask.shape[:2], -1)
    outputs, inputs = table.any(2).any(1), table.any(2).any(0)
    return torch.equal(table, (outputs[:, None] & inputs)[..., None].expand_as(table))


def _is_gone(channel: Channel, masks: Masks) -> bool:
    return not any(bool(masks[one.name].select(one.axis, one.index).any()) for one in channel if one.name in masks)
