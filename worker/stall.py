"""How long a trainer may go without progress before it counts as hung. The limit follows its own pace."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FACTOR = 20.0
"""So many times its longest pause within one phase a trainer may be silent."""
SHORTEST = 60.0
"""Seconds; nothing is taken for hung sooner, unless the stated maximum is shorter."""
_KNOWN = 8
"""Signs of progress within a phase after which its pace is known; before, the maximum holds: first steps take long."""
_LONGEST_LOOK = 2.0
"""Seconds that one look may add. A machine that slept, or a worker that was stopped itself, has received nothing
meanwhile, and its trainer is not hung for that."""


class StallDetector:
    """The silence of one trainer. One thread notes progress, another checks."""

    def __init__(self, longest: float, now: Callable[[], float], phase: str, first: float | None = None) -> None:
        """Begin to watch.

        Args:
            longest: the stated maximum in seconds.
            now: a clock.
            phase: what the trainer begins with.
            first: seconds until its first sign, if that is bound to come soon.
        """
        self._longest, self._now = longest, now
        self._first = longest if first is None else min(first, longest)
        self._any = False
        self._lock = threading.Lock()
        self._phase, self._seconds = phase, 0.0
        self._signs, self._pause = 0, 0.0
        self._looked = now()
        self._paused = False

    def progressed(self, phase: str = "") -> None:
        """Note a sign of progress. phase: what the trainer does now; "" = as before."""
        with self._lock:
            self._add()
            self._any = True
            if phase and phase != self._phase:
                self._phase, self._signs, self._pause = phase, 0, 0.0
            else:
                self._signs += 1
                self._pause = max(self._pause, self._seconds)
            self._seconds = 0.0

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While the trainer's events are not read: a ledger that is away is no sign that it hangs."""
        with self._lock:
            self._add()
            self._paused = True
        try:
            yield
        finally:
            with self._lock:
                self._add()
                self._paused = False

    def look(self) -> float:
        """Return the seconds of silence so far."""
        with self._lock:
            self._add()
            return self._seconds

    @property
    def limit(self) -> float:
        """Seconds of silence that are allowed now."""
        if not self._any:
            return self._first
        if self._signs < _KNOWN:
            return self._longest
        return min(self._longest, max(SHORTEST, FACTOR * self._pause))

    @property
    def pause(self) -> float:
        """Seconds of the longest pause between two signs of progress in this phase, the present one included."""
        return max(self._pause, self._seconds)

    @property
    def hung(self) -> bool:
        """True when the silence, as last looked at, has lasted for too long."""
        return self._seconds > self.limit

    def __str__(self) -> str:
        return f"silent for {self._seconds:.0f} s while {self._phase} (limit {self.limit:.0f} s)"

    def _add(self) -> None:
        now = self._now()
        if not self._paused:
            self._seconds += min(max(0.0, now - self._looked), _LONGEST_LOOK)
        self._looked = now
