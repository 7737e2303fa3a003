"""Operators that move numbers without computing any: where the channels are afterwards."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from prunesweep.core.pruning.channel_tags import ChannelTags, Tag, tensors_of
from prunesweep.core.pruning.ties import Places


def copied(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    tags.tag(result, tags.tag_of(args[0]))


def pad(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    tag, before = tags.tag_of(args[0]), args[0]
    changed = [axis for axis in tag.axes if before.shape[axis] != result.shape[axis]]
    tags.fix(before, changed)
    tags.tag(result, Tag({axis: places for axis, places in tag.axes.items() if axis not in changed}))


def joined(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """cat(tensors, axis)."""
    parts = [one for one in args[0] if one.numel()]
    axis = (args[1] if len(args) > 1 else given.get("dim", 0)) % result.dim()
    axes: dict[int, Places] = {}
    for own in range(result.dim()):
        found = [tags.tag_of(one).axes.get(own) for one in parts]
        if own == axis:
            if any(places is not None for places in found):
                pairs = zip(found, parts, strict=True)
                fixed = [np.zeros(one.shape[own], np.int64) if places is None else places for places, one in pairs]
                axes[own] = np.concatenate(fixed)
            continue
        known = [places for places in found if places is not None]
        for places in known:
            tags.tie_to(known[0], places)
        if known and len(known) < len(parts):
            tags.ties.fix(known[0])
        if known:
            axes[own] = known[0]
    tags.tag(result, Tag(axes))


def permuted(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    _reorder(tags, args[0], [axis % args[0].dim() for axis in args[1]], result)


def transposed(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    """transpose(tensor, axis, axis), and t(tensor)."""
    order = list(range(args[0].dim()))
    if len(args) > 1 or len(order) > 1:
        one, other = (axis % len(order) for axis in args[1:3]) if len(args) > 1 else (0, 1)
        order[one], order[other] = order[other], order[one]
    _reorder(tags, args[0], order, result)


def _reorder(tags: ChannelTags, before: Tensor, order: Sequence[int], result: Tensor) -> None:
    tag = tags.tag_of(before)
    axes = {place: tag.axes[axis] for place, axis in enumerate(order) if axis in tag.axes}
    tags.tag(result, Tag(axes, tag.source, tuple(tag.order[axis] for axis in order) if tag.source else ()))


def sliced(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """slice, split and the like: what is cut by numbers of channels keeps them, as the numbers stay."""
    tag = tags.tag_of(args[0])
    parts = tensors_of(result)
    if any(one.dim() != args[0].dim() for one in parts):
        return tags.unknown(args, given, result)
    cut = [axis for axis in tag.axes if any(one.shape[axis] != args[0].shape[axis] for one in parts)]
    tags.fix(args[0], cut)
    for one in parts:
        tags.tag(one, Tag({axis: places for axis, places in tag.axes.items() if axis not in cut}))
    return None


def viewed(tags: ChannelTags, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
    """view, squeeze, unsqueeze: axes that stay, and channels that become one axis with their pixels."""
    tag, before, after = tags.tag_of(args[0]), tuple(args[0].shape), tuple(result.shape)
    if 0 in before:
        return tags.unknown(args, given, result)
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
    tags.fix(args[0], [axis for axis in tag.axes if axis not in done])
    return tags.tag(result, Tag(axes))


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


def expanded(tags: ChannelTags, args: Sequence[Any], _: Mapping[str, Any], result: Any) -> None:
    before, more = args[0], result.dim() - args[0].dim()
    tag = tags.tag_of(before)
    grown = [axis for axis in tag.axes if before.shape[axis] != result.shape[axis + more]]
    tags.fix(before, grown)
    tags.tag(result, Tag({axis + more: places for axis, places in tag.axes.items() if axis not in grown}))
