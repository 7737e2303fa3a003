"""The optimizer of a recipe: torch's own, without loading torch's compiler.

Torch's optimizers tell the compiler what it may not compile, and load it for that: more than a second in every process
that trains. We compile the network alone, never an optimizer: here are their methods without that.
"""

import inspect

import torch
from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from prunesweep.core.plan.recipes import Recipe


class _SGD(SGD):
    add_param_group = inspect.unwrap(SGD.add_param_group)
    zero_grad = inspect.unwrap(SGD.zero_grad)
    step = torch.no_grad()(inspect.unwrap(SGD.step))


class _AdamW(AdamW):
    add_param_group = inspect.unwrap(AdamW.add_param_group)
    zero_grad = inspect.unwrap(AdamW.zero_grad)
    step = torch.no_grad()(inspect.unwrap(AdamW.step))


def build_optimizer(model: nn.Module, recipe: Recipe, device: torch.device) -> Optimizer:
    """Return the recipe's optimizer, its memory allocated as its own first step would.

    Weight decay on everything, or on weights of two dimensions and more: not on batch-norm and biases.
    """
    parameters = list(model.parameters())
    decayed = [parameter for parameter in parameters if recipe.decay_all or parameter.ndim > 1]
    rest = [parameter for parameter in parameters if not recipe.decay_all and parameter.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    optimizer: Optimizer
    if recipe.optimizer == "adamw":
        betas, capturable = (recipe.momentum, 0.999), device.type == "cuda"
        optimizer = _AdamW(groups, lr=recipe.lr, betas=betas, fused=True, capturable=capturable)
        slots = ["exp_avg", "exp_avg_sq"]
    else:
        nesterov = recipe.momentum > 0
        optimizer = _SGD(groups, lr=recipe.lr, momentum=recipe.momentum, nesterov=nesterov, fused=True)
        slots = ["momentum_buffer"] if recipe.momentum > 0 else []
    # As the optimizers' own first step would: that one must be like any other.
    for parameter in parameters:
        state = {slot: torch.zeros_like(parameter, requires_grad=False) for slot in slots}
        optimizer.state[parameter] = (
            {"step": torch.zeros((), device=device), **state} if recipe.optimizer == "adamw" else state
        )
    return optimizer
