"""What a score may look at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from torch import Tensor, nn

from prunesweep.core.progress import CountDone, unwatched
from prunesweep.core.pruning.masks import Masks

Batches = Callable[[], Iterable[tuple[Tensor, Tensor]]]


def no_batches() -> Iterable[tuple[Tensor, Tensor]]:
    """Return nothing: for scores that look at weights alone."""
    return ()


@dataclass(frozen=True)
class Subject:
    """A network that is about to be pruned; it is read, never changed.

    Attributes:
        masks: of the round before, True = alive (empty: all are).
        batches: a few training batches on the model's device, without augmentation: normalised float32 [B, 3, H, W] and
            int64 [B].
        seed, round: select random numbers.
        image: (channels, height, width) of its input.
        progress: to be called now and then by what takes long, with how many of how many weights are dealt with.
    """

    model: nn.Module
    masks: Masks = field(default_factory=dict)
    batches: Batches = no_batches
    seed: int = 0
    round: int = 1
    image: tuple[int, int, int] = (3, 32, 32)
    progress: CountDone = unwatched
