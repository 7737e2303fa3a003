"""Which number format and memory layout a device trains in: the fastest that its kernels get right."""

import contextlib

import torch
from torch import nn

_CHANNEL_BLOCK = 16
_SMALLEST_BF16_IMAGE = 9


def layout_for(model: nn.Module, device: torch.device) -> torch.memory_format:
    """channels_last; on the CPU only where every strided 1×1 convolution has a multiple of 16 input channels.

    oneDNN 3.12 (in torch 2.13) computes the weight gradient of such a convolution in a buffer that is too small
    when the channels don't fill whole blocks: it writes past its end (uxlfoundation/oneDNN issue 6035).
    """
    strided = [
        module
        for module in model.modules()
        if isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1) and module.stride != (1, 1)
    ]
    if device.type == "cpu" and any(conv.in_channels % _CHANNEL_BLOCK for conv in strided):
        return torch.contiguous_format
    return torch.channels_last


def autocast(precision: str, device: torch.device, side: int) -> contextlib.AbstractContextManager[object]:
    """bf16 autocast for precision `bf16`, and for `auto` where the device computes in it natively; else fp32.

    side: the shorter side of an image, in pixels. Never bf16 on the CPU for images of 8 pixels and fewer: ResNet's last
    stage then sees a single pixel, and oneDNN 3.12 leaves the weight gradients of a strided 3×3 convolution undefined
    where the kernel covers only padding.
    """
    wanted = precision == "bf16" or (precision == "auto" and _has_bf16(device))
    if device.type == "cpu" and side < _SMALLEST_BF16_IMAGE:
        wanted = False
    return torch.autocast(device.type, dtype=torch.bfloat16) if wanted else contextlib.nullcontext()


def _has_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
