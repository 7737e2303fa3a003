"""Networks by name, initialised from a seed: ours, at any width, of torchvision's parts in the forms made for small
images; and those of other sources as they are."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from prunesweep.core.errors import StageError
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.networks import label_of, read_network
from prunesweep.core.pruning.masks import prunable as prunable
from prunesweep.core.pruning.resizing import fit
from prunesweep.core.seeds import all_dice
from prunesweep.core.training.sources import build
from prunesweep.core.training.vision import import_torchvision

_PUBLISHED_WIDTH = 64
"""Channels of the first stage of torchvision's networks."""


def build_model(ref: ModelRef, seed: int) -> nn.Module:
    """Return a fresh float32 network on the CPU, with `ref.classes` outputs and 3×3 stem (stride 1, padding 1).

    - `resnet18`: torchvision's, max-pool kept; `resnet18-cifar`: without the max-pool.
    - `resnet20`, `resnet56`: three stages of torchvision's basic blocks, 16, 32, 64 channels, no max-pool (He et al.
      2016, arXiv:1512.03385, section 4.2; their shortcuts are the convolutions of option B); `resnet20-a`,
      `resnet56-a`: with the paper's shortcuts without weights, option A.
    - `vgg16-bn`: torchvision's convolutions, then one linear layer on the mean of the last map (Simonyan & Zisserman
      2015, arXiv:1409.1556, configuration D, in its usual form for 32×32 images).

    Other widths scale every layer's channels. Same `state_dict` keys at every width. The initial weights depend on
    (ref, seed) alone; the global random state is not touched.

    A network of another source (`prunesweep.core.plan.networks`) is what its own code makes.

    Raises:
        StageError: a name of another release, or a network of another source that cannot be made here.
    """
    with all_dice("init", seed):
        network = read_network(ref.name)
        return _filled(ref, "cpu") if network is None else build(network, ref.classes)


def load_model(ref: ModelRef, weights: Mapping[str, Tensor], *, smaller: bool = False) -> nn.Module:
    """Return the network with copies of these weights, on the CPU. Making random ones first, only to write over them,
    takes a fifth of a second for ResNet-18.

    smaller: the weights may be without some of the network's channels.

    Raises:
        StageError: a name of another release, or weights of another network.
    """
    # Of another source's network not all is in a checkpoint: tables of positions, say, are made with it.
    ours = read_network(ref.name) is None
    model = _undrawn(ref, "cpu") if ours else _template(ref)
    if smaller:
        fit(model, weights)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        what = f"{ref.name} of width {ref.width}" if ref.width else label_of(ref.name)
        # torch's own text has a line for each of a hundred tensors.
        first, *more = [line.strip()[:300] for line in str(error).splitlines()[1:]] or [str(error)]
        rest = f" (and {len(more)} more)" if more else ""
        raise StageError(f"the checkpoint is not a {what}: {first}{rest}") from None
    return model


@dataclass(frozen=True)
class NetworkLayout:
    """Where a network of the registry shows what it is: names of its first and of its last weight, and all names of its
    `state_dict`. The first weight's first dimension is the width (of ours), the last one's the classes."""

    stem: str
    head: str
    names: frozenset[str]


@cache
def layout_of(name: str) -> NetworkLayout:
    """Return the layout of the network of that name: the same at every width and number of classes.

    Raises:
        StageError: a name of another release, or a network of another source whose classes no single layer shows.
    """
    if read_network(name) is not None:
        return _foreign_layout(name)
    model = _shapes(ModelRef(name, 1, 2))
    weights = [key for key, _ in prunable(model)]
    return NetworkLayout(weights[0], weights[-1], frozenset(model.state_dict()))


def _foreign_layout(name: str) -> NetworkLayout:
    """Return the layout; the head is the last weight that grows with the classes, and by its first dimension."""
    two, three = (shapes_of(ModelRef(name, 0, classes)) for classes in (2, 3))
    heads = [key for key, shape in two.items() if len(shape) > 1 and shape[0] == 2 and three.get(key, ())[:1] == (3,)]
    if not heads:
        raise StageError(f"no layer of {label_of(name)} has as many outputs as num_classes says")
    return NetworkLayout(next(iter(two)), heads[-1], frozenset(two))


def shapes_of(ref: ModelRef) -> dict[str, torch.Size]:
    """Return the shape of each tensor of the network's `state_dict`; nothing of it is allocated.

    Raises:
        StageError: a name of another release.
    """
    model = _shapes(ref) if read_network(ref.name) is None else _template(ref)
    return {key: tensor.shape for key, tensor in model.state_dict().items()}


def _template(ref: ModelRef) -> nn.Module:
    """Return a network of another source whose weights are of no account."""
    network = read_network(ref.name)
    assert network is not None  # noqa: S101 - whoever calls has looked
    with all_dice("template"):
        return build(network, ref.classes, fresh=False)


