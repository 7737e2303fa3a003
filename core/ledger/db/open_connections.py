"""The connections that an engine has open, and how a call on one of them is ended from another thread.

A database that is stopped, or whose host was cut off, leaves its connections open and answers nothing. libpq waits for
that answer without end: neither a signal nor a time limit of the server ends the call.
"""

import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event

_SOCKET, _SINCE = "sweep_socket", "sweep_in_use_since"


class OpenConnections:
    """Of one engine, from now on. Those to a SQLite file are none: SQLite gives up by itself."""

    def __init__(self, engine: Engine) -> None:
        self._lock = threading.Lock()
        self._records: set[Any] = set()
        if engine.dialect.name != "postgresql":
            return
        event.listen(engine, "connect", self._opened)
        # First of all: what others do at a checkout may ask the server.
        event.listen(engine, "checkout", _taken, insert=True)
        event.listen(engine, "checkin", _returned)
        event.listen(engine, "close", self._closed)
        engine.dispose()  # what was opened before is not known here

    def cut(self, seconds: float) -> int:
        """End the calls on connections that somebody has held for so long, as if the server had closed them; return
        how many. Their callers get an OperationalError at once."""
        now, cut = time.monotonic(), 0
        with self._lock:
            for record in self._records:
                since = record.info.get(_SINCE)
                if since is not None and now - since > seconds:
                    with suppress(OSError):  # the server has just closed it
                        record.info[_SOCKET].shutdown(socket.SHUT_RDWR)
                        cut += 1
                    record.info[_SINCE] = now
        return cut

    def _opened(self, connection: Any, record: Any) -> None:
        # A descriptor of our own: libpq's may be closed, and its number another file's, when we come to use it.
        with self._lock:
            record.info[_SOCKET] = socket.socket(fileno=os.dup(connection.fileno()))
            self._records.add(record)

    def _closed(self, _connection: Any, record: Any) -> None:
        with self._lock:
            self._records.discard(record)
            if _SOCKET in record.info:
                record.info.pop(_SOCKET).close()


def _taken(_connection: Any, record: Any, _proxy: Any) -> None:
    record.info[_SINCE] = time.monotonic()


def _returned(_connection: Any, record: Any) -> None:
    record.info.pop(_SINCE, None)
