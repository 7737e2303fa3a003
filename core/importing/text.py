"""Names and shapes in error lines and notes."""

from collections.abc import Iterable, Sequence

import torch

from prunesweep.core.errors import printable

FIELD = "file"
SAVE = "save it with torch.save(model.state_dict(), FILE)"
_SHOWN = 3


def listed(names: Iterable[object]) -> str:
    """Return the first three names, and how many more there are."""
    found = [printable(str(name)) for name in names]  # a file's names may hold what a terminal would obey
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(name[:120] for name in found[:_SHOWN]) + more


def shape_of(tensor: torch.Tensor) -> str:
    """Return `64×3×3×3`."""
    return sizes(tensor.shape)


def sizes(shape: Sequence[int]) -> str:
    """Return `64×3×3×3`."""
    return "×".join(map(str, shape)) or "a single number"
