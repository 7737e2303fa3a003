"""The connections that an engine has open, and how a call on one of them is ended from another thread.

A database that is stopped, or whose host was cut off, leaves its connections open and answers nothing. libpq waits for
that answer without end: neither a signal nor a time limit of the server ends the call.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

_HELD = "sweep_held"


@dataclass(frozen=True)
class OpenCall:
    """A connection that somebody has held for so many seconds.

    server: where it is: host, hostaddr and port, as the driver takes them.
    """

    server: Mapping[str, Any]
    seconds: float


@dataclass(eq=False)
class _Held:
    """One connection. since: when it was taken; None = nobody has it."""

    socket: socket.socket
    server: Mapping[str, Any]
    since: float | None
    cut: bool = False


def was_cut(info: Mapping[Any, Any]) -> bool:
    """Return whether `OpenConnections.cut` has ended the call on the connection of this info dictionary."""
    held: _Held | None = info.get(_HELD)
    return held is not None and held.cut


class OpenConnections:
    """Of one engine, from now on. Those to a SQLite file are none: SQLite gives up by itself."""

    def __init__(self, engine: Engine) -> None:
        self._lock = threading.Lock()
        self._open: dict[Any, _Held] = {}
        self.on_open: Callable[[], object] = lambda: None
        """Called with each new connection."""
        if engine.dialect.name != "postgresql":
            return
        # First of all: what others do with a new connection, and at a checkout, may ask the server.
        event.listen(engine, "connect", self._opened, insert=True)
        event.listen(engine, "checkout", _taken, insert=True)
        event.listen(engine, "checkin", _returned)
        event.listen(engine, "close", self._closed)
        event.listen(engine, "close_detached", self._closed)
        engine.dispose()  # what was opened before is not known here

    def cut(self, seconds: float) -> int:
        """End the calls on connections that somebody has held for so long, as if the server had closed them; return
        how many. Their callers get an OperationalError at once."""
        now, cut = time.monotonic(), 0
        with self._lock:
            for held in self._open.values():
                if held.since is not None and now - held.since > seconds:
                    held.cut = True  # first: its caller looks as soon as the call ends
                    with suppress(OSError):  # the server has just closed it
                        held.socket.shutdown(socket.SHUT_RDWR)
                        cut += 1
                    held.since = now
        return cut

    def any_open(self) -> bool:
        """Return whether there are connections, in use or not."""
        return bool(self._open)

    def longest(self) -> OpenCall | None:
        """Return the connection that is held longest; None if all are free."""
        now = time.monotonic()
        with self._lock:
            calls = [OpenCall(one.server, now - one.since) for one in self._open.values() if one.since is not None]
        return max(calls, key=lambda call: call.seconds, default=None)

    def _opened(self, connection: Any, record: Any) -> None:
        # A descriptor of our own: libpq's may be closed, and its number another file's, when we come to use it.
        mine = socket.socket(fileno=os.dup(connection.fileno()))
        # Its info tells nothing any more once it is closed.
        held = record.info[_HELD] = _Held(mine, _server(connection.info), time.monotonic())
        with self._lock:
            self._open[connection] = held
        self.on_open()

    def _closed(self, connection: Any, _record: Any = None) -> None:
        with self._lock:
            held = self._open.pop(connection, None)
        if held is not None:
            held.socket.close()


def _server(info: Any) -> Mapping[str, Any]:
    """Return the one server that a connection leads to: its URL may name several, and a name have several addresses."""
    found = {"host": info.host, "hostaddr": info.hostaddr, "port": info.port}
    return {name: value for name, value in found.items() if value}


def _taken(_connection: Any, record: Any, _proxy: Any) -> None:
    record.info[_HELD].since = time.monotonic()


def _returned(_connection: Any, record: Any) -> None:
    if _HELD in record.info:
        record.info[_HELD].since = None
