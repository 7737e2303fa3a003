"""Pruning that corrects what stays: SparseGPT (Frantar & Alistarh 2023, arXiv:2301.00774).

A layer's outputs W · X change least when the weights that stay make up for those that go, by the inverse of H = X Xᵀ
(Optimal Brain Surgeon, Hassibi & Stork 1992; for layers: Frantar & Alistarh 2022, arXiv:2208.11580).
"""

from collections.abc import Callable
from fractions import Fraction

import torch
from torch import Tensor

from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.patterns import Pattern, read_pattern
from prunesweep.core.pruning.allocation import apportion, by_pattern, rows
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.corrections import Layer, Pruned, layer_by_layer
from prunesweep.core.pruning.hessians import idle, inverse_factor
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.pruning.ranking import top
from prunesweep.core.pruning.subject import Subject

BLOCK = 128
"""Columns whose masks are chosen at a time, as published (section 3.3)."""

Choose = Callable[[Tensor, Tensor, int], Tensor]
"""From the scores [G · R, B] of a block's columns, which of them are alive, and how many stay, to a mask [G · R, B]."""


def correct(subject: Subject, masks: Masks, allocation: str) -> Pruned:
    """Prune layer by layer, in the order in which the network uses them, each by what reaches it through the pruned
    ones before, as SparseGPT does; layers that lose nothing stay as they are.

    Which weights of a layer stay is chosen again while its columns are corrected from left to right, in blocks
    (section 3.3): the same share of each block, or the allocation's pattern where it has one.

    Args:
        masks: what the allocation chose by `obs_saliency`; each layer keeps as many weights as there.
    """

    def solved(layer: Layer) -> tuple[Tensor, Tensor]:
        how = pattern_of(allocation, layer.form)
        return solve(layer.weight, layer.hessian, layer.alive, layer.kept, *how)

    return layer_by_layer(subject, masks, solved, onwards=True)


def solve(
    weight: Tensor, hessian: Tensor, alive: Tensor, kept: Tensor, choose: Choose | None, block: int = BLOCK
) -> tuple[Tensor, Tensor]:
    """Return the mask and the values of one layer: algorithm 1 of the paper, over all groups at once.

    Args:
        weight: float64 [G, R, C], 0 where dead.
        hessian: X Xᵀ, [G, C, C].
        alive, kept: bool [G, R, C]: what may stay, and how much of it: the count of `kept`; without `choose` these
            very weights.
        choose: which of a block's weights stay.
        block: columns for which it is asked at a time.
    """
    _, outputs, columns = weight.shape
    factor = inverse_factor(hessian)
    diagonal = factor.diagonal(dim1=1, dim2=2)
    unused = idle(hessian)
    values, mask = weight.clone(), kept.clone()
    counts = _counts(alive, int(kept.count_nonzero()), block)
    for number, begin in enumerate(range(0, columns, block)):
        here = slice(begin, min(begin + block, columns))
        if choose is not None:
            scores = (values[..., here] / diagonal[:, None, here]).square().masked_fill(unused[:, None, here], 0.0)
            flat = (-1, scores.shape[-1])
            chosen = choose(scores.reshape(flat), alive[..., here].reshape(flat), counts[number])
            mask[..., here] = chosen.view(scores.shape)
        errors = values.new_empty((len(weight), outputs, here.stop - begin))
        for column in range(begin, here.stop):
            lost = values[..., column].masked_fill(mask[..., column], 0.0) / diagonal[:, None, column]
            errors[..., column - begin] = lost
            values[..., column : here.stop] -= lost[..., None] * factor[:, None, column, column : here.stop]
        values[..., here.stop :] -= errors @ factor[:, here, here.stop :]
    return mask, values.masked_fill(~mask, 0.0)


def _counts(alive: Tensor, kept: int, block: int) -> list[int]:
    """Return how many weights each block of columns keeps: the same share of each, to the nearest weight."""
    sizes = [(str(number), part) for number, part in enumerate(torch.split(alive, block, dim=-1))]
    shares = {number: Fraction(part.numel()) for number, part in sizes}
    room = {number: int(part.count_nonzero()) for number, part in sizes}
    return list(apportion(shares, room, kept).values())


def pattern_of(allocation: str, form: MatrixForm) -> tuple[Choose | None, int]:
    """Return how an allocation chooses within a layer, and among how many columns at a time."""
    if allocation in CHANNELS:  # which channels go is decided for layers together
        return None, BLOCK
    if pattern := read_pattern(allocation):
        # Groups lie along the inputs, which of a transposed convolution are its outputs: as they were chosen.
        return (None, BLOCK) if form.transposed else (_within(pattern), pattern.of)
    if allocation == "rows":
        return (None, BLOCK) if form.transposed else (_rows, BLOCK)
    return _best, BLOCK


def _best(scores: Tensor, alive: Tensor, kept: int) -> Tensor:
    return top(scores.masked_fill(~alive, -torch.inf).flatten(), kept).view(scores.shape)


def _within(pattern: Pattern) -> Choose:
    def choose(scores: Tensor, alive: Tensor, kept: int) -> Tensor:
        del kept
        return by_pattern(pattern, {"": scores}, {"": alive}, pattern.sparsity)[""]

    return choose


def _rows(scores: Tensor, alive: Tensor, kept: int) -> Tensor:
    return rows({"": scores}, {"": alive}, Fraction(scores.numel() - kept, scores.numel()))[""]
