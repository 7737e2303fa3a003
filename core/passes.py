"""The one door to a network's arithmetic: every forward and backward pass of training, scores and measurements.

It decides memory layout and number format, the fastest that the kernels get right, puts the network into them, and
each batch of images too, whatever layout it comes in. A caller has nothing to decide, so nothing to forget.

`prunesweep.core.kernel_faults` says what the kernels of a CPU get wrong. torch takes the channels_last kernel as soon
as the images *or* the weights look like it, and a 1×1 weight that once was channels_last keeps looking so after
`.contiguous()`, which sees nothing to do: so strides are compared, not asked for.

Passes without gradients are right in every layout, and are channels_last, unless the network itself cannot be.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from prunesweep.core.copies import copied
from prunesweep.core.errors import WrongPlan
from prunesweep.core.kernel_faults import overruns_channels_last, spoils_bf16
from prunesweep.core.operators import OperatorMode, products_shown

_SMALLEST_BF16_IMAGE = 9
"""Pixels. A ResNet makes single pixels of smaller ones, where bf16 gains nothing."""
_COLOURS = 3
_NO_AUX = '{"aux_logits": false}'
_TRUSTED = ("torch", "torchvision", "timm", "prunesweep")
"""Packages whose modules compute in any layout."""
_NAMES = {torch.float64: "fp64", torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}


@dataclass(frozen=True)
class Format:
    """What a network's passes were resolved to.

    Attributes:
        device: as torch writes it.
        layout: `channels_last` or `contiguous`.
        numbers: `fp32`, `bf16`, `fp16` or `fp64`; bf16 of fp32 weights is autocast.
    """

    device: str
    layout: str
    numbers: str


class Passes(nn.Module):
    """A network, ready: call it with images [B, C, H, W] of any layout on its device, get its logits [B, classes].

    `train()` and `eval()` reach the network, which is moved in place and stays what it was for everybody else.
    """

    def __init__(
        self,
        model: nn.Module,
        side: int,
        device: torch.device | str | None = None,
        *,
        gradients: bool = False,
        precision: str = "fp32",
        compiled: int = 0,
    ) -> None:
        """Put `model` into the layout that suits its use.

        Args:
            side: the shorter side of an image, in pixels.
            device: where to; None: where it is.
            gradients: whether passes go backward. Without them numbers are exact: no autocast, no TF32.
            precision: of fp32 weights with gradients: `fp32`, `bf16`, or `auto`: bf16 where the device computes in it
                natively. Weights of another type keep it.
            compiled: passes of so many images in training mode are compiled (`torch.compile`), 0 = none. The first one
                takes a minute or two; other sizes run as they are, because each would be compiled by itself.
        """
        super().__init__()
        some = next(model.parameters())
        at = some.device if device is None else torch.device(device)
        layout = _layout(model, at, gradients, side)
        self._low = gradients and some.dtype == torch.float32 and _takes_bf16(model, precision, at, side)
        self._layout, self._device, self._gradients = layout, at, gradients
        name = "contiguous" if layout == torch.contiguous_format else "channels_last"
        self.format = Format(str(at), name, "bf16" if self._low else _NAMES[some.dtype])
        self.network = _laid_out_in_place(model, at, layout)
        self._compiled = compiled
        # Its `forward`, not itself: hooks of the network are the caller's, and no part of what is compiled.
        self._quick = torch.compile(self.network.forward, dynamic=False) if compiled else None

    def images(self, images: Tensor) -> Tensor:
        """Return the images, in the network's layout: themselves if they have it already."""
        return laid_out(images, self._layout)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits [B, classes]: float32, float64 for a network in float64.

        Raises:
            StageError: the network gives something else than a tensor.
        """
        with self._numbers():
            logits: Tensor = self._pass(self.images(images))
        if not isinstance(logits, Tensor):
            what = f"the network gives a {type(logits).__name__} instead of one tensor of logits"
            raise WrongPlan(what, f"leave its other outputs out, e.g. --model-args '{_NO_AUX}'")
        return logits if logits.dtype == torch.float64 else logits.float()

    def _pass(self, images: Tensor) -> Tensor:
        if self._quick is None or not self.training or len(images) != self._compiled:
            logits: Tensor = self.network(images)
            return logits
        quick: Tensor = self._quick(images)
        return quick

    @contextlib.contextmanager
    def _numbers(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            if self._low:
                stack.enter_context(torch.autocast(self._device.type, dtype=torch.bfloat16))
            elif not self._gradients:
                stack.enter_context(torch.autocast(self._device.type, enabled=False))
                stack.enter_context(torch.backends.cudnn.flags(enabled=True, allow_tf32=False))
            yield


Watch = Callable[[Mapping[str, Tensor]], contextlib.AbstractContextManager[object]]


_QUICK_VALUES, _QUICK_WEIGHTS = 3 * 64 * 64, 32_000_000
"""Of an image and of a network that compute in some milliseconds; shapes alone take as long in Python, and the first
time half a second more, because torch loads a computer algebra for them."""


def trace(model: nn.Module, image: tuple[int, int, int], watch: Watch = lambda _: contextlib.nullcontext()) -> None:
    """Send one image (channels, height, width) through `model` in evaluation mode, hooks included: a black one where
    that is quick, or where the network's way depends on numbers, else only its shape, so that nothing is computed.

    watch: given the parameters and buffers that take part, a context for the pass.

    Raises:
        RuntimeError: the image does not fit the network.
    """
    training = model.training
    try:
        model.eval()
        quick = _is_quick(model, image)
        with torch.no_grad():
            if not quick and _send_shape(model, image, watch):
                return
            try:
                _send_black(model, image, watch)
            except Exception:  # of what a network makes of black
                if not quick or not _send_shape(model, image, watch):
                    raise
    except RuntimeError:
        raise
    except Exception as error:  # a network's own assertion, say
        raise RuntimeError(str(error)) from error
    finally:
        model.train(training)


def _send_black(model: nn.Module, image: tuple[int, int, int], watch: Watch) -> None:
    """Send a black image through the network."""
    some = next(model.parameters())
    with products_shown(), watch({**dict(model.named_parameters()), **dict(model.named_buffers())}):
        model(torch.zeros(1, *image, device=some.device, dtype=some.dtype))


def _is_quick(model: nn.Module, image: tuple[int, int, int]) -> bool:
    weights = list(model.parameters())
    # In half precision a CPU doesn't have every operator; a GPU may try kernels for each new shape.
    plain = all(one.dtype == torch.float32 and one.is_cpu for one in weights)
    return plain and math.prod(image) <= _QUICK_VALUES and sum(one.numel() for one in weights) <= _QUICK_WEIGHTS


def _send_shape(model: nn.Module, image: tuple[int, int, int], watch: Watch) -> bool:
    """Send the image's shape through a copy of the network, which may keep something of the pass: a grid of coordinates
    without numbers, say. Return whether it came out."""
    own = [*model.named_parameters(), *model.named_buffers()]
    try:
        shapes = {id(tensor): _shape_of(tensor) for _, tensor in own}
        like = copied(model, shapes)
        if not all(tensor.is_meta for tensor in like.parameters()):  # a scripted module copies itself in its own way
            return False
        with _QuickShapes(), watch({name: shapes[id(tensor)] for name, tensor in own}):  # type: ignore[no-untyped-call]
            like(torch.empty(1, *image, device="meta", dtype=next(like.parameters()).dtype))
    except Exception:  # whatever a network makes of numbers that are not there
        return False
    return True


def _shape_of(tensor: Tensor) -> Tensor:
    shape = torch.empty_like(tensor, device="meta")
    return nn.Parameter(shape, requires_grad=False) if isinstance(tensor, nn.Parameter) else shape


class _QuickShapes(OperatorMode):  # type: ignore[no-untyped-call]
    """Batch-norm without numbers gives the shape that it gets, a mean that of a sum, and a linear layer that of its
    product. torch would find that out by calculating them in Python, which is four fifths of a trace of a ResNet, and
    loads torch's compiler."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        del types
        aten = torch.ops.aten
        if kwargs or not getattr(args[0] if args else None, "is_meta", False):
            return func(*args, **(kwargs or {}))
        if func is aten.native_batch_norm.default:
            maps, mean = args[0], args[3]
            if mean is not None and maps.shape[1:2] == mean.shape:
                return torch.empty_like(maps), maps.new_empty(0), maps.new_empty(0)
        if func is aten.mean.dim:
            return torch.sum(*args)
        if func is aten.addmm.default:
            return torch.mm(*args[1:])
        return func(*args)


