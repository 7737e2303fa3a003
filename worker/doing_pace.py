"""How often a trainer's progress is written to the ledger: often enough to watch, seldom enough for 1,000 slots."""

import time
from collections.abc import Callable
from dataclasses import replace

from prunesweep.core.ledger.db.doing import Doing

_LEAST, _MOST = 1.0, 5.0
"""Seconds between two writes at a phase's beginning, and in a long one."""
_SHARE = 15.0


class DoingPace:
    """The progress of one slot. One thread notes it, another asks what is due to be written."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._latest: Doing | None = None
        self._written: Doing | None = None
        self._since = self._next = 0.0
        self._first = 0

    def begin(self) -> None:
        """Forget the progress of the stage before."""
        self._latest = self._written = None

    def note(self, doing: Doing) -> None:
        """Note what the trainer does; the rate starts again with another phase, or with a count that fell."""
        now = self._now()
        if self._latest is None or doing.phase != self._latest.phase or doing.done < self._latest.done:
            self._since, self._first = now, doing.done
        counted, seconds = doing.done - self._first, now - self._since
        self._latest = replace(doing, rate=round(counted / seconds, 3) if seconds > 0 else 0.0)

    def due(self) -> Doing | None:
        """Return what should be written to the ledger now, None if nothing; each is returned once."""
        now, latest = self._now(), self._latest
        if latest is None or latest == self._written or now < self._next:
            return None
        self._written, self._next = latest, now + min(_MOST, max(_LEAST, (now - self._since) / _SHARE))
        return latest
