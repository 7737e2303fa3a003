"""What oneDNN 3.12 (in torch 2.13) computes wrongly on a CPU, found by reading freed memory back: with
`MALLOC_PERTURB_=1` what a kernel leaves unwritten is -1.7e38 instead of, mostly, a harmless zero.

fp32
    Weight gradient of a strided 1×1 convolution, channels_last, input channels that don't fill whole blocks of 16: it
    writes past the end of a buffer (uxlfoundation/oneDNN issue 6035; heap corruption seen with AVX2). Such a network
    computes gradients in contiguous memory.

bf16
    Weight gradient of a strided convolution whose map is narrower than its stride, such as the single pixel that a
    mobilenet_v3_small makes of 16×16 images: the taps that meet only padding are left unwritten. For a transposed
    convolution its output counts. A convolution whose strides differ, (1, 2) say, is wrong forward too, and so is one
    in three dimensions. Such a network computes in fp32.

`tests/training/unwritten.py` compares gradients under two such fillings. A convolution that only a training pass uses
is not looked at: the network is traced in evaluation.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from prunesweep.core.operators import OperatorMode

_CHANNEL_BLOCK = 16
_COLOURS = 3

Trace = Callable[[nn.Module, tuple[int, int, int]], None]


def overruns_channels_last(model: nn.Module) -> bool:
    """Return whether a weight gradient of this network would write past its buffer in channels_last."""
    strided = (
        module
        for module in model.modules()
        if isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1) and module.stride != (1, 1)
    )
    return any(conv.in_channels // conv.groups % _CHANNEL_BLOCK for conv in strided)


def spoils_bf16(model: nn.Module, side: int, trace: Trace) -> bool:
    """Return whether bf16 would give a wrong number somewhere in this network, for images of `side` pixels.

    Args:
        trace: sends the shape of an image [channels, height, width] through the network.
    """
    convolutions = _Convolutions()
    try:
        with convolutions:
            trace(model, (_COLOURS, side, side))
    except RuntimeError:  # the image does not fit; whoever sends it will say so
        return False
    return convolutions.spoiled


class _Convolutions(OperatorMode):  # type: ignore[no-untyped-call]
    """Looks at every convolution that is computed, those of `torch.nn.functional` included."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.spoiled = False

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        if func is torch.ops.aten.convolution.default:
            images, weight, _, stride = args[:4]
            gathers = out if args[6] else images  # args[6]: transposed
            self.spoiled = self.spoiled or _is_spoiled(gathers, weight, stride)
        return out


def _is_spoiled(images: Tensor, weight: Tensor, stride: Sequence[int]) -> bool:
    kernel = weight.shape[2:]
    if len(kernel) > 2:
        return True
    steps = list(stride) * (len(kernel) if len(stride) == 1 else 1)
    narrow = any(size < step for size, step in zip(images.shape[-len(kernel) :], steps, strict=True))
    return len(set(steps)) > 1 or (max(kernel) > 1 and narrow)
