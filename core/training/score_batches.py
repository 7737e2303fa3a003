"""The training images that scores by gradients look at: for a round of a sweep, and for a question about a file."""

from collections.abc import Iterator

from torch import Tensor

from prunesweep.core.training.batches import fitting, plain_batches
from prunesweep.core.training.datasets import Split

_BATCH, _IMAGES = 128, 1280
"""Some 100 images for each of ten classes."""


def score_batches(
    split: Split, members: Tensor, seed: int, round: int, training_batch: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Return the batches of a pruning round: images normalised float32 [B, 3, H, W], labels int64 [B].

    Args:
        members: int64 indices of the images that are trained on.
        training_batch: images of a training step. Large images come in no larger batches: that much memory there must
            be.
    """
    large = fitting(_BATCH, split.images.shape[2:]) < _BATCH
    batch = min(_BATCH, training_batch) if large else _BATCH
    return plain_batches(split, members, seed, round, batch, _IMAGES // batch)
