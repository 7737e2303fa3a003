"""The counters of batch-norms, which count the batches that they have seen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from torch import Tensor, nn

BatchNorm: TypeAlias = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
_COUNTING = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def _counts_idly(module: BatchNorm) -> bool:
    """Return whether a batch-norm, of torch's own code, counts its batches, though its averages do not depend on how
    many there were."""
    own = type(module) in _COUNTING
    return own and module.momentum is not None and module.num_batches_tracked is not None


def idly_counting(model: nn.Module) -> list[BatchNorm]:
    """Return the batch-norms that count their batches, though nothing that they do depends on how many there were."""
    return [module for module in model.modules() if isinstance(module, _COUNTING) and _counts_idly(module)]


def counter_of(module: BatchNorm) -> Tensor:
    """Return the counter of one of those."""
    counter = module.num_batches_tracked
    assert isinstance(counter, Tensor)  # noqa: S101 - `_counts_idly` has looked
    return counter


@contextmanager
def without_counters(modules: Sequence[BatchNorm]) -> Iterator[None]:
    """Keep batch-norms from counting: that is a kernel of its own for each, in every step."""
    counters = [counter_of(module) for module in modules]
    try:
        for module in modules:
            module.num_batches_tracked = None
        yield
    finally:
        for module, counter in zip(modules, counters, strict=True):
            module.num_batches_tracked = counter
