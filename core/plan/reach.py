"""What the layers of a network let an allocation reach; asked before anything is submitted."""

import math
from collections.abc import Collection
from math import prod

from prunesweep.core.errors import UserError
from prunesweep.core.plan.algorithms import OF_CHANNELS, Algorithm
from prunesweep.core.plan.channel_reach import ChannelGroups, most_removable
from prunesweep.core.plan.layer_rules import LayerRule, LayerShare, counted_layers
from prunesweep.core.plan.patterns import Pattern
from prunesweep.core.plan.shapes import Shapes

_AS_ASKED = 0.95
"""Part of its sparsity that a pattern reaches without a word: most networks have a first layer that cannot have it."""


def check_pattern(name: str, pattern: Pattern, rounds: int, shapes: Shapes | None, ruled: Collection[str]) -> None:
    """Raise UserError where an N:M pattern is to be reached in steps, or no layer can have it.

    Args:
        name: of the algorithm.
        shapes: None = not known.
        ruled: layers that keep every weight.
    """
    if rounds > 1:
        fix = f"keeps {pattern.keep} of every {pattern.of} from the first round on; give --rounds 1"
        raise UserError("algorithm", name, f'{fix}, or schedule = "oneshot"')
    if shapes is not None and not any(pattern.covers(shapes[layer]) for layer in shapes if layer not in ruled):
        what = f"no layer without a rule has inputs that {pattern.of} divides, so nothing would be pruned"
        raise UserError("algorithm", name, f"{what}; choose another pattern, another width or other layer rules")


def pattern_note(name: str, pattern: Pattern, shapes: Shapes, rules: Collection[LayerRule]) -> str:
    """Return what an N:M pattern comes to where many layers cannot have it; "" where it is as good as asked.

    Args:
        name: of the algorithm.
        rules: resolved ones.
    """
    counted = counted_layers(shapes, rules)
    ruled = {rule.pattern for rule in rules}
    fit = [layer for layer in counted if layer not in ruled and pattern.covers(shapes[layer])]
    reached = pattern.sparsity * sum(prod(shapes[layer]) for layer in fit) / sum(prod(shapes[one]) for one in counted)
    if reached >= _AS_ASKED * pattern.sparsity:
        return ""
    layers = f"{len(fit)} of {len(counted)} layers (without a rule, with inputs that {pattern.of} divides)"
    return f"{name}: only {layers} can have the pattern, so {100 * reached:.3g}% goes, not {100 * pattern.sparsity:g}%"


def check_channels(
    algorithm: Algorithm, sparsity: float, shapes: Shapes, groups: ChannelGroups, share: LayerShare
) -> None:
    """Raise UserError where whole channels cannot make up a sparsity.

    Args:
        sparsity: the highest of the rounds.
        share: what the rules leave at that sparsity.
    """
    normed = algorithm.score in OF_CHANNELS
    most = most_removable(shapes, groups, share.fixed, normed=normed)
    if not most:
        if normed and most_removable(shapes, groups, share.fixed, normed=False):
            what = "no batch-norm scales channels that can be taken out"
            raise UserError("algorithm", algorithm.name, f"{what}; choose another score, e.g. magnitude")
        what = "no layer has channels that can be taken out with all that belongs to them"
        fix = "choose one that prunes single weights, e.g. oneshot, or fewer layer rules"
        raise UserError("algorithm", algorithm.name, f"{what}; {fix}")
    if sum(prod(shapes[name]) for name in share.free) - share.kept > most:
        highest = math.floor(10_000 * most / share.counted) / 100
        fix = f"{algorithm.name} leaves each layer a channel, so at most {highest:g}% can go; ask for that or less"
        raise UserError("sparsity", f"{100 * sparsity:g}% of {share.counted:,} counted weights", fix)
