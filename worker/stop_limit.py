"""Sees to it that no call waits for ever for a ledger that answers nothing, and that a worker which is to stop ends.

A worker that works asks such a ledger again, on a new connection. In one that is to stop, the end of the calls lets
everything else come to its own end. What is left after that (a process that the system cannot kill, say) is left
behind: the worker kills its trainers and goes.
"""

import os
import threading
import time
from collections.abc import Callable

from celery.utils.log import get_logger

from prunesweep.core.ledger.db.open_connections import OpenConnections

logger = get_logger(__name__)

CALL_SECONDS = 60.0
"""A call that the ledger has not answered by then is ended. All take a fraction of it, but for waiting for a lock."""
LEDGER_SECONDS = 4.0
"""The same of a worker that stops."""
STOP_SECONDS = 20.0
"""How long stopping may take, beyond the time for which a trainer may save its state."""
EXIT_CODE = 1
_LOOK_SECONDS, _SELDOM_SECONDS = 0.25, 2.0


class StopLimit:
    """One worker's. Its thread ends calls from the start, and counts from when the worker is asked to stop."""

    def __init__(
        self,
        stopping: threading.Event,
        connections: OpenConnections,
        grace: Callable[[], float],
        kill: Callable[[], None],
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        """
        Args:
            grace: seconds for which trainers may save; asked once, when stopping begins.
            kill: ends the trainers at once.
            leave: ends this process with an exit code, whatever its threads do.
        """
        self._stopping, self._connections, self._grace = stopping, connections, grace
        self._kill, self._leave = kill, leave
        self._thread = threading.Thread(target=self._watch, name="stop limit", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopping.wait(_SELDOM_SECONDS):
            if self._connections.cut(CALL_SECONDS):
                logger.warning("the ledger has not answered for %.0f s; asking again on a new connection", CALL_SECONDS)
        limit = self._grace() + STOP_SECONDS
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if self._connections.cut(LEDGER_SECONDS):
                logger.warning("the ledger has not answered for %.0f s, and the worker stops", LEDGER_SECONDS)
            time.sleep(_LOOK_SECONDS)
        logger.critical("not stopped within %.0f s; leaving at once: leases of running stages run out", limit)
        self.leave_now()

    def leave_now(self) -> None:
        """Kill the trainers and end this process."""
        self._kill()
        self._leave(EXIT_CODE)
