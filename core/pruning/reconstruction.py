"""Pruning that corrects what stays: SparseGPT (Frantar & Alistarh 2023, arXiv:2301.00774).

A layer's outputs W · X change least when the weights that stay make up for those that go, by the inverse of H = X Xᵀ
(Optimal Brain Surgeon, Hassibi & Stork 1992; for layers: Frantar & Alistarh 2022, arXiv:2208.11580).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

import torch
from torch import Tensor

from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.patterns import Pattern, read_pattern
from prunesweep.core.pruning.activations import Activations, moments
from prunesweep.core.pruning.allocation import apportion, by_pattern, rows
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.pruning.ranking import top
from prunesweep.core.pruning.subject import Subject

BLOCK = 128
"""Columns whose masks are chosen at a time, as published (section 3.3)."""
DAMPING = 0.01
"""Of the mean of H's diagonal, added to it (as published: `percdamp`)."""


@dataclass(frozen=True)
class Pruned:
    """What a pruning left.

    Attributes:
        masks: of all prunable weights, True = alive.
        weights: new values of the layers that were corrected, 0 where masked; {} for a score that corrects none.
    """

    masks: dict[str, Tensor]
    weights: Mapping[str, Tensor] = field(default_factory=dict)


Choose = Callable[[Tensor, Tensor, int], Tensor]
"""From the scores [G · R, B] of a block's columns, which of them are alive, and how many stay, to a mask [G · R, B]."""


def obs_saliency(subject: Subject) -> dict[str, Tensor]:
    """w² / [H⁻¹]ⱼⱼ: how much the squares of a layer's outputs change, summed over the images, when a weight goes and
    the others of its row make up for it (Optimal Brain Surgeon). H is of the network as it is; 0 for a weight that no
    image meets."""
    activations = Activations(subject)
    found = activations.collect(moments)
    scores = {}
    for name, weight in activations.weights.items():
        if name not in found:
            scores[name] = torch.zeros_like(weight)
            continue
        form, hessian = found[name].form, found.pop(name).sums
        inverse = _inverse_factor(hessian).square().sum(dim=1)  # the diagonal of UᵀU
        saliency = form.matrix(weight.detach()).double().square() / inverse[:, None]
        saliency.masked_fill_(_idle(hessian)[:, None], 0.0)
        scores[name] = form.weight(saliency, weight.shape)
    return scores


def correct(subject: Subject, masks: Masks, allocation: str) -> Pruned:
    """Prune layer by layer, in the order in which the network uses them, each by what reaches it through the pruned
    ones before, as SparseGPT does; layers that lose nothing stay as they are.

    Which weights of a layer stay is chosen anew while its columns are corrected from left to right, in blocks
    (section 3.3): the same share of each block, or the allocation's pattern where it has one.

    Args:
        masks: what the allocation chose by `obs_saliency`; each layer keeps as many weights as there.
    """
    activations = Activations(subject)
    kept: dict[str, Tensor] = dict(masks)
    weights: dict[str, Tensor] = {}
    for name in activations.order():
        weight = activations.weights[name].detach()
        alive = subject.masks.get(name)
        alive = torch.ones_like(weight, dtype=torch.bool) if alive is None else alive.to(weight.device)
        if torch.equal(masks[name].to(weight.device), alive):
            continue
        inputs = activations.collect(moments, [name])[name]
        as_matrix = inputs.form.matrix
        chosen, values = solve(
            as_matrix(weight).double(),
            inputs.sums,
            as_matrix(alive),
            as_matrix(masks[name].to(weight.device)),
            *_pattern(allocation, inputs.form),
        )
        kept[name] = inputs.form.weight(chosen, weight.shape)
        weights[name] = inputs.form.weight(values.to(weight.dtype), weight.shape)
        activations.replace(name, weights[name])
    return Pruned(kept, weights)


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
    factor = _inverse_factor(hessian)
    diagonal = factor.diagonal(dim1=1, dim2=2)
    idle = _idle(hessian)
    values, mask = weight.clone(), kept.clone()
    counts = _counts(alive, int(kept.count_nonzero()), block)
    for number, begin in enumerate(range(0, columns, block)):
        here = slice(begin, min(begin + block, columns))
        if choose is not None:
            scores = (values[..., here] / diagonal[:, None, here]).square().masked_fill(idle[:, None, here], 0.0)
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


def _pattern(allocation: str, form: MatrixForm) -> tuple[Choose | None, int]:
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


def _idle(hessian: Tensor) -> Tensor:
    """Return which inputs are always 0, [G, C]: their weights do nothing, and go first."""
    return hessian.diagonal(dim1=1, dim2=2) == 0


def _inverse_factor(hessian: Tensor) -> Tensor:
    """Return U of the damped H, upper triangular, H⁻¹ = Uᵀ U: row j, from j on, is that of the inverse of H without the
    inputs before j, by the root of its first element.

    With the inputs in reverse, H = M Mᵀ and U is the reverse of M⁻¹: H⁻¹ itself, which takes longest, is not needed.
    """
    lower = torch.linalg.cholesky(_damped(hessian).flip(1, 2))
    ones = torch.eye(lower.shape[-1], dtype=lower.dtype, device=lower.device).expand_as(lower)
    inverse: Tensor = torch.linalg.solve_triangular(lower, ones, upper=False)
    return inverse.flip(1, 2)


def _damped(hessian: Tensor) -> Tensor:
    """Return H in float64, positive definite: inputs that are always 0 get the mean of the others' squares, or 1."""
    damped = hessian.double()
    damped = damped.clone() if damped is hessian else damped
    diagonal, idle = damped.diagonal(dim1=1, dim2=2), _idle(hessian)
    mean = diagonal.sum(dim=1) / (~idle).sum(dim=1).clamp(min=1)
    mean = torch.where(mean > 0, mean, 1.0)[:, None]
    diagonal += torch.where(idle, mean, 0.0) + DAMPING * mean
    return damped


CORRECTIONS: Mapping[str, Callable[[Subject, Masks, str], Pruned]] = MappingProxyType({"sparsegpt": correct})
"""Scores that bring new values for the weights that stay: from the masks that an allocation chose by the score."""
