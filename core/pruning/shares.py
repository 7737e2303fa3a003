"""How many weights each layer keeps where rules or another network's masks say it; allocations spread the rest."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from torch import Tensor

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.plan.layer_rules import decode_rules, resolved, share
from prunesweep.core.pruning.allocation import Allocation
from prunesweep.core.pruning.context import AllocationContext
from prunesweep.core.pruning.masks import Masks, kept_count
from prunesweep.core.pruning.ranking import Scores, Sparsity, ranked, top


@dataclass(frozen=True)
class KeepTarget:
    """How many weights the layers keep.

    Attributes:
        fixed: name → weights that the layer keeps.
        sparsity: of the layers that are not fixed, together.
    """

    fixed: Mapping[str, int]
    sparsity: Sparsity


def target_of(weights: Mapping[str, Tensor], layers: str, sparsity: float, *, spread: bool) -> KeepTarget:
    """Return what a round's rules come to for a network.

    Args:
        layers: as a stage writes them.
        spread: False for an allocation with a budget of its own, which asks no count of the free layers.

    Raises:
        StageError: rules that fit no layer, contradict each other, or cannot reach the sparsity.
    """
    if not layers:
        return KeepTarget({}, sparsity)
    shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
    try:
        rules = resolved(decode_rules(layers), shapes, "this network")
        if not spread:
            return KeepTarget({rule.pattern: weights[rule.pattern].numel() for rule in rules}, sparsity)
        found = share(shapes, rules, sparsity)
    except UserError as error:
        raise StageError(str(error)) from None
    room = sum(weights[name].numel() for name in found.free)
    return KeepTarget(found.fixed, Fraction(room - found.kept, room))


def counts_in(masks: Masks, weights: Mapping[str, Tensor]) -> KeepTarget:
    """Return the target that keeps as many weights in each layer as these masks do.

    Raises:
        StageError: masks of another network, or none.
    """
    if {name: mask.shape for name, mask in masks.items()} != {name: weight.shape for name, weight in weights.items()}:
        raise StageError("the masks whose layer counts are to be taken are another network's")
    return KeepTarget({name: int(mask.count_nonzero()) for name, mask in masks.items()}, 0.0)


def on_the_way(target: KeepTarget, weights: Mapping[str, Tensor], masks: Masks, step: int, steps: int) -> KeepTarget:
    """Return where to be after `step` of `steps`: the same fraction of what is left each time, from `masks` on."""
    if step == steps:
        return target
    alive = {name: int(masks[name].count_nonzero()) if name in masks else w.numel() for name, w in weights.items()}
    sizes = {name: weight.numel() for name, weight in weights.items()}
    fixed = {}
    for name, count in target.fixed.items():
        reached = _reached(alive[name] / sizes[name], 1 - count / sizes[name], step, steps)
        fixed[name] = max(count, min(alive[name], kept_count(sizes[name], reached)))
    free = [name for name in sizes if name not in target.fixed]
    if not free:
        return KeepTarget(fixed, target.sparsity)
    start = sum(alive[name] for name in free) / sum(sizes[name] for name in free)
    return KeepTarget(fixed, _reached(start, float(target.sparsity), step, steps))


def choose(
    scores: Scores, masks: Masks, target: KeepTarget, allocation: Allocation, context: AllocationContext
) -> dict[str, Tensor]:
    """Return new masks: a fixed layer keeps the highest of its own, the others what the allocation gives them.

    Raises:
        StageError: as the allocation; or a fixed layer with fewer weights alive than it is to keep.
    """
    chosen: dict[str, Tensor] = {}
    for name, count in target.fixed.items():
        score = scores[name]
        alive = {name: masks[name]} if name in masks else {}
        flat, kept = ranked({name: score}, alive, Fraction(score.numel() - count, score.numel()))
        chosen[name] = top(flat, kept).view(score.shape)
    free = {name: score for name, score in scores.items() if name not in target.fixed}
    if free or not scores:  # which the allocation refuses
        alive = {name: masks[name] for name in free} if masks else {}
        chosen |= allocation(free, alive, target.sparsity, context)
    return {name: chosen[name] for name in scores}


def _reached(start: float, sparsity: float, step: int, steps: int) -> float:
    """Return sparsity after step k of n, from a fraction `start` that is alive."""
    return 1.0 - start * math.pow((1.0 - sparsity) / start, step / steps) if start else 1.0
