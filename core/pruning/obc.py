"""Optimal Brain Compression's exact pruning (ExactOBS; Frantar & Alistarh 2022, arXiv:2208.11580, section 4).

Of each row w of W, one weight after the other goes: that with the least w_p² / [H⁻¹]_pp, which is what the squares of
the outputs change by when all others make up for it, w − w_p / [H⁻¹]_pp · H⁻¹_:,p. Then p leaves H by a step of
Gaussian elimination, H⁻¹ − H⁻¹_:,p H⁻¹_p,: / [H⁻¹]_pp (lemma 1, algorithm 1). Rows do not touch each other, so the
order in which the layer's weights would go, one by one over all rows, follows from the rows' losses. Last, each row is
solved for the weights that stay: what the steps end on, without their rounding.

A row of C inputs takes about C³ operations. The steps of elimination are not carried out on H⁻¹ but kept, and a column
of it is worked out when its turn comes: the same numbers with a quarter of the memory traffic.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.patterns import read_pattern
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.corrections import Layer, Pruned, layer_by_layer
from prunesweep.core.pruning.hessians import damped, idle
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.pruning.ranking import top
from prunesweep.core.pruning.subject import Subject

_CPU_BYTES, _GPU_BYTES = 2**24, 2**30
"""Of the largest of the three or four arrays that some rows' steps need: in a processor's caches rows are quickest."""


def correct(subject: Subject, masks: Masks, allocation: str) -> Pruned:
    """Prune each layer by the inputs that it has in the network as it is, as the published code does.

    Args:
        masks: what the allocation chose by `obs_saliency`. Each layer keeps as many weights as there, and so does each
            row with `rows`, each group of M with N:M; of channels, and where a transposed convolution's groups or rows
            lie across the matrix's, these very weights.
    """
    return layer_by_layer(subject, masks, lambda layer: solve(layer, _pool(allocation, layer.form)), onwards=False)


def solve(layer: Layer, pool: int | None) -> tuple[Tensor, Tensor]:
    """Return the mask and the values of one layer.

    Args:
        pool: columns side by side of which as many stay as in `layer.kept`: 1 = these very weights, 0 = a whole row;
            None = as many of the whole layer, whose rows compete.
    """
    mask = layer.kept if pool == 1 else _choose(layer, pool)
    full, values = damped(layer.hessian), layer.weight.clone()
    for group, rows in _chunks(layer.weight):
        here = (layer.weight[group, rows], full[group], mask[group, rows])
        untouched = (here[2] == layer.alive[group, rows]).all(dim=1)
        values[group, rows] = torch.where(untouched[:, None], here[0], _fit(*here))
        if pool == 1:
            layer.progress((group * layer.weight.shape[1] + rows.stop) * layer.weight.shape[2])
    return mask, values


def _pool(allocation: str, form: MatrixForm) -> int | None:
    if allocation in CHANNELS:  # which channels go is decided for layers together
        return 1
    pattern = read_pattern(allocation)
    if pattern or allocation == "rows":
        return 1 if form.transposed else pattern.of if pattern else 0
    return None


def _chunks(weight: Tensor) -> Iterator[tuple[int, slice]]:
    """Yield groups and rows [G, R, C] that are dealt with together."""
    groups, rows, columns = weight.shape
    most = _GPU_BYTES if weight.is_cuda else _CPU_BYTES
    size = max(1, most // (columns * columns * weight.element_size()))
    for group in range(groups):
        for begin in range(0, rows, size):
            yield group, slice(begin, min(begin + size, rows))


def _choose(layer: Layer, pool: int | None) -> Tensor:
    """Return the mask [G, R, C] that the steps end on."""
    _, rows, columns = layer.weight.shape
    width = pool or columns
    stay = layer.kept.reshape(*layer.kept.shape[:2], -1, width).sum(dim=-1)
    spare = torch.full_like(stay, columns) if pool is None else width - stay
    went = torch.empty_like(layer.kept, dtype=torch.int64)
    losses = torch.empty_like(layer.weight)
    unused, inverse = idle(layer.hessian), torch.cholesky_inverse(torch.linalg.cholesky(damped(layer.hessian)))
    for group, part in _chunks(layer.weight):

        def progress(share: float, first: int = group * rows + part.start, count: int = part.stop - part.start) -> None:
            layer.progress(int((first + share * count) * columns))

        here = (layer.weight[group, part], inverse[group], layer.alive[group, part])
        went[group, part], losses[group, part] = _take_out(*here, unused[group], spare[group, part], width, progress)
    if pool is not None:
        return went == columns
    # One by one over all rows, each time the least of the rows' next losses: the order of the greatest so far.
    last = top(losses.cummax(dim=-1).values.flatten(), int(layer.kept.count_nonzero())).view(losses.shape)
    return went >= columns - last.sum(dim=-1, keepdim=True)


class _Inverse:
    """H⁻¹ of rows that inputs have left: as it was, less the squares of the columns that were taken, scaled by the root
    of their pivots."""

    def __init__(self, inverse: Tensor, rows: int, steps: int) -> None:
        """inverse: [C, C], of all rows at the beginning."""
        self._inverse, self._each, self._step = inverse, torch.arange(rows, device=inverse.device), 0
        self._taken = inverse.new_empty((rows, steps, len(inverse)))
        self.diagonal = inverse.diagonal().repeat(rows, 1)

    def take(self, at: Tensor, goes: Tensor, gone: Tensor) -> tuple[Tensor, Tensor]:
        """Let input `at` [R] leave the rows that `goes` [R] names. Return the columns [R, C] of H⁻¹ before, by the
        roots of their pivots and 0 for what was `gone` [R, C]; and these roots, [R, 1]."""
        before = self._taken[:, : self._step]
        column = self._inverse[at] - torch.bmm(before[self._each, :, at][:, None], before)[:, 0]
        root = column[self._each, at].masked_fill(~goes, 1.0).sqrt()[:, None]
        column = (column / root).masked_fill(gone | ~goes[:, None], 0.0)
        self.diagonal -= column.square()
        self._taken[:, self._step] = column
        self._step += 1
        return column, root


def _take_out(
    weight: Tensor,
    inverse: Tensor,
    alive: Tensor,
    unused: Tensor,
    spare: Tensor,
    width: int,
    progress: Callable[[float], None],
) -> tuple[Tensor, Tensor]:
    """Take weights out of rows, one each at a time; dead ones first, then those of unused inputs, of equal losses the
    last column.

    Args:
        weight, alive: [R, C].
        inverse: H⁻¹, [C, C].
        unused: which inputs are always 0, [C].
        spare: how many may go of each `width` columns side by side, [R, C / width].
        progress: called with the share that is done, in (0, 1].

    Returns:
        The step at which each weight goes, [R, C], C = it stays; and the loss of each step, [R, C], −1 for a dead
        weight, infinite where none was left to go.
    """
    # In reverse, because the first of equals is what `argmin` finds.
    alive, unused, spare = alive.flip(1), unused.flip(0), spare.flip(1)
    left, columns = weight.flip(1).masked_fill(~alive, 0.0), weight.shape[1]
    each, steps = torch.arange(len(left), device=left.device), int(spare.sum(dim=1).max())
    now = _Inverse(inverse.flip(0, 1), len(left), steps)
    went, losses = torch.full_like(alive, columns, dtype=torch.int64), torch.full_like(left, torch.inf)
    for step in range(steps):
        gone = went < columns
        cost = (left.square() / now.diagonal).masked_fill(unused, 0.0).masked_fill(~alive, -1.0)
        cost.masked_fill_(gone | (spare == 0).repeat_interleave(width, dim=1), torch.inf)
        at = cost.argmin(dim=1)
        losses[:, step] = cost[each, at]
        goes = losses[:, step].isfinite()
        column, root = now.take(at, goes, gone)
        left -= column * (left[each, at][:, None] / root)
        went[each, at] = torch.where(goes, step, went[each, at])
        spare[each, at // width] -= goes.long()
        progress((step + 1) / steps)
    return went.flip(1), losses


def _fit(weight: Tensor, hessian: Tensor, mask: Tensor) -> Tensor:
    """Return the rows [R, C] on the mask's weights whose outputs are nearest to those of `weight`.

    Args:
        hessian: damped, [C, C].
    """
    system = hessian.expand(len(mask), -1, -1).masked_fill(~(mask[:, :, None] & mask[:, None]), 0.0)
    system.diagonal(dim1=1, dim2=2).add_(~mask)
    wanted = (weight @ hessian).masked_fill(~mask, 0.0)
    return torch.cholesky_solve(wanted[..., None], torch.linalg.cholesky(system))[..., 0].masked_fill(~mask, 0.0)
