"""Products with a weight: what each ties. The channels that it reads go with the weight's input axis, those that it
makes are the weight's output axis."""

from collections.abc import Mapping, Sequence
from typing import Any

from prunesweep.core.pruning.channel_tags import CHANNELS, ChannelTags, Tag
from prunesweep.core.pruning.ties import Places


def convolution(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """convolution(maps [B, C, …], weight, bias, stride, padding, dilation, transposed, output_padding, groups)."""
    maps, weight, bias, transposed, groups = args[0], args[1], args[2], args[6], args[8]
    tag = tags.tag_of(weight)
    if not tag.source or maps.dim() != weight.dim() or (transposed and groups > 1):
        return tags.unknown(args, given, result)
    reads, makes = (0, 1) if transposed else (1, 0)
    channels, out = tags.tag_of(maps).axes.get(CHANNELS), tag.axes[makes]
    if groups == 1:
        _read(tags, channels, tag, reads)
    else:
        _read_groups(tags, channels, tag, groups)
    tags.made.add((tag.source, tag.order[makes]))
    if bias is not None:
        tags.tie_to(out, tags.tag_of(bias).axes.get(0))
    return tags.tag(result, Tag({CHANNELS: out}))


def _read(tags: ChannelTags, channels: Places | None, weight: Tag, axis: int) -> None:
    """Follow a product with a weight, which reads channels along one of its axes."""
    tags.read.add((weight.source, weight.order[axis]))
    tags.tie_to(weight.axes[axis], channels)


def _read_groups(tags: ChannelTags, channels: Places | None, weight: Tag, groups: int) -> None:
    """Tie the channels of a grouped convolution: in each group the same go; a depthwise one loses whole groups."""
    outputs, inputs = weight.axes[0].reshape(groups, -1), weight.axes[1]
    if len(inputs) == 1:
        for column in outputs.T:
            tags.tie_to(column, channels)
        return
    tags.read.add((weight.source, weight.order[1]))
    for row in outputs[1:]:
        tags.ties.tie(outputs[0], row)
    for row in [None] if channels is None else channels.reshape(groups, -1):
        tags.tie_to(inputs, row)


def product(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """mm(left [n, k], right [k, m]), one of which is a weight."""
    left, right = tags.tag_of(args[0]), tags.tag_of(args[1])
    if bool(left.source) == bool(right.source):
        return tags.unknown(args, given, result)
    if right.source:
        weight, other, reads, read, makes = right, left, 0, 1, 1
    else:
        weight, other, reads, read, makes = left, right, 1, 0, 0
    if not {0, 1} <= weight.axes.keys():
        return tags.unknown(args, given, result)
    _read(tags, other.axes.get(read), weight, reads)
    tags.made.add((weight.source, weight.order[makes]))
    found = {makes: weight.axes[makes]} | {axis: places for axis, places in other.axes.items() if axis != read}
    return tags.tag(result, Tag(found))


def product_with_bias(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """addmm(bias [m], left, right)."""
    product(tags, args[1:3], given, result)
    out, bias = tags.tag_of(result).axes.get(1), tags.tag_of(args[0])
    if out is None or args[0].dim() != 1:
        tags.fix(args[0])
        tags.fix(result)
    else:
        tags.tie_to(out, bias.axes.get(0))


def linear(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """linear(rows [..., k], weight [m, k], bias [m]?)."""
    rows, weight = tags.tag_of(args[0]), tags.tag_of(args[1])
    if not weight.source or not {0, 1} <= weight.axes.keys():
        return tags.unknown(args, given, result)
    last = args[0].dim() - 1
    _read(tags, rows.axes.get(last), weight, 1)
    tags.made.add((weight.source, weight.order[0]))
    if len(args) > 2 and args[2] is not None:
        tags.tie_to(weight.axes[0], tags.tag_of(args[2]).axes.get(0))
    kept = {axis: places for axis, places in rows.axes.items() if axis != last}
    return tags.tag(result, Tag(kept | {result.dim() - 1: weight.axes[0]}))
