"""Allocations that take out whole channels, each with all its weights, so that a smaller dense network is left."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from prunesweep.core.errors import WrongPlan
from prunesweep.core.pruning.channel_groups import Channel, ChannelGroup
from prunesweep.core.pruning.context import AllocationContext
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.pruning.ranking import Scores, Sparsity, ranked
from prunesweep.core.pruning.ties import Axis

_Sums = Mapping[Axis, Sequence[float]]
"""Of the weights at each index of an axis."""


@dataclass(frozen=True)
class _RankedChannel:
    """A channel with weights left.

    Attributes:
        worth: of its weights, a mean.
        share: of the group's channels that are gone once it is, where the group's least worth ones go first.
    """

    channel: Channel
    worth: float
    share: Fraction


def channels(scores: Scores, alive: Masks, sparsity: Sparsity, context: AllocationContext) -> dict[str, Tensor]:
    """Take out the channels of the least worth, in one ranking over all layers, as long as no more weights go than
    `sparsity` says; every layer keeps one channel.

    A channel is worth the mean score of the weights that go with it. Of magnitudes it is the mean square, over the mean
    of its layer's channels: magnitudes of different layers say little beside each other (Fang et al. 2023,
    arXiv:2301.12900, section 3.3: the sum of squares over the group, normalised by layer). Scores by gradients are
    changes of the loss, which need no such thing (Molchanov et al. 2019, arXiv:1906.10771). By batch-norms a channel is
    worth the mean |γ| of its own, over all layers alike (Liu et al. 2017, arXiv:1708.06519, section 3.4).

    Raises:
        StageError: a score that is not finite, a network without such channels, or one whose channels cannot make up
            the sparsity.
    """
    return _take_out(scores, alive, sparsity, context, lambda one: one.worth)


def channels_uniform(scores: Scores, alive: Masks, sparsity: Sparsity, context: AllocationContext) -> dict[str, Tensor]:
    """Choose as `channels`, but the same share of every layer's channels goes, to the nearest channel (Li et al. 2017,
    arXiv:1608.08710, section 4, prune stages by equal shares)."""
    return _take_out(scores, alive, sparsity, context, lambda one: one.share)


def _take_out(
    scores: Scores,
    alive: Masks,
    sparsity: Sparsity,
    context: AllocationContext,
    key: Callable[[_RankedChannel], float | Fraction],
) -> dict[str, Tensor]:
    """Return masks without the channels of the lowest keys; among equals the last one goes first."""
    kept = ranked(scores, alive, sparsity)[1]
    groups = context.coupling().within(scores)
    if not groups:
        what = "no layer of this network has channels that can be taken out with all that belongs to them"
        raise WrongPlan(what, "choose an allocation without channels, e.g. global, or fewer layer rules")
    order = _order(groups, scores, alive, context)
    numbered = sorted(enumerate(order), key=lambda pair: (key(pair[1]), -pair[0]))
    left = {name: _over_kernel(torch.ones_like(score), alive.get(name)) for name, score in scores.items()}
    may_go = sum(int(one.sum()) for one in left.values()) - kept
    gone: list[Channel] = []
    for _, one in numbered:
        weights = _take(one.channel, left)
        if weights > may_go:
            break
        may_go -= weights
        gone.append(one.channel)
    else:
        if may_go:
            total = sum(score.numel() for score in scores.values())
            most = math.floor(10_000 * (1 - (kept + may_go) / total)) / 100
            what = f"whole channels make up at most {most:g}% of the {total:,} weights of the layers without rules"
            raise WrongPlan(f"{what}: each keeps a channel", "ask for a lower sparsity")
    return _without(scores, alive, gone)


def _order(
    groups: Iterable[ChannelGroup], scores: Scores, alive: Masks, context: AllocationContext
) -> list[_RankedChannel]:
    """Return the channels that have weights left and may go: of each group all but the one of the most worth."""
    squared = {name: score.double().square() if context.relative else score for name, score in scores.items()}
    worth = _along({name: _over_kernel(score, alive.get(name)) for name, score in squared.items()})
    counts = _along({name: _over_kernel(torch.ones_like(score), alive.get(name)) for name, score in scores.items()})
    if context.marks is not None:
        groups, worth, per = _marked(groups, context.marks)
    else:
        per = counts
    return [one for group in groups for one in _ranked_group(group, worth, per, counts, context.relative)]


def _marked(
    groups: Iterable[ChannelGroup], marks: Mapping[str, Tensor]
) -> tuple[tuple[ChannelGroup, ...], _Sums, _Sums]:
    """Return the groups' channels that have marks, the marks, and ones beside them to count by.

    Raises:
        StageError: no channel has any, or one that is not finite.
    """
    values = {(name, 0): mark.double().tolist() for name, mark in marks.items()}
    if not all(math.isfinite(value) for each in values.values() for value in each):
        what = "the factors of batch-norms are not all finite numbers"
        raise WrongPlan(what, "lower the learning rate in a recipe of your own")
    found = []
    for group in groups:
        marked = tuple(one for one in group.channels if any((place.name, place.axis) in values for place in one))
        if marked:
            found.append(ChannelGroup(group.makers, marked))
    if not found:
        what = "no batch-norm scales channels that can be taken out"
        raise WrongPlan(what, "choose another score, e.g. magnitude")
    return tuple(found), values, {axis: [1.0] * len(each) for axis, each in values.items()}


def _ranked_group(group: ChannelGroup, worth: _Sums, per: _Sums, counts: _Sums, relative: bool) -> list[_RankedChannel]:
    """worth, per: a channel is worth its sum of the one over its sum of the other. counts: of weights."""
    living = [
        (channel, _total(channel, worth) / _total(channel, per))
        for channel in group.channels
        if _total(channel, counts)
    ]
    mean = sum(value for _, value in living) / len(living) if living and relative else 1.0
    rising = sorted(range(len(living)), key=lambda place: (living[place][1], -place))
    dead = len(group.channels) - len(living)
    ranks = {place: rank for rank, place in enumerate(rising[:-1], dead + 1)}
    return [
        _RankedChannel(channel, value / (mean or 1.0), Fraction(ranks[place], len(group.channels)))
        for place, (channel, value) in enumerate(living)
        if place in ranks
    ]


def _over_kernel(values: Tensor, mask: Tensor | None) -> NDArray[np.float64]:
    """Return sums [outputs, inputs] over what the mask leaves, float64: exact for counts."""
    there = values if mask is None else values.masked_fill(~mask.to(values.device), 0)
    table: NDArray[np.float64] = there.detach().double().cpu().reshape(*values.shape[:2], -1).numpy().sum(axis=2)
    return table


def _along(tables: Mapping[str, NDArray[np.float64]]) -> _Sums:
    """Return sums at each index of the first two axes."""
    return {(name, axis): table.sum(axis=1 - axis).tolist() for name, table in tables.items() for axis in (0, 1)}


def _total(channel: Channel, sums: _Sums) -> float:
    return math.fsum(sums[place.name, place.axis][place.index] for place in channel if (place.name, place.axis) in sums)


def _take(channel: Channel, left: Mapping[str, NDArray[np.float64]]) -> int:
    """Set the channel's weights to none; return how many there were left."""
    found = 0
    for place in channel:
        if place.name in left:
            part = left[place.name][place.index] if place.axis == 0 else left[place.name][:, place.index]
            found += int(part.sum())
            part[...] = 0
    return found


def _without(scores: Scores, alive: Masks, gone: Iterable[Channel]) -> dict[str, Tensor]:
    masks = {
        name: (alive[name].to(score.device) if name in alive else torch.ones_like(score, dtype=torch.bool)).clone()
        for name, score in scores.items()
    }
    indices: dict[Axis, list[int]] = defaultdict(list)
    for channel in gone:
        for place in channel:
            if place.name in masks:
                indices[place.name, place.axis].append(place.index)
    for (name, axis), which in indices.items():
        masks[name].index_fill_(axis, torch.tensor(which, device=masks[name].device), value=False)
    return masks
