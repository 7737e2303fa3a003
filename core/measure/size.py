"""How many weights are left, layer by layer, and how small a file could be."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import zstandard
from torch import nn

_ZSTD_LEVEL = 10


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


def parameter_counts(model: nn.Module) -> tuple[int, int]:
    """Return (parameters that are not 0, parameters): weights, biases and batch-norm's scales and shifts, no buffers.

    Source: what ShrinkBench counts as a model's size (Blalock et al. 2020, arXiv:2003.03033).
    """
    found = list(model.parameters())
    return sum(int(one.count_nonzero()) for one in found), sum(one.numel() for one in found)


def zstd_bytes(data: bytes) -> int:
    """Return how many bytes zstd (level 10) makes of `data`: what further entropy coding would give."""
    return len(zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data))
