"""How many CPUs this process may use. The standard library alone."""

import math
import os
from collections.abc import Set
from contextlib import suppress
from pathlib import Path

from prunesweep.core.affinity import usable

_PROC, _CGROUPS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
_TOPOLOGY = Path("/sys/devices/system/cpu")


def usable_cpus() -> int:
    """Return how many CPUs this process may use: those of its affinity, and no more than its control group's quota.

    More threads than that wait for each other. A quota of 1.5 CPUs counts as two.
    """
    count = os.cpu_count() or 1
    with suppress(OSError, AttributeError):  # not Linux
        count = len(os.sched_getaffinity(0)) or count
    quota = cgroup_quota(_PROC, _CGROUPS)
    return count if quota is None else max(1, min(count, math.ceil(quota)))


def capped(threads: int) -> int:
    """Return `threads`, or the CPUs that this process may use if they are fewer."""
    return min(threads, usable_cpus())


def measured_cpus(threads: int) -> set[int]:
    """Return the CPUs on which a measurement with so many threads runs: the first that this process may use."""
    return set(sorted(usable())[:threads])


def cpus_to_leave(threads: int, topology: Path = _TOPOLOGY, quota: float | None = None) -> Set[int]:
    """Return the CPUs that others must keep off while a measurement with so many threads runs here: its own, and those
    that share a core with them. Empty where none would be left to others, or where a control group grants this process
    less time than it has CPUs, as others would take of that time wherever they run.

    Args:
        topology: where the kernel says which CPUs share a core, `/sys/devices/system/cpu`.
        quota: as `cgroup_quota` says; None = look.
    """
    mine, here = measured_cpus(threads), usable()
    granted = cgroup_quota(_PROC, _CGROUPS) if quota is None else quota
    if not mine or (granted is not None and granted < len(here)):
        return frozenset()
    taken = mine.union(*(_siblings(cpu, topology) for cpu in mine))
    return taken if here - taken else frozenset()


def _siblings(cpu: int, topology: Path) -> Set[int]:
    """Return the CPUs of one core, e.g. of `0,64` or `0-1`; empty where the kernel does not say."""
    try:
        parts = (topology / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip().split(",")
        ends = [[int(end) for end in part.split("-")] for part in parts]
    except (OSError, ValueError):
        return frozenset()
    return {cpu for end in ends for cpu in range(end[0], end[-1] + 1)}


def cgroup_quota(proc: Path, root: Path) -> float | None:
    """Return how many CPUs' time the process's control groups grant, the tightest of them; None = no limit, or unknown.

    Args:
        proc: the file that names the process's groups, `/proc/self/cgroup`.
        root: where the groups lie, `/sys/fs/cgroup`.
    """
    quotas = []
    try:
        lines = proc.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:  # version 2
            quotas += [_quota(folder / "cpu.max", None) for folder in _upwards(root, path)]
        elif "cpu" in controllers.split(","):
            for folder in _upwards(root / controllers, path) + _upwards(root / "cpu", path):
                quotas.append(_quota(folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"))
    known = [quota for quota in quotas if quota is not None]
    return min(known, default=None)


def _upwards(root: Path, path: str) -> list[Path]:
    """Return the group's folder and all above it, `root` included: a limit holds for everything below it."""
    folder = root / path.lstrip("/")
    return [folder, *(parent for parent in folder.parents if parent == root or root in parent.parents)]


def _quota(file: Path, period: Path | None) -> float | None:
    """Return quota / period of one group. Version 2 writes both into one file, `max` for none; version 1 writes −1."""
    try:
        words = [*file.read_text().split(), *(period.read_text().split() if period else ())]
        quota, length = (int(word) for word in words)
    except (OSError, ValueError):  # no such group, or `max`
        return None
    return quota / length if quota > 0 and length > 0 else None
