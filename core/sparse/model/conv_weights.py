"""Weights of plain convolutions that do what other layers do: zeros stand where those have none."""

import numpy as np

from prunesweep.core.sparse.model.graph import Conv


def diagonal(weights: np.ndarray, outputs: int, first: int) -> np.ndarray:
    """Return weight [outputs, C, 1, 1] that brings channel c, times weights[c], to output first + c."""
    made = np.zeros((outputs, len(weights), 1, 1), np.float32)
    each = np.arange(len(weights))
    made[first + each, each, 0, 0] = weights
    return made


def ungrouped(node: Conv) -> np.ndarray:
    """Return weight [O, C, kh, kw] with zeros for the channels of other groups."""
    if node.groups == 1:
        return node.weight
    outputs, each, height, width = node.weight.shape
    made = np.zeros((outputs, each * node.groups, height, width), np.float32)
    step = outputs // node.groups
    for group in range(node.groups):
        rows, columns = slice(group * step, (group + 1) * step), slice(group * each, (group + 1) * each)
        made[rows, columns] = node.weight[rows]
    return made


def dilated(weight: np.ndarray, dilation: tuple[int, int]) -> np.ndarray:
    """Return the weight with zeros between its taps."""
    if dilation == (1, 1):
        return weight
    sizes = [step * (size - 1) + 1 for step, size in zip(dilation, weight.shape[2:], strict=True)]
    made = np.zeros((*weight.shape[:2], *sizes), np.float32)
    made[:, :, :: dilation[0], :: dilation[1]] = weight
    return made
