"""Pruning that brings new values for the weights that stay, layer by layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from prunesweep.core.pruning.activations import Activations, moments
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.masks import Masks, prunable
from prunesweep.core.pruning.subject import Subject


@dataclass(frozen=True)
class Pruned:
    """What a pruning left.

    Attributes:
        masks: of all prunable weights, True = alive.
        weights: new values of the layers that were corrected, 0 where masked; {} for a score that corrects none.
    """

    masks: dict[str, Tensor]
    weights: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """A layer that is to lose weights, as the matrices W [G, R, C] of its groups.

    Attributes:
        weight: float64, 0 where dead.
        hessian: X Xᵀ of its inputs, [G, C, C], at least float32.
        alive, kept: bool, shaped as the weight: what may stay, and what the allocation chose.
        form: how the weight becomes a matrix.
        progress: to be called with how many of its weights are dealt with.
    """

    weight: Tensor
    hessian: Tensor
    alive: Tensor
    kept: Tensor
    form: MatrixForm
    progress: Callable[[int], None]


Solve = Callable[[Layer], tuple[Tensor, Tensor]]
"""To the layer's mask, True = alive, and its values, both [G, R, C]."""


def layer_by_layer(subject: Subject, masks: Masks, solve: Solve, *, onwards: bool) -> Pruned:
    """Prune the layers in the order in which the network uses them; those that lose nothing stay as they are.

    Args:
        masks: what the allocation chose.
        onwards: a layer's inputs are those that come through the pruned ones before it; else the network's as it is.
    """
    activations = Activations(subject)
    losing = {name: alive for name in activations.order() if (alive := _losing(subject, masks, name)) is not None}
    total, done = sum(alive.numel() for alive in losing.values()), 0
    kept: dict[str, Tensor] = dict(masks)
    weights: dict[str, Tensor] = {}
    all_inputs = {} if onwards or not losing else activations.collect(moments, losing)
    for name, alive in losing.items():
        weight = activations.weights[name].detach()
        inputs = activations.collect(moments, [name])[name] if onwards else all_inputs.pop(name)
        form, chosen = inputs.form, masks[name].to(alive.device)

        def progress(part: int, before: int = done) -> None:
            subject.progress(before + part, total)

        whole = (form.matrix(weight).double(), inputs.sums, form.matrix(alive), form.matrix(chosen))
        mask, values = solve(Layer(*whole, form, progress))
        kept[name] = form.weight(mask, weight.shape)
        weights[name] = form.weight(values.to(weight.dtype), weight.shape)
        if onwards:
            activations.replace(name, weights[name])
        done += weight.numel()
        subject.progress(done, total)
    return Pruned(kept, weights)


def _losing(subject: Subject, masks: Masks, name: str) -> Tensor | None:
    """Return which weights of a layer are alive, on their device; None if it loses none."""
    weight = dict(prunable(subject.model))[name]
    alive = subject.masks.get(name)
    alive = torch.ones_like(weight, dtype=torch.bool) if alive is None else alive.to(weight.device)
    return None if torch.equal(masks[name].to(weight.device), alive) else alive