def laid_out(tensor: Tensor, layout: torch.memory_format) -> Tensor:
    """Return the tensor with exactly the layout's strides: itself, or a copy. `Tensor.contiguous` would leave the
    strides of dimensions of size 1 as they are, and torch chooses kernels by them."""
    wanted = torch.empty(tensor.shape, device="meta", memory_format=layout).stride()
    return tensor if tensor.stride() == wanted else tensor.clone(memory_format=layout)


def _layout(model: nn.Module, device: torch.device, gradients: bool, side: int) -> torch.memory_format:
    if gradients and device.type == "cpu" and overruns_channels_last(model):
        return torch.contiguous_format
    return torch.channels_last if _takes_channels_last(model, side) else torch.contiguous_format


def _takes_channels_last(model: nn.Module, side: int) -> bool:
    """Return whether the network computes in channels_last at all: `x.view(len(x), -1)` behind a convolution does not.
    Tried with black images, where modules are not torch's own or of a library that is known to."""
    if all(type(module).__module__.partition(".")[0] in _TRUSTED for module in model.modules()):
        return True
    tensors = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    changed = {id(one): nn.Parameter(laid_out(one.detach(), torch.channels_last), False) for one in _kernels(model)}
    some = next(model.parameters())
    images = torch.zeros(2, _COLOURS, side, side, device=some.device, dtype=some.dtype)
    try:
        with torch.no_grad():
            copied(model, tensors | changed).eval()(laid_out(images, torch.channels_last))
    except Exception:  # whatever it trips over
        return False
    return True


