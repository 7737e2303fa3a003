"""Choosing the highest of many scores, exactly."""

from collections.abc import Mapping
from fractions import Fraction

import torch
from torch import Tensor

from prunesweep.core.errors import WrongPlan
from prunesweep.core.pruning.masks import Masks, kept_count

Scores = Mapping[str, Tensor]
Sparsity = float | Fraction
"""A decimal number that somebody asked for, or an exact fraction."""


def top(values: Tensor, count: int) -> Tensor:
    """Return bool mask of the `count` highest of a flat float tensor without NaN; among equals the lowest index
    wins."""
    if count == 0:
        return torch.zeros_like(values, dtype=torch.bool)
    # Selection, not sorting: linear in the number of weights, and exact beyond 2^24 of them. On a GPU `kthvalue` is a
    # single block of threads; `topk` selects with all of them.
    threshold = by_topk(values, count) if values.is_cuda else by_kthvalue(values, count)
    chosen = values > threshold
    ties = (values == threshold).nonzero().flatten()
    chosen[ties[: count - int(chosen.count_nonzero())]] = True
    return chosen


def by_kthvalue(values: Tensor, count: int) -> Tensor:
    """Return the lowest of the `count` highest values."""
    return values.kthvalue(values.numel() - count + 1).values


def by_topk(values: Tensor, count: int) -> Tensor:
    """Select as `by_kthvalue`, from whichever end is nearer."""
    below = values.numel() - count + 1
    if count <= below:
        return values.topk(count, sorted=False).values.amin()
    return values.topk(below, largest=False, sorted=False).values.amax()


def ranked(scores: Scores, alive: Masks, sparsity: Sparsity) -> tuple[Tensor, int]:
    """Return all scores in one flat tensor, −inf where dead, and how many are to be kept.

    Raises:
        StageError: no scores, a score that is not finite, or fewer weights alive than are to be kept.
    """
    if not scores:
        raise WrongPlan("there is nothing to prune", "choose another network")
    flat = torch.cat([score.flatten() for score in scores.values()])
    if not flat.is_floating_point() or flat.dtype in (torch.float16, torch.bfloat16):
        flat = flat.float()
    if not bool(torch.isfinite(flat).all()):
        bad = next(name for name, score in scores.items() if not bool(torch.isfinite(score).all()))
        what = f"the weights of {bad!r} are not all finite numbers; they cannot be ranked"
        raise WrongPlan(what, "lower the learning rate in a recipe of your own")
    if alive:
        living = torch.cat([alive[name].flatten().to(flat.device) for name in scores])
        flat.masked_fill_(~living, -torch.inf)
    kept = kept_count(flat.numel(), sparsity)
    available = living_count(flat)
    if kept > available:
        what = f"sparsity {sparsity} keeps {kept:,} weights, but only {available:,} are left"
        raise WrongPlan(what, "choose higher sparsities")
    return flat, kept


def parts_of(flat: Tensor, scores: Scores) -> tuple[Tensor, ...]:
    """Return views of a flat tensor, one for each layer."""
    return torch.split(flat, [score.numel() for score in scores.values()])


def as_masks(chosen: Tensor, scores: Scores) -> dict[str, Tensor]:
    """Return a flat bool tensor as masks in the shapes of the scores, each with memory of its own."""
    parts = zip(scores.items(), parts_of(chosen, scores), strict=True)
    return {name: part.view(score.shape).clone() for (name, score), part in parts}


def living_count(values: Tensor) -> int:
    """Return how many are not −inf."""
    return int((values != -torch.inf).count_nonzero())
