"""Follows a network's channels through one pass, operator by operator, wherever torch computes: modules, functions,
transformers' permuted maps. No graph of the network is needed, so whatever runs can be followed.

Every tensor has *tags*: for an axis that holds channels, the places (`prunesweep.core.pruning.ties`) of each. Weights
begin with tags of their own axes. A product with a weight ties what it reads to the weight's input axis, and what it
makes has the places of its output axis; sums tie their parts, joins put them one after the other. An operator that is
not known, or that mixes channels (a layer norm, attention, an output), fixes what it reads: those channels stay.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from prunesweep.core.pruning.ties import Axis, Places, Ties

_VALUES = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal")
"""Operators by which a program looks at numbers."""
_CONVOLUTION_AXES = 2
_CHANNELS = 1
"""The axis of maps' channels, [B, C, H, W]."""


@dataclass(frozen=True)
class Tag:
    """What a tensor's axes hold.

    Attributes:
        axes: axis → the places of its channels; other axes hold none (images, pixels, tokens).
        source: the parameter that this is, "" = something computed.
        order: the source's own axis for each axis.
    """

    axes: Mapping[int, Places] = field(default_factory=dict)
    source: str = ""
    order: tuple[int, ...] = ()


_NO_TAG = Tag()


class ChannelTracer(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Ties channels while a network computes.

    Attributes:
        ties: of the places so far.
        read, made: weights' axes that products read along, and that made channels.
        by_values: the network asked for numbers that it computed.
    """

    def __init__(self, tensors: Mapping[str, Tensor], weights: frozenset[str]) -> None:
        """tensors: parameters and buffers as they take part; weights: names of the prunable ones."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.ties = Ties()
        self.read: set[Axis] = set()
        self.made: set[Axis] = set()
        self.by_values = False
        self._tags: dict[int, Tag] = {}
        self._alive: list[Tensor] = []  # so that no other tensor gets the identity of one that has tags
        for name, tensor in tensors.items():
            axes = range(min(_CONVOLUTION_AXES, tensor.dim())) if name in weights else range(tensor.dim())
            sized = [axis for axis in axes if tensor.shape[axis] > 1 or name in weights]
            found = {axis: self.ties.places(name, axis, tensor.shape[axis]) for axis in sized}
            self.tag(tensor, Tag(found, name, tuple(range(tensor.dim()))))

    def tag_of(self, value: object) -> Tag:
        """Return what is known of a tensor."""
        return self._tags.get(id(value), _NO_TAG)

    def tag(self, tensor: Tensor, tag: Tag) -> None:
        """Say what a tensor's axes hold."""
        self._tags[id(tensor)] = tag
        self._alive.append(tensor)

    def fix(self, value: object, axes: Sequence[int] | None = None) -> None:
        """Say that a tensor's channels have to stay, those of some axes or of all."""
        for axis, places in self.tag_of(value).axes.items():
            if axes is None or axis in axes:
                self.ties.fix(places)

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        del types
        given = kwargs or {}
        result = func(*args, **given)
        inputs = [one for one in tree_leaves((args, given)) if isinstance(one, Tensor)]
        name = func.overloadpacket.__name__
        self.by_values |= name in _VALUES and any(one.is_floating_point() or one.dtype == torch.bool for one in inputs)
        if not any(self.tag_of(one).axes for one in inputs):
            return result
        plain = name.rstrip("_")
        if plain in OPERATORS:
            OPERATORS[plain](self, args, given, result)
        elif torch.Tag.pointwise in func.tags:
            _pointwise(self, inputs, given, result)
        else:
            _unknown(self, args, given, result)
        return result


Operator = Callable[[ChannelTracer, Sequence[Any], Mapping[str, Any], Any], None]


def _unknown(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """Fix all channels that it reads."""
    for one in tree_leaves((args, given)):
        tracer.fix(one)
    for one in _tensors(result):
        tracer.tag(one, _NO_TAG)


def _pointwise(tracer: ChannelTracer, inputs: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    """Tie the channels of all that is broadcast together."""
    out = result
    axes: dict[int, Places] = {}
    for axis in range(out.dim()):
        whole: list[Places] = []
        constant = False
        for one in inputs:
            own = axis - out.dim() + one.dim()
            if own < 0:
                continue
            places = tracer.tag_of(one).axes.get(own)
            if one.shape[own] != out.shape[axis]:
                tracer.fix(one, [own])  # one channel for all: it has to stay
            elif places is not None:
                whole.append(places)
            else:
                constant |= out.shape[axis] > 1
        for other in whole[1:]:
            tracer.ties.tie(whole[0], other)
        if whole and constant:
            tracer.ties.fix(whole[0])
        if whole:
            axes[axis] = whole[0]
    tracer.tag(out, Tag(axes))


def _copied(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    tracer.tag(result, tracer.tag_of(args[0]))


def _convolution(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """convolution(maps [B, C, …], weight, bias, stride, padding, dilation, transposed, output_padding, groups)."""
    maps, weight, bias, transposed, groups = args[0], args[1], args[2], args[6], args[8]
    tag = tracer.tag_of(weight)
    if not tag.source or maps.dim() != weight.dim() or (transposed and groups > 1):
        return _unknown(tracer, args, given, result)
    reads, makes = (0, 1) if transposed else (1, 0)
    channels, out = tracer.tag_of(maps).axes.get(_CHANNELS), tag.axes[makes]
    if groups == 1:
        _read(tracer, channels, tag, reads)
    else:
        _read_groups(tracer, channels, tag, groups)
    tracer.made.add((tag.source, tag.order[makes]))
    if bias is not None:
        _tie_to(tracer, out, tracer.tag_of(bias).axes.get(0))
    return tracer.tag(result, Tag({_CHANNELS: out}))


def _read(tracer: ChannelTracer, channels: Places | None, weight: Tag, axis: int) -> None:
    """A product with a weight reads channels along one of its axes."""
    tracer.read.add((weight.source, weight.order[axis]))
    _tie_to(tracer, weight.axes[axis], channels)


def _read_groups(tracer: ChannelTracer, channels: Places | None, weight: Tag, groups: int) -> None:
    """In each group of a grouped convolution the same channels go; a depthwise one loses whole groups."""
    outputs, inputs = weight.axes[0].reshape(groups, -1), weight.axes[1]
    if len(inputs) == 1:
        for column in outputs.T:
            _tie_to(tracer, column, channels)
        return
    tracer.read.add((weight.source, weight.order[1]))
    for row in outputs[1:]:
        tracer.ties.tie(outputs[0], row)
    for row in [None] if channels is None else channels.reshape(groups, -1):
        _tie_to(tracer, inputs, row)


def _tie_to(tracer: ChannelTracer, places: Places, others: Places | None) -> None:
    """Tie to channels, or fix where it is not known which ones these are."""
    if others is None or len(others) != len(places):
        tracer.ties.fix(places)
        if others is not None:
            tracer.ties.fix(others)
    else:
        tracer.ties.tie(places, others)


def _product(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """mm(left [n, k], right [k, m]), one of which is a weight."""
    left, right = tracer.tag_of(args[0]), tracer.tag_of(args[1])
    if bool(left.source) == bool(right.source):
        return _unknown(tracer, args, given, result)
    if right.source:
        weight, other, reads, read, makes = right, left, 0, 1, 1
    else:
        weight, other, reads, read, makes = left, right, 1, 0, 0
    if not {0, 1} <= weight.axes.keys():
        return _unknown(tracer, args, given, result)
    _read(tracer, other.axes.get(read), weight, reads)
    tracer.made.add((weight.source, weight.order[makes]))
    found = {makes: weight.axes[makes]} | {axis: places for axis, places in other.axes.items() if axis != read}
    return tracer.tag(result, Tag(found))


def _product_with_bias(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """addmm(bias [m], left, right)."""
    _product(tracer, args[1:3], given, result)
    out, bias = tracer.tag_of(result).axes.get(1), tracer.tag_of(args[0])
    if out is None or args[0].dim() != 1:
        tracer.fix(args[0])
        tracer.fix(result)
    else:
        _tie_to(tracer, out, bias.axes.get(0))


def _linear(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """linear(rows [..., k], weight [m, k], bias [m]?)."""
    rows, weight = tracer.tag_of(args[0]), tracer.tag_of(args[1])
    if not weight.source or not {0, 1} <= weight.axes.keys():
        return _unknown(tracer, args, given, result)
    last = args[0].dim() - 1
    _read(tracer, rows.axes.get(last), weight, 1)
    tracer.made.add((weight.source, weight.order[0]))
    if len(args) > 2 and args[2] is not None:
        _tie_to(tracer, weight.axes[0], tracer.tag_of(args[2]).axes.get(0))
    kept = {axis: places for axis, places in rows.axes.items() if axis != last}
    return tracer.tag(result, Tag(kept | {result.dim() - 1: weight.axes[0]}))


def _batch_norm(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    """Batch-norm with stored statistics: each channel by itself."""
    axes = {axis: places for axis, places in tracer.tag_of(args[0]).axes.items() if axis == _CHANNELS}
    tracer.fix(args[0], [axis for axis in tracer.tag_of(args[0]).axes if axis != _CHANNELS])
    for one in args[1:]:
        if isinstance(one, Tensor):
            own = tracer.tag_of(one).axes.get(0)
            if own is not None:
                _tie_to(tracer, own, axes.get(_CHANNELS))
            elif axes:
                tracer.ties.fix(axes[_CHANNELS])
    if args[3] is None:  # statistics of these very images: of maps that hold several images' channels, say
        tracer.fix(args[0])
    tracer.tag(_tensors(result)[0], Tag(axes))


def _windows(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """Pooling and resizing: [B, C, …], each channel by itself."""
    maps, out = args[0], _tensors(result)[0]
    tag = tracer.tag_of(maps)
    if set(tag.axes) - {_CHANNELS} or maps.dim() < 3 or out.shape[_CHANNELS] != maps.shape[_CHANNELS]:
        return _unknown(tracer, args, given, result)
    for one in _tensors(result):
        tracer.tag(one, Tag(tag.axes))
    return None


def _pad(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    tag, before = tracer.tag_of(args[0]), args[0]
    changed = [axis for axis in tag.axes if before.shape[axis] != result.shape[axis]]
    tracer.fix(before, changed)
    tracer.tag(result, Tag({axis: places for axis, places in tag.axes.items() if axis not in changed}))


def _reduced(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """A mean or a sum over axes; over channels it mixes them."""
    tag, dims = tracer.tag_of(args[0]), args[0].dim()
    over = args[1] if len(args) > 1 else given.get("dim")
    over = [over] if isinstance(over, int) else over
    gone = {axis % dims for axis in over} if over else set(range(dims))
    tracer.fix(args[0], sorted(gone))
    for one in _tensors(result):
        keeps = one.dim() == dims
        kept = {axis if keeps else axis - sum(other < axis for other in gone): p for axis, p in tag.axes.items()
                if axis not in gone}  # fmt: skip
        tracer.tag(one, Tag(kept))


def _softmax(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    tag, axis = tracer.tag_of(args[0]), args[1] % args[0].dim()
    tracer.fix(args[0], [axis])
    tracer.tag(result, Tag({own: places for own, places in tag.axes.items() if own != axis}))


def _joined(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """cat(tensors, axis)."""
    parts = [one for one in args[0] if one.numel()]
    axis = (args[1] if len(args) > 1 else given.get("dim", 0)) % result.dim()
    axes: dict[int, Places] = {}
    for own in range(result.dim()):
        found = [tracer.tag_of(one).axes.get(own) for one in parts]
        if own == axis:
            if any(places is not None for places in found):
                pairs = zip(found, parts, strict=True)
                fixed = [np.zeros(one.shape[own], np.int64) if places is None else places for places, one in pairs]
                axes[own] = np.concatenate(fixed)
            continue
        known = [places for places in found if places is not None]
        for places in known:
            _tie_to(tracer, known[0], places)
        if known and len(known) < len(parts):
            tracer.ties.fix(known[0])
        if known:
            axes[own] = known[0]
    tracer.tag(result, Tag(axes))


def _permuted(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    _reorder(tracer, args[0], [axis % args[0].dim() for axis in args[1]], result)


def _transposed(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    """transpose(tensor, axis, axis), and t(tensor)."""
    order = list(range(args[0].dim()))
    if len(args) > 1 or len(order) > 1:
        one, other = (axis % len(order) for axis in args[1:3]) if len(args) > 1 else (0, 1)
        order[one], order[other] = order[other], order[one]
    _reorder(tracer, args[0], order, result)


def _reorder(tracer: ChannelTracer, before: Tensor, order: Sequence[int], result: Tensor) -> None:
    tag = tracer.tag_of(before)
    axes = {place: tag.axes[axis] for place, axis in enumerate(order) if axis in tag.axes}
    tracer.tag(result, Tag(axes, tag.source, tuple(tag.order[axis] for axis in order) if tag.source else ()))


def _sliced(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """slice, split and the like: what is cut by numbers of channels keeps them, as the numbers stay."""
    tag = tracer.tag_of(args[0])
    parts = _tensors(result)
    if any(one.dim() != args[0].dim() for one in parts):
        return _unknown(tracer, args, given, result)
    cut = [axis for axis in tag.axes if any(one.shape[axis] != args[0].shape[axis] for one in parts)]
    tracer.fix(args[0], cut)
    for one in parts:
        tracer.tag(one, Tag({axis: places for axis, places in tag.axes.items() if axis not in cut}))
    return None


def _viewed(tracer: ChannelTracer, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """view, squeeze, unsqueeze: axes that stay, and channels that become one axis with their pixels."""
    tag, before, after = tracer.tag_of(args[0]), tuple(args[0].shape), tuple(result.shape)
    if 0 in before:
        return _unknown(tracer, args, given, result)
    axes: dict[int, Places] = {}
    done: set[int] = set()
    for old, new in _blocks(before, after):
        own = [axis for axis in old if axis in tag.axes]
        large = [axis for axis in new if after[axis] > 1] or list(new[:1])
        if len(own) == 1 and len(large) == 1:
            shape = [before[axis] for axis in old]
            along = [-1 if axis == own[0] else 1 for axis in old]
            axes[large[0]] = np.broadcast_to(tag.axes[own[0]].reshape(along), shape).reshape(-1).copy()
            done.add(own[0])
    tracer.fix(args[0], [axis for axis in tag.axes if axis not in done])
    return tracer.tag(result, Tag(axes))


def _blocks(before: Sequence[int], after: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Return the smallest runs of axes with as many numbers before a view as after it."""
    found: list[tuple[list[int], list[int]]] = []
    i = j = 0
    while i < len(before) and j < len(after):
        old, new = [i], [j]
        while (left := math.prod(before[a] for a in old)) != (right := math.prod(after[a] for a in new)):
            if left < right:
                old.append(old[-1] + 1)
            else:
                new.append(new[-1] + 1)
        i, j = old[-1] + 1, new[-1] + 1
        found.append((old, new))
    if found:  # axes of one number
        found[-1][0].extend(range(i, len(before)))
        found[-1][1].extend(range(j, len(after)))
    return found


def _expanded(tracer: ChannelTracer, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    before, more = args[0], result.dim() - args[0].dim()
    tag = tracer.tag_of(before)
    grown = [axis for axis in tag.axes if before.shape[axis] != result.shape[axis + more]]
    tracer.fix(before, grown)
    tracer.tag(result, Tag({axis + more: places for axis, places in tag.axes.items() if axis not in grown}))


def _tensors(result: Any) -> list[Tensor]:
    return [one for one in tree_leaves(result) if isinstance(one, Tensor)]


_BY_NAME: Mapping[tuple[str, ...], Operator] = MappingProxyType(
    {
        ("convolution",): _convolution,
        ("mm",): _product,
        ("addmm",): _product_with_bias,
        ("linear",): _linear,
        (
            "native_batch_norm",
            "_native_batch_norm_legit_no_training",
            "cudnn_batch_norm",
            "miopen_batch_norm",
        ): _batch_norm,
        (
            "max_pool2d_with_indices",
            "max_pool3d_with_indices",
            "avg_pool2d",
            "avg_pool3d",
            "_adaptive_avg_pool2d",
            "_adaptive_avg_pool3d",
            "adaptive_max_pool2d",
            "upsample_nearest2d",
            "upsample_bilinear2d",
            "upsample_bicubic2d",
        ): _windows,
        ("constant_pad_nd", "reflection_pad2d", "replication_pad2d"): _pad,
        ("mean", "sum", "amax", "amin"): _reduced,
        ("_softmax", "_log_softmax", "_safe_softmax"): _softmax,
        ("cat",): _joined,
        ("permute",): _permuted,
        ("transpose", "t"): _transposed,
        ("slice", "split", "split_with_sizes"): _sliced,
        ("view", "_unsafe_view", "reshape", "_reshape_alias", "squeeze", "unsqueeze"): _viewed,
        ("expand",): _expanded,
        ("detach", "alias", "clone", "_to_copy", "lift_fresh"): _copied,
        ("hardswish", "dropout"): lambda tracer, args, given, result: _pointwise(tracer, args[:1], given, result),
    }
)
OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {name: operator for names, operator in _BY_NAME.items() for name in names}
)
