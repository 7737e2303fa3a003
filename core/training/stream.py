"""Streams an epoch's batches of images out of a mapped file, ahead of the training."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

_AHEAD = 4
"""Batches that are read ahead: enough to ride out a slow read, and little memory."""


class Stream:
    """Gives an epoch's batches, one after another, read by a thread of its own; pinned where a GPU takes them.

    Args:
        images: uint8 [N, 3, H, W] in channels_last memory, on the host.
        index: int64 [M], the epoch's order.
        first: the batch to begin with.
    """

    def __init__(self, images: Tensor, index: Tensor, batch: int, first: int, device: torch.device) -> None:
        self._pixels = images.permute(0, 2, 3, 1)
        self._pinned = device.type == "cuda"
        self._left = iter(torch.split(index[first * batch :], batch))
        self._pool = ThreadPoolExecutor(1, "images")
        self._ahead: deque[Future[Tensor]] = deque()
        for _ in range(_AHEAD):
            self._read_on()

    def next(self) -> Tensor:
        """Return the next batch: uint8 [B, 3, H, W] in channels_last memory, on the host."""
        ready = self._ahead.popleft().result()
        self._read_on()
        return ready.permute(0, 3, 1, 2)

    def _read_on(self) -> None:
        part = next(self._left, None)
        if part is not None:
            self._ahead.append(self._pool.submit(self._read, part))
        else:
            self._pool.shutdown(wait=False)

    def _read(self, index: Tensor) -> Tensor:
        batch = torch.empty((len(index), *self._pixels.shape[1:]), dtype=torch.uint8, pin_memory=self._pinned)
        # NumPy copies in this thread alone and without Python's lock; torch would start a second set of its threads.
        np.take(self._pixels.numpy(), index.numpy(), axis=0, out=batch.numpy(), mode="clip")
        return batch
