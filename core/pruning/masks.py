"""Masks: which weights a mask may cover, exact counts, and putting masks on weights.

A set of masks is a dict: parameter name (as in `state_dict`) → bool tensor of the parameter's shape, True = kept.
An empty dict is a dense network.
"""

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.counts import kept_count as kept_count

Masks = Mapping[str, Tensor]

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_WEIGHTS: Mapping[tuple[type[nn.Module], ...], tuple[str, ...]] = MappingProxyType(
    {
        (*_CONVOLUTIONS, *_TRANSPOSED, nn.Linear): ("weight",),
        (nn.MultiheadAttention,): ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"),
    }
)
"""Layers whose weights pruning may touch, grouped and depthwise ones too, and what these weights are called.
Attention's projection of its outputs is a linear layer of its own."""


def prunable(model: nn.Module) -> list[tuple[str, Tensor]]:
    """Return the weights that pruning may touch: those of convolutions, of linear layers and of attention's
    projections, never biases, norms or embeddings.

    In `state_dict` order, under their `state_dict` names. A weight that several layers share is there once, under its
    first name. One that is computed from others, as by torch.nn.utils.parametrizations, is no weight to set to zero.
    """
    found: dict[int, tuple[str, Tensor]] = {}
    for prefix, module in model.named_modules():
        own = dict(module.named_parameters(recurse=False))
        for name in _weight_names(module):
            if (weight := own.get(name)) is not None:
                found.setdefault(id(weight), (f"{prefix}.{name}" if prefix else name, weight))
    return list(found.values())


def computed(model: nn.Module) -> list[str]:
    """Return the names of layers whose weights are computed from other tensors, so that pruning leaves them out."""
    layers = ((name, module) for name, module in model.named_modules() if isinstance(module, next(iter(_WEIGHTS))))
    return [name for name, module in layers if "weight" not in dict(module.named_parameters(recurse=False))]


def _weight_names(module: nn.Module) -> tuple[str, ...]:
    return next((names for kinds, names in _WEIGHTS.items() if isinstance(module, kinds)), ())


def check_masks(weights: Mapping[str, Tensor], masks: Masks) -> None:
    """Raise StageError unless every mask is a bool tensor of the shape of the weight that it names."""
    for name, mask in masks.items():
        if name not in weights:
            raise StageError(f"mask {name!r} has no weight to cover")
        if mask.dtype != torch.bool or mask.shape != weights[name].shape:
            raise StageError(
                f"mask {name!r} is {mask.dtype} {tuple(mask.shape)}, the weight is {tuple(weights[name].shape)}"
            )


@torch.no_grad()
def apply_masks(model: nn.Module, masks: Masks) -> None:
    """Set the masked weights to +0.0, in place; the other weights keep every bit.

    Raises:
        StageError: a mask without a weight, or of another shape.
    """
    weights = dict(prunable(model))
    check_masks(weights, masks)
    for name, mask in masks.items():
        weights[name].masked_fill_(~mask.to(weights[name].device), 0.0)


def count_kept(masks: Masks) -> tuple[int, int]:
    """Return (weights kept, weights covered) over all masks."""
    return sum(int(m.count_nonzero()) for m in masks.values()), sum(m.numel() for m in masks.values())


def count_nonzero(model: nn.Module) -> tuple[int, int]:
    """Return (weights that are not 0, weights) over the prunable ones. A kept weight may happen to be 0."""
    weights = [weight for _, weight in prunable(model)]
    return sum(int(w.count_nonzero()) for w in weights), sum(w.numel() for w in weights)
