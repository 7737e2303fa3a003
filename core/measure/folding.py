"""A layer's numbers as arrays, with the batch-norm that follows it folded in."""

import numpy as np
import torch
from torch import nn


def numbers(where: str, weight: torch.Tensor, bias: torch.Tensor | None) -> tuple[np.ndarray, np.ndarray]:
    """Return weight [O, …] and bias [O] (zeros where there is none) as float32 arrays of their own."""
    made = _array(weight), np.zeros(len(weight)) if bias is None else _array(bias)
    return _float32(where, made[0]), _float32(where, made[1])


def folded(where: str, weight: np.ndarray, bias: np.ndarray, norm: nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """Return weight [O, …] and bias [O] of the one layer that does what this one and `norm` (with its running
    statistics) do; computed in float64, rounded once. A zero stays a zero.

    Raises:
        ValueError: no running statistics, or what comes out isn't finite.
    """
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError(f"{where}: a batch-norm without running statistics is not supported")
    scale = 1 / np.sqrt(_array(norm.running_var) + norm.eps)
    if norm.affine:
        scale = scale * _array(norm.weight)
    shift = _array(norm.bias) if norm.affine else 0.0
    wide = weight.astype(np.float64) * scale.reshape(-1, *[1] * (weight.ndim - 1))
    return _float32(where, wide), _float32(where, (bias - _array(norm.running_mean)) * scale + shift)


def pair(value: object) -> tuple[int, int]:
    """Return (vertical, horizontal) of what torch takes as one number or two."""
    return (value, value) if isinstance(value, int) else tuple(value)  # type: ignore[return-value, arg-type]


def _array(tensor: torch.Tensor) -> np.ndarray:
    array: np.ndarray = tensor.detach().cpu().double().numpy()
    return array


def _float32(where: str, array: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", under="ignore"):
        # + 0: a zero times a negative number is −0.
        made = np.ascontiguousarray(array, np.float32) + np.float32(0)
    if not np.isfinite(made).all():
        raise ValueError(f"{where}: its weights hold NaN or infinity")
    return made
