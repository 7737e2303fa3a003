"""The 2:4 pattern on a GPU: torch's semi-structured kernels, the one kind of zeros that a GPU's matrix units skip.

They multiply matrices, and torch has none for convolutions: so a convolution whose weights have the pattern becomes
one matrix product over its unfolded input (im2col), at the price of writing that input k × k times. Layers without
the pattern, or of sizes that the kernels do not take, stay dense. Unstructured zeros bring nothing on a GPU.
"""

import warnings

import torch
from torch import nn
from torch.sparse import to_sparse_semi_structured

from prunesweep.core.measure.engines.base import UnsupportedNetwork

_ROWS, _COLUMNS = 32, 64
"""What the CUTLASS kernels ask of a half-precision weight: multiples of these."""
_OLDEST = (8, 0)


def missing_pattern(device: torch.device) -> str | None:
    """Return why the kernels cannot be used there, or None."""
    if torch.cuda.get_device_capability(device) < _OLDEST:
        return "needs a GPU of compute capability 8.0 or later"
    return None


def halved(model: nn.Module) -> nn.Module:
    """Return `model` (fp16, on a GPU) with every layer replaced that the kernels can run.

    Raises:
        Unsuitable: there is no such layer.
    """
    count = 0
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Conv2d | nn.Linear) and _fits(module):
            model.set_submodule(name, SparseConv(module) if isinstance(module, nn.Conv2d) else SparseLinear(module))
            count += 1
    if not count:
        raise UnsupportedNetwork("no layer has the 2:4 pattern in a size that the GPU's kernels take")
    return model


def has_pattern(matrix: torch.Tensor) -> bool:
    """Return True when of every four neighbours in a row at least two are 0. matrix: [rows, columns], columns a
    multiple of 4."""
    rows, columns = matrix.shape
    return bool((matrix.reshape(rows, columns // 4, 4).count_nonzero(2) <= 2).all())


def _matrix(layer: nn.Conv2d | nn.Linear) -> torch.Tensor:
    """Return the weights as [outputs, inputs], with the input channels innermost: groups of four lie along them."""
    if isinstance(layer, nn.Linear):
        return layer.weight.detach()
    return layer.weight.detach().permute(0, 2, 3, 1).flatten(1)


def _compressed(matrix: torch.Tensor) -> torch.Tensor:
    """Return the matrix as the kernels take it. torch says once in a process that their interface is a prototype; the
    tests of this engine would notice a change."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The PyTorch API of SparseSemiStructuredTensor", UserWarning)
        return to_sparse_semi_structured(matrix.contiguous())


def _fits(layer: nn.Conv2d | nn.Linear) -> bool:
    if isinstance(layer, nn.Conv2d) and (
        layer.groups != 1 or layer.dilation != (1, 1) or isinstance(layer.padding, str)
    ):
        return False
    matrix = _matrix(layer)
    return matrix.shape[0] % _ROWS == 0 and matrix.shape[1] % _COLUMNS == 0 and has_pattern(matrix)


class SparseLinear(nn.Module):
    """A linear layer with a compressed weight: [B, C] → [B, O]."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.weight = nn.Parameter(_compressed(_matrix(layer)), requires_grad=False)
        self.bias = layer.bias

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(inputs, self.weight, self.bias)


class SparseConv(nn.Module):
    """A convolution as one product: [B, C, H, W] → [B, O, H', W'], both channels_last."""

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        self.weight = nn.Parameter(_compressed(_matrix(layer)), requires_grad=False)
        self.bias = layer.bias
        self.kernel, self.stride = layer.kernel_size, layer.stride
        self.padding = layer.padding

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        columns, batch, height, width = unfolded(images, self.kernel, self.stride, self.padding)
        product = nn.functional.linear(columns, self.weight, self.bias)
        return product.view(batch, height, width, -1).permute(0, 3, 1, 2)


def unfolded(
    images: torch.Tensor, kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...] | str
) -> tuple[torch.Tensor, int, int, int]:
    """Return what each output position sees, [B · H' · W', kh · kw · C], channels innermost; and B, H', W'."""
    (down, right) = padding if not isinstance(padding, str) else (0, 0)
    padded = nn.functional.pad(images, (right, right, down, down)).permute(0, 2, 3, 1)
    windows = padded.unfold(1, kernel[0], stride[0]).unfold(2, kernel[1], stride[1])  # [B, H', W', C, kh, kw]
    batch, height, width = windows.shape[:3]
    return windows.permute(0, 1, 2, 4, 5, 3).reshape(batch * height * width, -1), batch, height, width
