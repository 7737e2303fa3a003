"""The operators by which channels are followed, by torch's names for them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from torch import Tensor

from prunesweep.core.pruning.channel_layouts import (
    copied,
    expanded,
    joined,
    pad,
    permuted,
    sliced,
    transposed,
    viewed,
)
from prunesweep.core.pruning.channel_products import convolution, linear, product, product_with_bias
from prunesweep.core.pruning.channel_tags import CHANNELS, ChannelTags, Operator, Tag, tensors_of
from prunesweep.core.pruning.ties import Places


def pointwise(tags: ChannelTags, inputs: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
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
            places = tags.tag_of(one).axes.get(own)
            if one.shape[own] != out.shape[axis]:
                tags.fix(one, [own])  # one channel for all: it has to stay
            elif places is not None:
                whole.append(places)
            else:
                constant |= out.shape[axis] > 1
        for other in whole[1:]:
            tags.ties.tie(whole[0], other)
        if whole and constant:
            tags.ties.fix(whole[0])
        if whole:
            axes[axis] = whole[0]
    tags.tag(out, Tag(axes))


def _batch_norm(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    """Follow a batch-norm with stored statistics: each channel by itself."""
    axes = {axis: places for axis, places in tags.tag_of(args[0]).axes.items() if axis == CHANNELS}
    tags.fix(args[0], [axis for axis in tags.tag_of(args[0]).axes if axis != CHANNELS])
    for one in args[1:]:
        if isinstance(one, Tensor):
            own = tags.tag_of(one).axes.get(0)
            if own is not None:
                tags.tie_to(own, axes.get(CHANNELS))
            elif axes:
                tags.ties.fix(axes[CHANNELS])
    if args[3] is None:  # statistics of these very images: of maps that hold several images' channels, say
        tags.fix(args[0])
    tags.tag(tensors_of(result)[0], Tag(axes))


def _windows(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """Pooling and resizing: [B, C, …], each channel by itself."""
    maps, out = args[0], tensors_of(result)[0]
    tag = tags.tag_of(maps)
    if set(tag.axes) - {CHANNELS} or maps.dim() < 3 or out.shape[CHANNELS] != maps.shape[CHANNELS]:
        return tags.unknown(args, given, result)
    for one in tensors_of(result):
        tags.tag(one, Tag(tag.axes))
    return None


def _reduced(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """Follow a mean or a sum over axes; over channels it mixes them."""
    tag, dims = tags.tag_of(args[0]), args[0].dim()
    over = args[1] if len(args) > 1 else given.get("dim")
    over = [over] if isinstance(over, int) else over
    gone = {axis % dims for axis in over} if over else set(range(dims))
    tags.fix(args[0], sorted(gone))
    for one in tensors_of(result):
        keeps = one.dim() == dims
        kept = {axis if keeps else axis - sum(other < axis for other in gone): p for axis, p in tag.axes.items()
                if axis not in gone}  # fmt: skip
        tags.tag(one, Tag(kept))


def _softmax(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    tag, axis = tags.tag_of(args[0]), args[1] % args[0].dim()
    tags.fix(args[0], [axis])
    tags.tag(result, Tag({own: places for own, places in tag.axes.items() if own != axis}))


_BY_NAME: Mapping[tuple[str, ...], Operator] = MappingProxyType(
    {
        ("convolution",): convolution,
        ("mm",): product,
        ("addmm",): product_with_bias,
        ("linear",): linear,
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
        ("constant_pad_nd", "reflection_pad2d", "replication_pad2d"): pad,
        ("mean", "sum", "amax", "amin"): _reduced,
        ("_softmax", "_log_softmax", "_safe_softmax"): _softmax,
        ("cat",): joined,
        ("permute",): permuted,
        ("transpose", "t"): transposed,
        ("slice", "split", "split_with_sizes"): sliced,
        ("view", "_unsafe_view", "reshape", "_reshape_alias", "squeeze", "unsqueeze"): viewed,
        ("expand",): expanded,
        ("detach", "alias", "clone", "_to_copy", "lift_fresh"): copied,
        ("hardswish", "dropout"): lambda tags, args, given, result: pointwise(tags, args[:1], given, result),
    }
)
OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {name: operator for names, operator in _BY_NAME.items() for name in names}
)
