"""Ends calls to a database that answers nobody any more, and leaves those alone that only take long.

A report over many cells, a migration or a wait for a lock may rightly take minutes, so no time limit on a call itself
would do. Instead, while a call takes long, the server is asked for something small on a connection of its own. The
kernel's keepalive packets cannot tell: it answers them for a process that is stopped, too.
"""

import selectors
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from prunesweep.core.ledger.db.open_connections import OpenCall, OpenConnections, was_cut

_ASK_SHARE = 1 / 6
"""Of the limit: for how long a call is under way before the server is asked, and then between two questions."""
_LOOK_SHARE = 1 / 30
_REPLY_SECONDS = 2
"""For a connection, and then for an answer; psycopg takes no less."""


class SilenceWatch:
    """Of one engine on PostgreSQL. Its thread lives while the engine has a connection."""

    def __init__(
        self,
        engine: Engine,
        connections: OpenConnections,
        limit: float,
        tell: Callable[[str], object],
        asked: "Callable[[Engine, OpenCall], bool] | None" = None,
    ) -> None:
        """
        Args:
            limit: seconds without any answer of the server after which calls to it end with OperationalError.
            tell: called with what to say while a person waits, e.g. `has not answered for 7 s; …`.
            asked: see `answers`, which is what it is by default.
        """
        self._engine, self._connections, self._limit, self._tell = engine, connections, limit, tell
        self._asked = asked or answers
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._running = False
        self._answered_at = 0.0
        self._silent_since: float | None = None
        self.given_up = ""
        """Why calls have been ended, if they were."""
        connections.on_open = self._begin
        event.listen(engine, "handle_error", self._explain, retval=True)

    def end(self) -> None:
        """Watch no more: somebody else sees to it that calls end."""
        self._ended.set()

    def _begin(self) -> None:
        with self._lock:
            if not self._running and not self._ended.is_set():
                self._running = True
                threading.Thread(target=self._watch, name="ledger silence", daemon=True).start()

    def _watch(self) -> None:
        while not self._ended.wait(self._limit * _LOOK_SHARE):
            with self._lock:
                if not self._connections.any_open():
                    self._running = False
                    return
            self._look()

    def _look(self) -> None:
        """Ask the server if a call takes long, and end all long ones once it has been silent for too long."""
        after, asked_at = self._limit * _ASK_SHARE, time.monotonic()
        call = self._connections.longest()
        if call is None or call.seconds < after:
            self._silent_since = None
            return
        if asked_at - self._answered_at < after:
            return
        if self._asked(self._engine, call):
            self._answered_at = time.monotonic()
            if self._silent_since is not None:
                self._silent_since = None
                self._tell("answers again")
            return
        now, first = time.monotonic(), self._silent_since is None
        self._silent_since = asked_at - after if self._silent_since is None else self._silent_since
        silent = now - self._silent_since
        if silent >= self._limit:
            self.given_up = f"it has not answered for {self._limit:g} s"
            self._connections.cut(after)
            self._silent_since = None
        elif first:
            self._tell(
                f"has not answered for {silent:.0f} s; see that its server runs and can be reached"
                f" (given up after {self._limit:g} s: SWEEP_ANSWER_SECONDS)"
            )

    def _explain(self, context: ExceptionContext) -> BaseException | None:
        """Give an error that comes of our ending the call a message that says so."""
        connection = context.connection
        if connection is None or connection.invalidated or not was_cut(connection.info):
            return None
        dbapi: Any = context.dialect.loaded_dbapi
        said = dbapi.OperationalError(self.given_up)
        return OperationalError(context.statement, None, said, connection_invalidated=True)


def answers(engine: Engine, call: OpenCall) -> bool:
    """Return whether the server of a call answers a new connection. A refusal is an answer: too many connections, say.

    A small query as well, because a pooler in front of a database lets clients in by itself.
    """
    dbapi: Any = engine.dialect.loaded_dbapi
    _, parameters = engine.dialect.create_connect_args(engine.url)
    limits = {"connect_timeout": _REPLY_SECONDS, "autocommit": True}
    try:
        with closing(dbapi.connect(**{**parameters, **call.server, **limits})) as asking:
            asking.pgconn.send_query(b"SELECT 1")
            with selectors.DefaultSelector() as selector:
                selector.register(asking.pgconn.socket, selectors.EVENT_READ)
                return bool(selector.select(_REPLY_SECONDS))
    except dbapi.errors.ConnectionTimeout:
        return False
    except (dbapi.Error, OSError, ValueError):  # the latter two: it ends while it is asked
        return True
