"""A layer as a matrix product: the inputs that each of its weights multiplies, as columns.

Whatever the layer, outputs = W · X for each of its G groups: W [G, R, C] are its weights, R outputs of C inputs each,
and X [G, C, N] what they multiply at N places: images × output positions. For a convolution a column is one channel at
one position of the kernel (im2col), the channels of a position side by side, so that neighbours along the inputs are
neighbours here.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

_CHUNK = 2**24
"""Numbers of unfolded inputs that are in memory at a time."""


@dataclass(frozen=True)
class MatrixForm:
    """How a weight tensor becomes W [G, R, C].

    Attributes:
        groups: of a convolution, 1 for all others.
        transposed: a transposed convolution, whose weights are [inputs, outputs / groups, …].
    """

    groups: int = 1
    transposed: bool = False

    def matrix(self, weight: Tensor) -> Tensor:
        """Return W [G, R, C] of a weight [O, I / G, …], or of whatever has its shape."""
        parts = weight.reshape(self.groups, -1, *weight.shape[1:])
        # [G, O / G, I / G, …] or transposed [G, I / G, O / G, …], to outputs, kernel, inputs.
        parts = parts.movedim(1, -1) if self.transposed else parts.movedim(2, -1)
        return parts.reshape(self.groups, parts.shape[1], -1)

    def weight(self, matrix: Tensor, shape: Sequence[int]) -> Tensor:
        """Return what `matrix` was made of, in the weight's shape."""
        kernel = tuple(shape[2:])
        first = shape[0] // self.groups
        outputs, inputs = (shape[1], first) if self.transposed else (first, shape[1])
        parts = matrix.reshape(self.groups, outputs, *kernel, inputs)
        parts = parts.movedim(-1, 1) if self.transposed else parts.movedim(-1, 2)
        return parts.reshape(tuple(shape)).contiguous()


def of_convolution(args: Sequence[Any]) -> tuple[MatrixForm, Iterator[Tensor]]:
    """Return the form and the columns, in pieces Xᵀ [G, N, C], of a call of torch's operator `convolution`.

    Args:
        args: inputs [B, I, …] with what was padded around them by other modes than zeros, weight, bias, stride,
            padding, dilation, transposed, output padding, groups.
    """
    inputs, weight, _, stride, padding, dilation, transposed, extra, groups = args[:9]
    form = MatrixForm(int(groups), bool(transposed))
    kernel = tuple(weight.shape[2:])
    stride, padding, dilation, extra = (_each(values, len(kernel)) for values in (stride, padding, dilation, extra))
    before, after = padding, padding
    if transposed:
        # The convolution of the inputs, with zeros between them, by the mirrored kernel.
        before = tuple(d * (k - 1) - p for k, d, p in zip(kernel, dilation, padding, strict=True))
        after = tuple(one + more for one, more in zip(before, extra, strict=True))
    per_image = _columns_per_image(inputs, weight, stride, bool(transposed))

    def pieces() -> Iterator[Tensor]:
        for images in torch.split(inputs, max(1, _CHUNK // max(1, per_image))):
            spread = _spread(images, stride) if transposed else images
            padded = F.pad(spread, [size for pair in zip(before[::-1], after[::-1], strict=True) for size in pair])
            steps = (1,) * len(kernel) if transposed else stride
            windows = _windows(padded, kernel, steps, dilation)
            if transposed:
                windows = windows.flip(tuple(range(-len(kernel), 0)))
            yield _as_columns(windows, form.groups, len(kernel))

    return form, pieces()


def of_product(left: Tensor, right: Tensor, weight: Tensor, *, first: bool) -> Tensor | None:
    """Return the columns Xᵀ [1, N, C] of a product of two matrices, or of stacks of them, one of which is a weight
    [R, C] or some of its rows.

    Args:
        first: the weight is the left one, W · X; else it is the right one, Xᵀ · Wᵀ.

    Returns:
        None where the weight is multiplied from its other side.
    """
    columns = weight.shape[1]
    ours, inputs = (left, right) if first else (right, left)
    along = -1 if first else -2
    if ours.dim() < 2 or ours.shape[along] != columns or ours.stride(along) != weight.stride(1):
        return None
    if first and inputs.dim() > 1:
        inputs = inputs.transpose(-2, -1)
    return inputs.reshape(1, -1, columns)


def _each(values: Sequence[int], dimensions: int) -> tuple[int, ...]:
    return tuple(values) if len(values) == dimensions else tuple(values) * dimensions


def _columns_per_image(inputs: Tensor, weight: Tensor, stride: Sequence[int], transposed: bool) -> int:
    """Return about how many numbers one image's columns are."""
    steps = math.prod(stride)
    pixels = math.prod(inputs.shape[2:])
    places = pixels * steps if transposed else pixels // steps
    return int(inputs.shape[1] * places * math.prod(weight.shape[2:]))


def _spread(images: Tensor, stride: Sequence[int]) -> Tensor:
    """Return the images with stride − 1 zeros between neighbours."""
    sizes = [(size - 1) * step + 1 for size, step in zip(images.shape[2:], stride, strict=True)]
    spread = images.new_zeros((*images.shape[:2], *sizes))
    view = spread
    for axis, step in enumerate(stride, 2):
        view = view.unfold(axis, 1, step).squeeze(-1)
    view.copy_(images)
    return spread


def _windows(images: Tensor, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Tensor:
    """Return views [B, I, positions …, kernel …] of what the kernel meets at each position."""
    for axis, (size, step, apart) in enumerate(zip(kernel, stride, dilation, strict=True)):
        images = images.unfold(2 + axis, apart * (size - 1) + 1, step)[..., ::apart]
    return images


def _as_columns(windows: Tensor, groups: int, dimensions: int) -> Tensor:
    """Return [B, I, positions …, kernel …] as [G, B · positions, kernel · I / G]."""
    grouped = windows.reshape(windows.shape[0], groups, -1, *windows.shape[2:])
    positions = range(3, 3 + dimensions)
    kernel = range(3 + dimensions, 3 + 2 * dimensions)
    inputs = grouped.shape[2] * math.prod(grouped.shape[3 + dimensions :])
    return grouped.permute(1, 0, *positions, *kernel, 2).reshape(groups, -1, inputs)
