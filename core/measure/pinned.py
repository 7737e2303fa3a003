"""Pins a measurement to some CPUs of this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch

from prunesweep.core.affinity import affinities, pin, put_back, usable
from prunesweep.core.cpus import measured_cpus


@contextmanager
def pinned(threads: int) -> Iterator[None]:
    """torch computes with `threads` threads, and every thread of this process stays on the first `threads` of the CPUs
    that it may use; put back afterwards, also after an error.

    Threads that are made meanwhile inherit it. Elsewhere than on Linux only the number is pinned.
    """
    before, masks, here, chosen = torch.get_num_threads(), affinities(), usable(), measured_cpus(threads)
    torch.set_num_threads(threads)
    try:
        for task in masks:
            pin(task, chosen)
        yield
    finally:
        torch.set_num_threads(before)
        put_back(masks, here)


def load_average() -> float:
    """Runnable processes of the machine, mean over the last minute; 0 where the system doesn't say."""
    with suppress(OSError, AttributeError):
        return os.getloadavg()[0]
    return 0.0