class _Undrawn(TorchFunctionMode):
    """Nothing is drawn at random: it would be written over, and on the meta device torch would load its compiler, for
    more than a second."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        return (args[0] if args else given["tensor"]) if func in _DRAWS else func(*args, **given)


_DRAWS = (Tensor.normal_, Tensor.uniform_, nn.init.uniform_, nn.init.normal_, nn.init.kaiming_uniform_)


@cache
def _shapes(ref: ModelRef) -> nn.Module:
    """Return the network on the meta device, for others to read."""
    return _undrawn(ref, "meta")


def _undrawn(ref: ModelRef, device: str) -> nn.Module:
    """Return the network with whatever numbers lay in memory."""
    with torch.inference_mode(False), _Undrawn():
        return _filled(ref, device)


@cache
def _skeleton(name: str, classes: int) -> nn.Module:
    """Return the network at torchvision's width on the meta device, for others to copy."""
    with torch.inference_mode(False), torch.device("meta"), _Undrawn():
        return _SKELETONS[name](import_torchvision().models, classes)


def _filled(ref: ModelRef, device: str) -> nn.Module:
    """Return a copy of the skeleton, with every layer replaced by one of the network's width on the device.

    Raises:
        StageError: a name of another release.
    """
    if ref.name not in _SKELETONS:
        raise StageError(f"unknown model {ref.name!r}")
    skeleton = _skeleton(ref.name, ref.classes)
    stem = next(module for module in skeleton.modules() if isinstance(module, nn.Conv2d))
    layers: dict[int, nn.Module] = {}
    for module in skeleton.modules():
        if isinstance(module, nn.Conv2d):
            layers[id(module)] = _conv(module, ref.width, device, stem=module is stem)
        elif isinstance(module, nn.BatchNorm2d):
            layers[id(module)] = nn.BatchNorm2d(_scaled(module.num_features, ref.width), device=device)
        elif isinstance(module, nn.Linear):
            layers[id(module)] = nn.Linear(_scaled(module.in_features, ref.width), module.out_features, device=device)
    return deepcopy(skeleton, layers)  # what it would copy, it looks up there first


def _resnet18(zoo: Any, classes: int) -> nn.Module:
    model: nn.Module = zoo.resnet18(num_classes=classes)
    return model


def _resnet18_cifar(zoo: Any, classes: int) -> nn.Module:
    model = _resnet18(zoo, classes)
    model.maxpool = nn.Identity()
    return model


class PaddedShortcut(nn.Module):
    """Every other pixel of each map, and as many empty maps before and behind as make twice the channels: a shortcut
    without weights.

    Source: He et al. 2016, arXiv:1512.03385, option A.
    """

    def forward(self, maps: Tensor) -> Tensor:
        """Map [B, C, H, W] → [B, 2 C, ⌈H / 2⌉, ⌈W / 2⌉]."""
        channels = maps.shape[1]
        return F.pad(maps[:, :, ::2, ::2], (0, 0, 0, 0, channels // 2, channels - channels // 2))


def _thin(blocks: int, *, padded: bool = False) -> Callable[[Any, int], nn.Module]:
    """Return three stages of `blocks` basic blocks each; built at torchvision's width, where the first stage has 64.

    padded: shortcuts of option A.
    """

    def build(zoo: Any, classes: int) -> nn.Module:
        model: nn.Module = zoo.resnet.ResNet(zoo.resnet.BasicBlock, [blocks, blocks, blocks, 1], num_classes=classes)
        model.maxpool = model.layer4 = nn.Identity()
        model.fc = nn.Linear(4 * _PUBLISHED_WIDTH, classes)
        if padded:
            model.set_submodule("layer2.0.downsample", PaddedShortcut())
            model.set_submodule("layer3.0.downsample", PaddedShortcut())
        return model

    return build


def _vgg16_bn(zoo: Any, classes: int) -> nn.Module:
    model: nn.Module = zoo.vgg16_bn(num_classes=classes, init_weights=False)
    model.avgpool = nn.AdaptiveAvgPool2d(1)
    model.classifier = nn.Linear(8 * _PUBLISHED_WIDTH, classes)
    for module in model.modules():
        if isinstance(module, nn.MaxPool2d):
            module.ceil_mode = True  # changes nothing at 32×32; smaller images keep a last pixel
    return model


_SKELETONS: Mapping[str, Callable[[Any, int], nn.Module]] = MappingProxyType(
    {
        "resnet18": _resnet18,
        "resnet18-cifar": _resnet18_cifar,
        "resnet20": _thin(3),
        "resnet56": _thin(9),
        "resnet20-a": _thin(3, padded=True),
        "resnet56-a": _thin(9, padded=True),
        "vgg16-bn": _vgg16_bn,
    }
)


def _conv(module: nn.Conv2d, width: int, device: str, *, stem: bool) -> nn.Module:
    """Return the layer at the width asked for, initialised as torchvision's ResNet does."""
    conv = nn.Conv2d(
        module.in_channels if stem else _scaled(module.in_channels, width),
        _scaled(module.out_channels, width),
        kernel_size=3 if stem else module.kernel_size,  # type: ignore[arg-type]
        stride=1 if stem else module.stride,  # type: ignore[arg-type]
        padding=1 if stem else module.padding,  # type: ignore[arg-type]
        bias=module.bias is not None,
        device=device,
    )
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
    return conv


def _scaled(channels: int, width: int) -> int:
    return channels * width // _PUBLISHED_WIDTH
