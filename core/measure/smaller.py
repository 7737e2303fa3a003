"""The smaller network that pruned channels leave, checked against the whole one: for exports and races."""

from dataclasses import dataclass, field

import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.errors import StageError
from prunesweep.core.measure.torch_reference import TOLERANCE, difference
from prunesweep.core.passes import Passes
from prunesweep.core.pruning.compaction import compacted
from prunesweep.core.pruning.masks import Masks

_IMAGES = 2
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


@dataclass(frozen=True)
class SmallerNetwork:
    """A network without its pruned channels, or the whole one where none can be taken out.

    Attributes:
        lost: how many output channels each layer lost; empty = it is the whole network.
    """

    model: nn.Module
    lost: dict[str, int] = field(default_factory=dict)


def smaller(model: nn.Module, masks: Masks, image: tuple[int, int, int]) -> SmallerNetwork:
    """Return what is left of a network; the whole one unless whole channels were pruned and the outputs for random
    images stay the same (`TOLERANCE`, in float64).

    Args:
        masks: of the network's weights.
        image: (channels, height, width) of its input.
    """
    try:
        small = compacted(model, masks, image)
    except StageError:  # its channels cannot be followed
        small = None
    if small is None or not _difference(small, model, image) <= TOLERANCE:
        return SmallerNetwork(model)
    return SmallerNetwork(small.train(model.training), _lost(model, small))


@torch.no_grad()
def _difference(small: nn.Module, model: nn.Module, image: tuple[int, int, int]) -> float:
    images = torch.randn(_IMAGES, *image, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = []
    for one in (small, model):
        passes = Passes(copied(one).double(), min(image[1:]), "cpu").eval()
        found.append(passes(images))
    return difference(*found)


def _lost(model: nn.Module, small: nn.Module) -> dict[str, int]:
    found = {}
    for name, module in model.named_modules():
        weight, left = (getattr(one, "weight", None) for one in (module, small.get_submodule(name)))
        if not isinstance(weight, torch.Tensor) or not isinstance(left, torch.Tensor) or weight.dim() < 2:
            continue
        axis = 1 if isinstance(module, _TRANSPOSED) else 0
        if lost := weight.shape[axis] - left.shape[axis]:
            found[name] = lost
    return found
