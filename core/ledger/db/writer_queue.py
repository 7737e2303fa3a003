"""The writers of one SQLite file queue up in front of its lock.

SQLite lets one write; others sleep and look again, up to a tenth of a second later, and whoever looks at the right
moment is next: with 64 writers some wait for seconds. Here they wait for a lock on a file beside the ledger, which the
system hands on at once. This decides nothing: `BEGIN IMMEDIATE` does, as ever. Whoever waits too long, because the
holder hangs or writes for long, stops queueing and asks SQLite.
"""

import fcntl
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST_WAIT = 1.0


class WriterQueue:
    """The queue of a file, as one engine of one process sees it. With `turn()`: a write.

    Attributes:
        longest_wait: seconds in the queue, at most.
    """

    def __init__(self, ledger: Path) -> None:
        self.longest_wait = _LONGEST_WAIT
        self._file = ledger.with_name(f"{ledger.name}-queue")
        self._mutex = threading.Lock()
        self._lock: _Lock | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this writer's turn, though no longer than `longest_wait`, and end it after the block."""
        ends = time.monotonic() + self.longest_wait
        if not self._mutex.acquire(timeout=self.longest_wait):
            yield
            return
        try:
            lock = self._mine()
            held = lock is not None and lock.take(ends - time.monotonic())
            try:
                yield
            finally:
                if held and lock is not None:
                    lock.give_back()
        finally:
            self._mutex.release()

    def _mine(self) -> "_Lock | None":
        """Return the lock, opened by this process: one inherited from a parent would be shared with it. None where the
        file cannot be opened: then there is no queue."""
        if self._lock is None or self._lock.process != os.getpid():
            try:
                self._lock = _Lock(self._file)
            except OSError:
                return None
        return self._lock


class _Lock:
    """The lock on the file. Raises OSError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.process = os.getpid()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._closing = weakref.finalize(self, os.close, self._file)
        self._waiter: _Waiter | None = None

    def take(self, seconds: float) -> bool:
        """Return whether the lock was acquired within that time."""
        if self._waiter is None or self._waiter.ended:
            self._waiter = None
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._waiter = _Waiter(self)
            except OSError:  # a file system without such locks
                return False
            else:
                return True
        if not self._waiter.wait(seconds):
            return False
        self._waiter = None
        return True

    def wait_for_it(self) -> None:
        """Take it, however long that lasts."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def give_back(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)


class _Waiter:
    """Waits for the lock in a thread of its own, because the system knows no time limit for that.

    Attributes:
        ended: the lock came when nobody wanted it any longer, and was given back.
    """

    def __init__(self, lock: _Lock) -> None:
        self.ended = False
        self._state = threading.Condition()
        self._wanted, self._held = True, False
        threading.Thread(target=self._take, args=(lock,), name="writer-queue", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Return whether the lock came within that time. Whoever stopped waiting may wait again."""
        with self._state:
            self._wanted = True
            self._state.wait_for(lambda: self._held or self.ended, max(0.0, seconds))
            self._wanted = self._held
            return self._held

    def _take(self, lock: _Lock) -> None:
        lock.wait_for_it()
        with self._state:
            if self._wanted:
                self._held = True
            else:
                lock.give_back()
                self.ended = True
            self._state.notify()
