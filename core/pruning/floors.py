"""Floors: what every layer keeps, so that no ranking over layers leaves one of them without weights."""

from collections.abc import Sequence
from fractions import Fraction

import torch
from torch import Tensor

from prunesweep.core.pruning.ranking import Scores, living_count, parts_of, top

FLOOR = Fraction(1, 10)
"""A guarded layer keeps at least this share of the whole network's density."""


def floors(scores: Scores, flat: Tensor, kept: int) -> list[int]:
    """Return weights that each layer keeps at least: a tenth of the network's density of it, and one, as far as it has
    living ones; nothing where there are fewer weights to keep than layers."""
    density = Fraction(kept, flat.numel())
    least = []
    for part in parts_of(flat, scores):
        wanted = max(1, int(FLOOR * density * part.numel())) if kept >= len(scores) else 0
        least.append(min(wanted, living_count(part)))
    return least


def guarded(scores: Scores, flat: Tensor, least: Sequence[int]) -> Tensor:
    """Return flat bool tensor: the `least` highest of each layer."""
    return torch.cat([top(part, count) for part, count in zip(parts_of(flat, scores), least, strict=True)])
