"""Scores of whole channels by their batch-norms."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor, nn

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)

ChannelScores = Mapping[str, Tensor]
"""Name of a parameter → a number for each of its channels, [C]."""


def gammas(model: nn.Module) -> dict[str, Tensor]:
    """Return |γ| of each batch-norm, the factor of a channel that its training found: unimportant channels get small
    ones (network slimming, Liu et al. 2017, arXiv:1708.06519, section 3.3; they also train with λ · Σ |γ| in the loss,
    which is no part of this)."""
    return {
        f"{prefix}.weight" if prefix else "weight": module.weight.detach().abs()
        for prefix, module in model.named_modules()
        if isinstance(module, _NORMS) and isinstance(module.weight, nn.Parameter)
    }


CHANNEL_SCORES: Mapping[str, Callable[[nn.Module], ChannelScores]] = MappingProxyType({"bn-gamma": gammas})
"""Scores that rank channels, not weights; for allocations of channels only."""
