"""Allocation: how a budget of kept weights is spread over the layers.

Each takes scores (weight name → float tensor), the masks of the round before (empty = all alive), the sparsity to reach
and a context (output positions, costs; most ask nothing of it), and gives new masks that are subsets of the old ones
and keep exactly `kept_count` weights in all (patterns and those of channels have budgets of their own). Equal
scores: the weight that comes first (layer order, then flat index) stays.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

import torch
from torch import Tensor

from prunesweep.core.errors import WrongPlan
from prunesweep.core.plan.patterns import Pattern, read_pattern
from prunesweep.core.pruning.channels import channels, channels_uniform
from prunesweep.core.pruning.context import PLAIN, AllocationContext
from prunesweep.core.pruning.floors import floors, guarded
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.pruning.ranking import Scores, Sparsity, as_masks, living_count, parts_of, ranked, top
from prunesweep.core.pruning.speed import flops, latency

_ROUNDED = 1e-6
"""Sparsities are written with six decimals."""

Allocation = Callable[[Scores, Masks, Sparsity, AllocationContext], dict[str, Tensor]]


def over_all(scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN) -> dict[str, Tensor]:
    """Keep the highest scores of the whole network: one ranking over all layers.

    Raises:
        StageError: a score that is not finite, or fewer weights alive than are to be kept.
    """
    flat, kept = ranked(scores, alive, sparsity)
    return as_masks(top(flat, kept), scores)


def uniform(scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN) -> dict[str, Tensor]:
    """Return the same sparsity in every layer, to the nearest weight."""
    return _by_layer(scores, alive, sparsity, {name: Fraction(score.numel()) for name, score in scores.items()})


def rows(scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN) -> dict[str, Tensor]:
    """Return the same sparsity in every row of every layer, to the nearest weight: weights are compared with those of
    their own output only (Sun et al. 2023, arXiv:2306.11695, section 3). Of a transposed convolution, whose weights
    begin with their inputs, a row is an input."""
    flat, kept = ranked(scores, alive, sparsity)
    parts = {name: part.view(len(scores[name]), -1) for name, part in zip(scores, parts_of(flat, scores), strict=True)}
    living = {name: (part != -torch.inf).sum(dim=1).tolist() for name, part in parts.items()}
    room = {f"{name}/{row}": count for name, counts in living.items() for row, count in enumerate(counts)}
    shares = {f"{name}/{row}": Fraction(part.shape[1]) for name, part in parts.items() for row in range(len(part))}
    counts = iter(apportion(shares, room, kept).values())
    masks = {}
    for name, part in parts.items():
        wanted = torch.tensor([next(counts) for _ in range(len(part))], device=part.device)
        order = part.argsort(dim=1, descending=True, stable=True)
        best = torch.arange(part.shape[1], device=part.device) < wanted[:, None]
        masks[name] = torch.zeros_like(best).scatter_(1, order, best).view(scores[name].shape)
    return masks


def erk(scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN) -> dict[str, Tensor]:
    """Erdős–Rényi kernel: a layer's density is in proportion to (inputs + outputs + kernel height + width) / (their
    product), at most 1 (Mocanu et al. 2018; Evci et al. 2020, arXiv:1911.11134, section 3 (1))."""
    return _by_layer(scores, alive, sparsity, {name: Fraction(sum(score.shape)) for name, score in scores.items()})


def over_all_with_floor(
    scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN
) -> dict[str, Tensor]:
    """Allocate as `over_all`, but no layer falls below a tenth of the network's density, nor to nothing while there is
    budget: the guard against layer collapse (described by Tanaka et al. 2020, arXiv:2006.05467, section 3)."""
    flat, kept = ranked(scores, alive, sparsity)
    return as_masks(top(flat.masked_fill(guarded(scores, flat, floors(scores, flat, kept)), torch.inf), kept), scores)


def lamp(scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN) -> dict[str, Tensor]:
    """Allocate as `over_all`, by score² / (sum of the squares of the layer's scores that are not smaller): a ranking
    across layers without hyper-parameters (Lee et al. 2021, arXiv:2010.07611, eq. 4)."""
    ranked = {}
    for name, score in scores.items():
        squares = score.flatten().double().square()
        if name in alive:
            squares = squares.masked_fill(~alive[name].flatten().to(squares.device), 0.0)
        order = squares.argsort(descending=True, stable=True)
        falling = squares[order]
        ratio = torch.empty_like(squares)
        ratio[order] = torch.where(falling > 0, falling / falling.cumsum(0), 0.0)
        ranked[name] = ratio.view(score.shape)
    return over_all(ranked, alive, sparsity)


def in_pattern(pattern: Pattern) -> Allocation:
    """Return the allocation that keeps N of every M; see `by_pattern`."""

    def allocate(scores: Scores, alive: Masks, sparsity: Sparsity, _: AllocationContext = PLAIN) -> dict[str, Tensor]:
        return by_pattern(pattern, scores, alive, sparsity)

    return allocate


def by_pattern(pattern: Pattern, scores: Scores, alive: Masks, sparsity: Sparsity) -> dict[str, Tensor]:
    """Keep the N highest of every M neighbours along the inputs; 2:4 is the pattern that sparse tensor cores compute at
    twice the rate (Mishra et al. 2021, arXiv:2104.08378; N:M: Zhou et al. 2021, arXiv:2102.04010). Layers whose inputs
    M does not divide stay dense, so the network's sparsity is 1 − N/M or a little less.

    Raises:
        StageError: another sparsity, or no layer can have the pattern.
    """
    if abs(float(sparsity) - pattern.sparsity) > _ROUNDED:
        what = f"{pattern} keeps {pattern.keep / pattern.of:.4g} of the weights, not {1 - float(sparsity):.4g} of them"
        raise WrongPlan(what, f"choose sparsity {100 * pattern.sparsity:g}")
    if not any(pattern.covers(tuple(score.shape)) for score in scores.values()):
        what = f"no layer has inputs that {pattern.of} divides, so {pattern} would prune nothing"
        raise WrongPlan(what, "choose another pattern, another width or other layer rules")
    masks = {}
    for name, score in scores.items():
        living = alive[name].to(score.device) if name in alive else torch.ones_like(score, dtype=torch.bool)
        if not pattern.covers(tuple(score.shape)):
            masks[name] = living
            continue
        # Inputs last, as the kernels see them: [out, in, h, w] → [out, h, w, in].
        ranked = score.float().masked_fill(~living, -torch.inf).movedim(1, -1)
        groups = ranked.reshape(-1, pattern.of)
        best = groups.argsort(dim=1, descending=True, stable=True)[:, : pattern.keep]
        chosen = torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, value=True)
        masks[name] = chosen.view(ranked.shape).movedim(-1, 1).contiguous() & living
    return masks


def apportion(weights: Mapping[str, Fraction], room: Mapping[str, int], total: int) -> dict[str, int]:
    """Share `total` whole units in proportion to `weights`, none above its room, in exact arithmetic: what overflows is
    spread over the others, the largest remainders get the last units, among equals the first one.

    Raises:
        StageError: more units than room.
    """
    if total > sum(room.values()):
        what = f"{total:,} weights are to be kept, but only {sum(room.values()):,} are left"
        raise WrongPlan(what, "choose higher sparsities")
    full: set[str] = set()
    while True:
        left = total - sum(room[name] for name in full)
        share = sum((weights[name] for name in weights if name not in full), Fraction(0))
        quota = {name: weights[name] * left / share for name in weights if name not in full} if share else {}
        over = {name for name, amount in quota.items() if amount > room[name]}
        if not over:
            break
        full |= over
    counts = {name: room[name] if name in full else int(quota.get(name, 0)) for name in weights}
    open_ = sorted(quota, key=lambda name: int(quota[name]) - quota[name])  # stable: largest remainder first
    missing = total - sum(counts.values())
    while missing:
        # More than one turn only where units met a layer without room for them.
        for name in open_:
            if missing and counts[name] < room[name]:
                counts[name] += 1
                missing -= 1
    return counts


ALLOCATIONS: Mapping[str, Allocation] = MappingProxyType(
    {
        "global": over_all,
        "global-floor": over_all_with_floor,
        "uniform": uniform,
        "uniform-all": uniform,
        "rows": rows,
        "erk": erk,
        "lamp": lamp,
        "flops": flops,
        "latency": latency,
        "2:4": in_pattern(Pattern(2, 4)),
        "channels": channels,
        "channels-uniform": channels_uniform,
    }
)


def allocation_named(name: str) -> Allocation:
    """Return the allocation of that name, any N:M pattern too.

    Raises:
        KeyError: there is none.
    """
    pattern = read_pattern(name)
    return ALLOCATIONS[name] if pattern is None else in_pattern(pattern)


def _by_layer(scores: Scores, alive: Masks, sparsity: Sparsity, weights: Mapping[str, Fraction]) -> dict[str, Tensor]:
    """Keep the best of each layer by itself; how many follows from `weights`, never more than are alive."""
    flat, kept = ranked(scores, alive, sparsity)
    parts = dict(zip(scores, parts_of(flat, scores), strict=True))
    room = {name: living_count(part) for name, part in parts.items()}
    counts = apportion(weights, room, kept)
    return {name: top(parts[name], counts[name]).view(score.shape) for name, score in scores.items()}
