"""One latency measurement at a time on this host, and no training of ours in its way.

Three files of the user's in the folder for temporary files, locked with flock, so that a process that dies lets go.
Whoever measures takes the turnstile and then the room, both alone. Whoever trains is in the room, together with
others; between two steps it looks at the turnstile and leaves the room while that is taken. So a measurement waits for
a training's current step, not for its end, and none can be kept out by trainings that come and go.

A training on a GPU needs one CPU at a time. Where a measurement says which CPUs it needs, by the third file, such a
training leaves the room too, but continues beside it, on other CPUs (docs/decisions/0045-cpu-slot.md).
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.affinity import Sidestep
from prunesweep.core.errors import UserError

_LOOK_SECONDS = 0.02
_LONGEST = 64 * 1024


@dataclass(frozen=True)
class _Files:
    """Open files. cpus: holds the numbers of those that are measured on; they count only while it is locked."""

    turnstile: int
    room: int
    cpus: int

    def write_cpus(self, cpus: Set[int]) -> None:
        os.ftruncate(self.cpus, 0)
        os.pwrite(self.cpus, ",".join(map(str, sorted(cpus))).encode(), 0)

    def read_cpus(self) -> Set[int]:
        """Return the CPUs to keep off; empty if whoever measures needs all of them."""
        if _try(self.cpus, fcntl.LOCK_SH):
            fcntl.flock(self.cpus, fcntl.LOCK_UN)
            return frozenset()
        text = os.pread(self.cpus, _LONGEST, 0).decode(errors="replace")
        return {int(number) for number in text.split(",") if number.isdecimal()}


class TrainingHold:
    """A training in the room.

    Args:
        given_up: True when it must not wait any longer, because its process shall end.
        sidestep: by which it continues beside a measurement that leaves it CPUs; None = it waits.
    """

    def __init__(self, files: _Files, given_up: Callable[[], bool], sidestep: Sidestep | None = None) -> None:
        self._files, self._given_up, self._sidestep = files, given_up, sidestep
        self._inside = False
        self._enter()

    def step(self) -> None:
        """Wait between two steps; returns when nobody measures, or wants to, or training may continue beside
        that. Costs a microsecond or two."""
        if self._inside and _try(self._files.turnstile, fcntl.LOCK_SH):
            fcntl.flock(self._files.turnstile, fcntl.LOCK_UN)
            return
        fcntl.flock(self._files.room, fcntl.LOCK_UN)
        self._inside = False
        self._enter()

    def end(self) -> None:
        """Let its threads run on all CPUs again."""
        if self._sidestep is not None:
            self._sidestep.come_back()

    def _enter(self) -> None:
        while True:
            if _try(self._files.turnstile, fcntl.LOCK_SH):
                self._inside = _try(self._files.room, fcntl.LOCK_SH)
                fcntl.flock(self._files.turnstile, fcntl.LOCK_UN)
                if self._inside:
                    self.end()
                    return
            elif self._sidestep is not None and self._sidestep.keep_off(self._files.read_cpus()):
                return
            if self._given_up():
                return
            time.sleep(_LOOK_SECONDS)


@contextmanager
def working(
    given_up: Callable[[], bool] = lambda: False, folder: Path | None = None, sidestep: Sidestep | None = None
) -> Iterator[TrainingHold]:
    """Around work that would disturb a measurement; waits while one is under way.

    Args:
        folder: of the locks; one for all of the user's processes when left out.
        given_up, sidestep: see `TrainingHold`.

    Raises:
        UserError: the folder is somebody else's.
    """
    with _files(folder) as files:
        hold = TrainingHold(files, given_up, sidestep)
        try:
            yield hold
        finally:
            hold.end()


@contextmanager
def measuring(
    waits: Callable[[], None] = lambda: None,
    folder: Path | None = None,
    looks: Callable[[], None] = lambda: None,
    cpus: Set[int] = frozenset(),
) -> Iterator[None]:
    """Around a measurement: waits until nobody else measures and no training is in a step that would disturb it.

    Args:
        waits: called once, when that isn't so at once.
        looks: called at each look until it is so.
        cpus: that it needs for itself (`prunesweep.core.cpus.cpus_to_leave`); trainings on GPUs continue beside it, on
            others. Empty = all.

    Raises:
        UserError: the folder is somebody else's.
    """
    with _files(folder) as files:
        reported = False
        wanted = [files.turnstile, *([files.cpus] if cpus else []), files.room]
        for file in wanted:
            while not _try(file, fcntl.LOCK_EX):
                if not reported:
                    waits()
                    reported = True
                looks()
                time.sleep(_LOOK_SECONDS)
            if file == files.turnstile and cpus:
                files.write_cpus(cpus)  # before the lock that makes them count
        yield


def _try(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def host_folder(folder: Path | None = None) -> Path:
    """Return the folder that all of the user's processes on this host share. folder: another one than that for
    temporary files has.

    Raises:
        UserError: the folder is somebody else's.
    """
    place = folder or Path(tempfile.gettempdir()) / f"prunesweep-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UserError("host lock", place, "belongs to somebody else; remove it, or set TMPDIR to a folder of yours")
    return place


@contextmanager
def _files(folder: Path | None) -> Iterator[_Files]:
    """Open the files."""
    place = host_folder(folder)
    opened: list[int] = []
    try:
        for name in ("turnstile", "room", "cpus"):
            opened.append(os.open(place / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # noqa: PERF401
        yield _Files(*opened)
    finally:
        for file in reversed(opened):  # the next one to measure finds no CPUs of ours
            os.close(file)  # lets go of its lock
