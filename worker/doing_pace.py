"""How often the ledger hears how far a trainer is: often enough for who watches, seldom enough for a thousand slots."""

import time
from collections.abc import Callable
from dataclasses import replace

from prunesweep.core.ledger.db.doing import Doing

_LEAST, _MOST = 1.0, 5.0
"""Seconds between two writes at a phase's beginning, and in a long one."""
_SHARE = 15.0


class DoingPace:
    """One slot's. One thread hears, another asks what is due."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._heard: Doing | None = None
        self._given: Doing | None = None
        self._since = self._next = 0.0
        self._first = 0

    def begin(self) -> None:
        """Another stage: what was heard of the one before says nothing of it."""
        self._heard = self._given = None

    def hear(self, doing: Doing) -> None:
        """Note what the trainer does; a count that goes back (another epoch) begins anew."""
        now = self._now()
        if self._heard is None or doing.phase != self._heard.phase or doing.done < self._heard.done:
            self._since, self._first = now, doing.done
        counted, seconds = doing.done - self._first, now - self._since
        self._heard = replace(doing, rate=round(counted / seconds, 3) if seconds > 0 else 0.0)

    def due(self) -> Doing | None:
        """Return what the ledger should be told now, None if nothing; each is returned once."""
        now, heard = self._now(), self._heard
        if heard is None or heard == self._given or now < self._next:
            return None
        self._given, self._next = heard, now + min(_MOST, max(_LEAST, (now - self._since) / _SHARE))
        return heard
