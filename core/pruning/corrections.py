"""Pruning that brings new values for the weights that stay, layer by layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from prunesweep.core.pruning.activations import Activations, moments
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.masks import Masks
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
    order = activations.order()
    device = {name: activations.weights[name].device for name in order}
    alive = {name: subject.masks.get(name, torch.ones_like(masks[name])).to(device[name]) for name in order}
    losing = [name for name in order if not torch.equal(masks[name].to(device[name]), alive[name])]
    total, done = sum(masks[name].numel() for name in losing), 0
    kept: dict[str, Tensor] = dict(masks)
    weights: dict[str, Tensor] = {}
    all_inputs = {} if onwards or not losing else activations.collect(moments, losing)
    for name in losing:
        weight = activations.weights[name].detach()
        inputs = activations.collect(moments, [name])[name] if onwards else all_inputs.pop(name)
        as_matrix = inputs.form.matrix

        def progress(part: int, before: int = done) -> None:
            subject.progress(before + part, total)

        chosen, values = solve(
            Layer(
                as_matrix(weight).double(),
                inputs.sums,
                as_matrix(alive[name]),
                as_matrix(masks[name].to(weight.device)),
                inputs.form,
                progress,
            )
        )
        kept[name] = inputs.form.weight(chosen, weight.shape)
        weights[name] = inputs.form.weight(values.to(weight.dtype), weight.shape)
        if onwards:
            activations.replace(name, weights[name])
        done += weight.numel()
        subject.progress(done, total)
    return Pruned(kept, weights)
