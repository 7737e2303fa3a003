"""Speed-aware allocations: a weight must be worth its time. Where the zeros sit decides how fast a network gets.

Both are this project's own compositions of known parts, and both start from `global`: no layer falls below a tenth of
the network's density, nor to nothing, unless `global` itself leaves it less.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from prunesweep.core.errors import StageError
from prunesweep.core.pruning.budget import BudgetLayers, cheapest_within
from prunesweep.core.pruning.context import AllocationContext
from prunesweep.core.pruning.floors import floors, guarded
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.pruning.ranking import Scores, Sparsity, as_masks, living_count, parts_of, ranked, top


def flops(scores: Scores, alive: Masks, sparsity: Sparsity, context: AllocationContext) -> dict[str, Tensor]:
    """Return one ranking over all layers by score² / pᵅ, where p, the output positions of the layer, is what one of its
    weights costs in multiply-adds, and α = `context.amount` in [0, 1]; 0 is `global`, bit for bit.

    With α = 1 it keeps the most Σ score² for the multiply-adds that it leaves: the Lagrangian of that knapsack (the
    greedy ratio rule, Dantzig 1957). A larger α never leaves more multiply-adds.

    Raises:
        StageError: as `global`.
    """
    flat, kept = ranked(scores, alive, sparsity)
    positions = context.positions()
    # score · p^(−α/2) ranks as score² / pᵅ does, and squares nothing that could overflow.
    parts = [
        part.double() * float(max(1, positions.get(name, 1))) ** (-context.amount / 2)
        for name, part in zip(scores, parts_of(flat, scores), strict=True)
    ]
    sure = guarded(scores, flat, _least(scores, flat, kept))
    return as_masks(top(torch.cat(parts).masked_fill(sure, torch.inf), kept), scores)


def latency(scores: Scores, alive: Masks, sparsity: Sparsity, context: AllocationContext) -> dict[str, Tensor]:
    """Return the most Σ score² that takes at most `context.amount` of the time that `global` would take at this
    sparsity.

    Time is modelled: Σ over layers of weights kept × nanoseconds a weight (`context.costs` at the layer's output
    positions), and of a layer that the engine may do dense no more than it takes so. A weight stays iff score² ≥ μ + λ
    · its cost: the Lagrangian of that budget (as HALP, Shen et al. 2022, arXiv:2110.10811, asks it of whole channels);
    in a layer that is worth more than its dense time it stays iff score² ≥ μ, as more weights cost nothing there. μ
    follows from the exact count, λ is the smallest found that keeps to the budget. Fraction 1: λ = 0, `global`. A
    budget that cannot be met with that count gets the fastest choice: the cheapest layers are filled first, λ → ∞.

    With several rounds each takes the fraction of what `global` would make of the round before.

    Raises:
        StageError: as `global`; or there are no costs.
    """
    if context.costs is None:
        raise StageError("latency needs costs, and the plan has none")
    flat, kept = ranked(scores, alive, sparsity)
    positions = context.positions()
    parts = parts_of(flat, scores)
    plain = [int(part.count_nonzero()) for part in parts_of(top(flat, kept), scores)]
    counts = plain
    if context.amount < 1:
        places = {name: max(1, positions.get(name, 1)) for name in scores}
        full = {name: context.costs.dense_at(places[name]) if name in context.tiled else math.inf for name in scores}
        layers = BudgetLayers(
            squares=tuple(_squares(part, float(flat.max())) for part in parts),
            costs=tuple(context.costs.at(places[name]) for name in scores),
            least=tuple(_least(scores, flat, kept)),
            most=tuple(full[name] * score.numel() for name, score in scores.items()),
        )
        counts = cheapest_within(layers, kept, layers.time(plain) * context.amount**context.part)
    chosen = [top(part, count) for part, count in zip(parts, counts, strict=True)]
    return as_masks(torch.cat(chosen), scores)


def _least(scores: Scores, flat: Tensor, kept: int) -> list[int]:
    """Return the floors, as far as `global` reaches them."""
    plain = parts_of(top(flat, kept), scores)
    return [min(low, int(part.count_nonzero())) for low, part in zip(floors(scores, flat, kept), plain, strict=True)]


def _squares(part: Tensor, largest: float) -> NDArray[np.float64]:
    """Return the squares of a layer's living scores as fractions of the largest score's, rising."""
    living = part[part != -torch.inf] if living_count(part) < part.numel() else part
    squares: NDArray[np.float64] = (living.double() / (largest or 1.0)).square().sort().values.cpu().numpy()
    return squares
