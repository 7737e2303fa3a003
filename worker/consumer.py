"""The consumer of hints, to which a broker that answers with an error is a broker that is away.

Celery's own ends the worker on `OOM`, `MISCONF`, `READONLY`, `NOPERM` and their like, and reports every single try to
reach a broker. This one waits a little, connects again, and reports once when the trouble begins and once when it is
over. What runs in the slots is not touched by either.
"""

import time
from contextlib import suppress
from threading import current_thread, main_thread
from typing import Any

from celery.bootsteps import RUN
from celery.utils.log import get_logger
from celery.worker.consumer.consumer import COLLECT_SOCKET_TIMEOUT, Consumer
from celery.worker.state import maybe_shutdown

from prunesweep.core.broker.app import RECONNECT_SECONDS
from prunesweep.worker.incidents import Incidents, first_line

logger = get_logger(__name__)

_STEADY_SECONDS = 3.0
"""A connection that served for so long works: a hint is asked for each second."""

_FIRST_PAUSE = 0.25
_WHAT = "connection to the broker"
_LOOK_SECONDS = 0.1


class HintConsumer(Consumer):
    """Set as `worker_consumer` of the app; its controller holds the worker's runtime."""

    connection: Any
    blueprint: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._pause = _FIRST_PAUSE
        self._connections = 0

    @property
    def _troubles(self) -> Incidents:
        troubles: Incidents = self.controller.runtime.troubles
        return troubles

    def ensure_connected(self, conn: Any) -> Any:
        """Return the connection once it stands; waits for a broker that is away, until the worker stops."""
        self.first_connection_attempt = False
        conn.waiting = self._stop_if_asked
        return conn.ensure_connection(
            errback=lambda error, _interval: self._troubles.begin(_WHAT, first_line(error)),
            callback=maybe_shutdown,
        )

    def _stop_if_asked(self) -> None:
        """Stop the worker if it is to stop. A broker that hangs keeps us within Celery's own event of each 2 s, or the
        first one of a connection, which waits for it without end, and never asks. What is published while we stop is
        not disturbed."""
        if self.blueprint.state == RUN and current_thread() is main_thread():
            maybe_shutdown()

    def on_ready(self) -> None:
        """Begin the event loop; only now does it turn out whether the broker serves us."""
        super().on_ready()
        self._connections += 1
        if self.hub is not None:
            self.hub.call_later(_STEADY_SECONDS, self._steady, self._connections)

    def on_connection_error_before_connected(self, exc: BaseException) -> None:
        """Note that the broker was lost, or refused us, while a connection was set up."""
        self._give_way(exc)

    def on_connection_error_after_connected(self, exc: BaseException) -> None:
        """Note that the broker was lost, or refused us: drops the connection, waits, and lets Celery make another
        one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(Exception):
                connection.collect(socket_timeout=COLLECT_SOCKET_TIMEOUT)
            with suppress(Exception):
                connection.close()
        self._give_way(exc)

    def _give_way(self, error: BaseException) -> None:
        self._connections += 1
        self._troubles.begin(_WHAT, first_line(error))
        until = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, RECONNECT_SECONDS)
        while time.monotonic() < until:
            maybe_shutdown()
            time.sleep(_LOOK_SECONDS)

    def _steady(self, connection: int) -> None:
        if connection == self._connections:
            self._pause = _FIRST_PAUSE
            self._troubles.end(_WHAT)
