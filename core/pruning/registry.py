"""Names → functions: what the plan's algorithm names mean."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor, nn

from core.errors import StageError
from core.pruning.allocation import over_all
from core.pruning.masks import Masks, check_masks, prunable
from core.pruning.scores import magnitude

Score = Callable[[Mapping[str, Tensor]], dict[str, Tensor]]
Allocation = Callable[[Mapping[str, Tensor], Masks, float], dict[str, Tensor]]

SCORES: Mapping[str, Score] = MappingProxyType({"magnitude": magnitude})
ALLOCATIONS: Mapping[str, Allocation] = MappingProxyType({"global": over_all})


def prune(model: nn.Module, masks: Masks, score: str, allocation: str, sparsity: float) -> dict[str, Tensor]:
    """New masks for all prunable weights of the model; its weights are read and not changed.

    masks: those of the round before (empty = dense); the new ones are subsets of them.
    sparsity: fraction of zeros among all prunable weights after this round, in [0, 1].

    Raises:
        StageError: unknown score or allocation (a plan of another release), masks that don't fit, weights that
            are not finite.
    """
    if score not in SCORES or allocation not in ALLOCATIONS:
        raise StageError(f"unknown score {score!r} or allocation {allocation!r}")
    weights: dict[str, Tensor] = dict(prunable(model))
    check_masks(weights, masks)
    if masks and set(masks) != set(weights):
        raise StageError(f"masks are missing for {sorted(set(weights) - set(masks))[:3]}")
    return ALLOCATIONS[allocation](SCORES[score](weights), masks, sparsity)
