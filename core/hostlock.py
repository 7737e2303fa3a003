"""One latency measurement at a time on this host, and no training of ours meanwhile.

Two files of the user's in the folder for temporary files, locked with flock, so that a process that dies lets go.
Whoever measures takes the turnstile and then the room, both alone. Whoever trains is in the room, together with
others; between two steps it looks at the turnstile and leaves the room while that is taken. So a measurement waits for
a training's current step, not for its end, and none can be kept out by trainings that come and go.
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prunesweep.core.errors import UserError

_LOOK_SECONDS = 0.02


class TrainingHold:
    """A training in the room. given_up: True when it must not wait any longer, because its process shall end."""

    def __init__(self, turnstile: int, room: int, given_up: Callable[[], bool]) -> None:
        self._turnstile, self._room, self._given_up = turnstile, room, given_up
        self._enter()

    def step(self) -> None:
        """To be called between two steps; returns when nobody measures, or wants to. Costs a microsecond or two."""
        if _try(self._turnstile, fcntl.LOCK_SH):
            fcntl.flock(self._turnstile, fcntl.LOCK_UN)
            return
        fcntl.flock(self._room, fcntl.LOCK_UN)
        self._enter()

    def _enter(self) -> None:
        while not self._given_up():
            if _try(self._turnstile, fcntl.LOCK_SH):
                inside = _try(self._room, fcntl.LOCK_SH)
                fcntl.flock(self._turnstile, fcntl.LOCK_UN)
                if inside:
                    return
            time.sleep(_LOOK_SECONDS)


@contextmanager
def working(given_up: Callable[[], bool] = lambda: False, folder: Path | None = None) -> Iterator[TrainingHold]:
    """Around work that would disturb a measurement; waits while one is under way. folder: of the locks; one for all of
    the user's processes when left out.

    Raises:
        UserError: the folder is somebody else's.
    """
    with _files(folder) as (turnstile, room):
        yield TrainingHold(turnstile, room, given_up)


@contextmanager
def measuring(
    waits: Callable[[], None] = lambda: None, folder: Path | None = None, looks: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Around a measurement: waits until nobody else measures and no training is in a step.

    Args:
        waits: called once, when that isn't so at once.
        looks: called at each look until it is so.

    Raises:
        UserError: the folder is somebody else's.
    """
    with _files(folder) as files:
        reported = False
        for file in files:
            while not _try(file, fcntl.LOCK_EX):
                if not reported:
                    waits()
                    reported = True
                looks()
                time.sleep(_LOOK_SECONDS)
        yield


def _try(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _files(folder: Path | None) -> Iterator[tuple[int, int]]:
    """The turnstile and the room, opened."""
    place = folder or Path(tempfile.gettempdir()) / f"prunesweep-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UserError("host lock", place, "belongs to somebody else; remove it, or set TMPDIR to a folder of yours")
    opened: list[int] = []
    try:
        for name in ("turnstile", "room"):
            opened.append(os.open(place / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # noqa: PERF401
        yield opened[0], opened[1]
    finally:
        for file in opened:
            os.close(file)  # lets go of its lock
