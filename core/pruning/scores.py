"""Scores: how much a weight matters. Higher stays longer."""

from collections.abc import Mapping

from torch import Tensor


def magnitude(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """|w|, the oldest score and still hard to beat (Han et al. 2015, arXiv:1506.02626)."""
    return {name: weight.detach().abs() for name, weight in weights.items()}
