"""Multiply-adds of a network, with and without its zeros: the theoretical speed-up, from shapes alone."""

from dataclasses import dataclass

from torch import Tensor, nn

from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.positions import positions


@dataclass(frozen=True)
class LayerMacs:
    """A conv or linear weight: `state_dict` name, non-zero and all elements, and multiply-adds for one image."""

    name: str
    nonzero: int
    total: int
    macs: int
    macs_dense: int


@dataclass(frozen=True)
class Macs:
    """Multiply-adds for one image over all conv and linear layers; `macs` skips the zeros, `macs_dense` doesn't."""

    macs: int
    macs_dense: int
    layers: tuple[LayerMacs, ...]


def macs(model: nn.Module, image_shape: tuple[int, int, int]) -> Macs:
    """Counts by sending the shape of one image, `image_shape` (channels, height, width), through `model`.

    Multiply-adds = elements × output positions (`prunesweep.core.pruning.positions`). Biases, batch-norm and pooling
    are left out. A weight that the image never meets has none.
    """
    found = positions(model, image_shape)
    layers = tuple(_layer(name, weight, found.get(name, 0)) for name, weight in prunable(model))
    return Macs(sum(layer.macs for layer in layers), sum(layer.macs_dense for layer in layers), layers)


def _layer(name: str, weight: Tensor, places: int) -> LayerMacs:
    nonzero, total = int(weight.count_nonzero()), weight.numel()
    return LayerMacs(name, nonzero, total, nonzero * places, total * places)
