"""How many weights are left, layer by layer."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class LayerSize:
    """A prunable weight: its `state_dict` name, its non-zero and all of its elements."""

    name: str
    nonzero: int
    total: int


def layer_sizes(weights: Mapping[str, torch.Tensor]) -> list[LayerSize]:
    """Counts the prunable weights of a `state_dict`, in its order: those of conv and linear layers, which have two
    dimensions or more (biases and batch-norm have one)."""
    return [
        LayerSize(name, int(weight.count_nonzero()), weight.numel())
        for name, weight in weights.items()
        if weight.dim() >= 2
    ]
