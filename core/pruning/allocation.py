"""Allocation: how a budget of kept weights is spread over the layers."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core.errors import StageError
from core.pruning.masks import Masks, kept_count


def over_all(scores: Mapping[str, Tensor], alive: Masks, sparsity: float) -> dict[str, Tensor]:
    """One ranking over all layers: the highest scores of the whole network stay.

    Exactly `kept_count(all weights, sparsity)` stay, chosen among those alive in the masks given (none given = all
    alive), so masks nest. Equal scores: the weight that comes first (layer order, then flat index) stays.

    Raises:
        StageError: a score that is not finite, or fewer weights alive than are to be kept.
    """
    if not scores:
        raise StageError("there is nothing to prune")
    flat = torch.cat([score.flatten() for score in scores.values()]).float()
    if not bool(torch.isfinite(flat).all()):
        bad = next(name for name, score in scores.items() if not bool(torch.isfinite(score).all()))
        raise StageError(f"the weights of {bad!r} are not all finite numbers; they cannot be ranked")
    if alive:
        living = torch.cat([alive[name].flatten().to(flat.device) for name in scores])
        flat.masked_fill_(~living, -torch.inf)
    kept = kept_count(flat.numel(), sparsity)
    available = int((flat != -torch.inf).count_nonzero())
    if kept > available:
        raise StageError(f"sparsity {sparsity} keeps {kept:,} weights, but only {available:,} are left")
    chosen = top(flat, kept)
    parts = torch.split(chosen, [score.numel() for score in scores.values()])
    return {name: part.view(score.shape).clone() for (name, score), part in zip(scores.items(), parts, strict=True)}


def top(values: Tensor, count: int) -> Tensor:
    """Bool mask of the `count` highest of a flat float tensor without NaN; among equals the lowest index wins."""
    if count == 0:
        return torch.zeros_like(values, dtype=torch.bool)
    # Selection, not sorting: linear in the number of weights, and exact beyond 2^24 of them.
    threshold = values.kthvalue(values.numel() - count + 1).values
    chosen = values > threshold
    ties = (values == threshold).nonzero().flatten()
    chosen[ties[: count - int(chosen.count_nonzero())]] = True
    return chosen
