"""Multiply-adds of a network, with and without its zeros: the theoretical speed-up, from shapes alone."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn


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
    """Counts by running one blank image of `image_shape` (channels, height, width) through `model`.

    Each element of a conv weight meets the input once at every output position, padding included; each element
    of a linear weight once. So multiply-adds = elements × output positions. Biases, batch-norm and
    pooling are left out.
    """
    positions: dict[str, int] = {}
    hooks = [
        module.register_forward_hook(_recorder(name, positions))
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    ]
    training = model.training
    device = next(model.parameters()).device
    try:
        with torch.inference_mode():
            model.eval()(torch.zeros(1, *image_shape, device=device))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    layers = tuple(_layer(model, name, positions[name]) for name, _ in model.named_modules() if name in positions)
    return Macs(sum(layer.macs for layer in layers), sum(layer.macs_dense for layer in layers), layers)


def _recorder(name: str, positions: dict[str, int]) -> Callable[[nn.Module, object, torch.Tensor], None]:
    def record(module: nn.Module, inputs: object, output: torch.Tensor) -> None:
        del inputs
        channels = module.out_channels if isinstance(module, nn.Conv2d) else output.shape[-1]
        # Added up: a module may be used more than once.
        positions[name] = positions.get(name, 0) + output.numel() // channels

    return record


def _layer(model: nn.Module, name: str, positions: int) -> LayerMacs:
    weight = model.get_parameter(f"{name}.weight")
    nonzero, total = int(weight.count_nonzero()), weight.numel()
    return LayerMacs(f"{name}.weight", nonzero, total, nonzero * positions, total * positions)
