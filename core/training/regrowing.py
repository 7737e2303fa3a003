"""One change of the masks within a training: each layer drops its smallest weights and grows as many others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from prunesweep.core.pruning.ranking import top
from prunesweep.core.seeds import generator


@dataclass(frozen=True)
class MaskChange:
    """What is to move in a step.

    Attributes:
        fraction: of each layer's living weights, in (0, 1].
        dice: grow at random by these facts; None = where the gradient is largest.
    """

    fraction: float
    dice: tuple[object, ...] | None = None


@torch.no_grad()
def move(
    weights: Mapping[str, Tensor],
    factors: Sequence[Tensor],
    slots: Callable[[Tensor], Sequence[Tensor]],
    change: MaskChange,
) -> None:
    """Change masks in place: every layer keeps its count. New weights begin at 0 with an optimizer's state of 0; those
    that are dropped and grow again at once stay as they were.

    Source: Evci et al. 2020, arXiv:1911.11134, algorithm 1.

    Args:
        weights: by name, with their gradients; a dead weight has one as well. A layer without keeps its mask.
        factors: of each, 1 = alive, 0 = dead.
        slots: the optimizer's tensors of a weight's shape.
    """
    for (name, weight), factor in zip(weights.items(), factors, strict=True):
        if weight.grad is None:  # frozen, or no image met it: what grew would stay 0
            continue
        alive = factor.flatten() != 0
        living = int(alive.count_nonzero())
        count = min(int(change.fraction * living), alive.numel() - living)
        if not count:
            continue
        kept = top(weight.flatten().abs().masked_fill(~alive, -torch.inf), living - count)
        grown = top(_worth(name, weight, weight.grad, change).masked_fill(kept, -torch.inf), count)
        now = kept | grown
        factor.copy_(now.view(factor.shape))
        for tensor in (weight, *slots(weight)):
            tensor.masked_fill_(~(now & alive).view(factor.shape), 0.0)


def _worth(name: str, weight: Tensor, gradient: Tensor, change: MaskChange) -> Tensor:
    if change.dice is None:
        return gradient.flatten().float().abs()
    return torch.rand(weight.numel(), generator=generator("regrow", *change.dice, name)).to(weight.device)
