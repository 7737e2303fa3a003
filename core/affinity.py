"""On which CPUs the threads of this process run. The standard library alone; Linux, elsewhere nothing happens."""

import os
import threading
from collections.abc import Mapping, Set
from contextlib import suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")


def usable(task: int = 0) -> Set[int]:
    """Return the CPUs that a thread may use; 0 = this one; empty when it is gone, or the system doesn't say."""
    with suppress(OSError, AttributeError):
        return os.sched_getaffinity(task)
    return set()


def affinities() -> dict[int, Set[int]]:
    """Return the CPUs of every thread of this process. On Linux affinity belongs to a thread, and a warm process has
    pools."""
    if not hasattr(os, "sched_setaffinity"):
        return {}
    tasks = [threading.get_native_id()]
    with suppress(OSError):
        tasks = [int(task.name) for task in _TASKS.iterdir()]
    return {task: usable(task) for task in tasks}


def pin(task: int, cpus: Set[int]) -> None:
    """Keep a thread on these CPUs. One that has ended meanwhile, or may not be there, stays as it is."""
    with suppress(OSError):
        os.sched_setaffinity(task, cpus)


def put_back(before: Mapping[int, Set[int]], otherwise: Set[int]) -> None:
    """Undo what `pin` did to the threads of this process. otherwise: the CPUs of threads that were made meanwhile."""
    for task in affinities():
        pin(task, before.get(task) or otherwise)


class Sidestep:
    """Keeps this process off some CPUs for a while."""

    def __init__(self) -> None:
        self._off: Set[int] = frozenset()
        self._before: dict[int, Set[int]] = {}
        self._usable: Set[int] = frozenset()

    def keep_off(self, cpus: Set[int]) -> bool:
        """Move every thread off the CPUs; False if none would be left, and then all may run where they could before.

        Called again with the same CPUs it does nothing.
        """
        if cpus == self._off:
            return bool(cpus)
        self.come_back()
        left = usable() - cpus
        if not left:
            return False
        self._off, self._usable, self._before = frozenset(cpus), usable(), affinities()
        for task, its in self._before.items():
            pin(task, its - cpus or left)
        return True

    def come_back(self) -> None:
        """Let every thread run where it could before."""
        if self._off:
            put_back(self._before, self._usable)
            self._off, self._before = frozenset(), {}
