"""One reading for all who look at the same time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Made = TypeVar("Made")

_MOST = 256


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    made_at: float = float("-inf")
    value: Any = None
    error: Exception | None = None


class TimedCache:
    """Values that are computed again when asked for after `seconds`, by one thread; the others wait for it and share.

    A failure is shared for as long as a value, so that a ledger that is away isn't asked by every viewer.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return the value of `key`. Raises whatever `make` raised."""
        entry = self._entry(key)
        with entry.lock:
            if time.monotonic() - entry.made_at >= self._seconds:
                try:
                    entry.value, entry.error = make(), None
                except Exception as error:
                    entry.value, entry.error = None, error
                entry.made_at = time.monotonic()
            if entry.error is not None:
                raise entry.error.with_traceback(None)
            value: Made = entry.value
            return value

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > _MOST:
                self._entries.popitem(last=False)
            return entry
