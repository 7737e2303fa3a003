"""Pins a measurement to some CPUs of this machine."""

import os
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path

import torch

_TASKS = Path("/proc/self/task")


@contextmanager
def pinned(threads: int) -> Iterator[None]:
    """torch computes with `threads` threads, and every thread of this process stays on the first `threads` of the CPUs
    that it may use; put back afterwards, also after an error.

    Every thread: on Linux affinity belongs to a thread, and a warm process has pools from before. Threads that are
    made meanwhile inherit it. Elsewhere than on Linux only the number is pinned.
    """
    before = torch.get_num_threads()
    masks = {task: _mask(task) for task in _tasks()}
    usable = sorted(_mask(0))
    torch.set_num_threads(threads)
    try:
        for task in masks:
            _pin(task, set(usable[:threads]))
        yield
    finally:
        torch.set_num_threads(before)
        for task in _tasks():
            _pin(task, masks.get(task) or set(usable))


def load_average() -> float:
    """Runnable processes of the machine, mean over the last minute; 0 where the system doesn't say."""
    with suppress(OSError, AttributeError):
        return os.getloadavg()[0]
    return 0.0


def _tasks() -> list[int]:
    """This process's threads."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    with suppress(OSError):
        return [int(task.name) for task in _TASKS.iterdir()]
    return [threading.get_native_id()]


def _mask(task: int) -> Set[int]:
    """Return the CPUs that a thread may use; 0 = this one; empty when it is gone, or the system doesn't say."""
    with suppress(OSError, AttributeError):
        return os.sched_getaffinity(task)
    return set()


def _pin(task: int, cpus: Set[int]) -> None:
    with suppress(OSError):  # the thread has ended meanwhile
        os.sched_setaffinity(task, cpus)