def _laid_out_in_place(model: nn.Module, device: torch.device, layout: torch.memory_format) -> nn.Module:
    # Weights made in inference mode could never be trained.
    with torch.inference_mode(False), torch.no_grad():
        model.to(device)
        for weight in _kernels(model):
            weight.data = laid_out(weight.data, layout)
    return model


def _kernels(model: nn.Module) -> list[nn.Parameter]:
    """Return the weights that have a layout. Not whatever has four dimensions: a table of positions may be viewed as it
    lies."""
    layers = (module for module in model.modules() if isinstance(module, nn.Conv2d | nn.ConvTranspose2d))
    weights = (dict(layer.named_parameters(recurse=False)).get("weight") for layer in layers)
    return [weight for weight in weights if weight is not None]


def _takes_bf16(model: nn.Module, precision: str, device: torch.device, side: int) -> bool:
    wanted = precision == "bf16" or (precision == "auto" and has_bf16(device))
    if not wanted or device.type != "cpu":
        return wanted
    return side >= _SMALLEST_BF16_IMAGE and not spoils_bf16(model, side, trace)


def has_bf16(device: torch.device) -> bool:
    """Return True when the device computes in bf16 natively, and oneDNN may (`ONEDNN_MAX_CPU_ISA`): held to AVX2 it
    takes twelve times as long in bf16 as in fp32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return bool(native and torch.ops.mkldnn._is_mkldnn_bf16_supported())
