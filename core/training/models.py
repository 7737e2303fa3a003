"""Networks by name, at any width, initialised from a seed."""

import torch
from torch import nn

from core.errors import StageError
from core.plan.models import ModelRef
from core.pruning.masks import prunable as prunable
from core.training.seeds import seed_of
from core.training.vision import import_torchvision

_PUBLISHED_WIDTH = 64
_IMAGE_CHANNELS = 3


def build_model(ref: ModelRef, seed: int) -> nn.Module:
    """A fresh float32 network on the CPU.

    `resnet18` is torchvision's, with `ref.classes` outputs and the CIFAR stem: conv1 3×3, stride 1, padding 1;
    max-pool kept. Other widths scale every layer's channels by width / 64. Same `state_dict` keys at every width.
    The initial weights depend on (ref, seed) alone; the global random state is not touched.

    Raises:
        StageError: a name of another release.
    """
    if ref.name != "resnet18":
        raise StageError(f"unknown model {ref.name!r}")
    # On the meta device nothing is allocated or initialised: every layer is replaced by a real one below.
    with torch.device("meta"):
        model: nn.Module = import_torchvision().models.resnet18(num_classes=ref.classes)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed_of("init", seed))
        for name, module in list(model.named_modules()):
            if isinstance(module, nn.Conv2d | nn.BatchNorm2d | nn.Linear):
                model.set_submodule(name, _real(name, module, ref.width))
    return model


def _real(name: str, module: nn.Conv2d | nn.BatchNorm2d | nn.Linear, width: int) -> nn.Module:
    """The layer on the CPU at the width asked for, initialised as torchvision's ResNet does."""
    if isinstance(module, nn.Linear):
        return nn.Linear(_scaled(module.in_features, width), module.out_features, device="cpu")
    if isinstance(module, nn.BatchNorm2d):
        return nn.BatchNorm2d(_scaled(module.num_features, width), device="cpu")
    stem = name == "conv1"
    conv = nn.Conv2d(
        module.in_channels if module.in_channels == _IMAGE_CHANNELS else _scaled(module.in_channels, width),
        _scaled(module.out_channels, width),
        kernel_size=3 if stem else module.kernel_size,  # type: ignore[arg-type]
        stride=1 if stem else module.stride,  # type: ignore[arg-type]
        padding=1 if stem else module.padding,  # type: ignore[arg-type]
        bias=False,
        device="cpu",
    )
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    return conv


def _scaled(channels: int, width: int) -> int:
    return channels * width // _PUBLISHED_WIDTH
