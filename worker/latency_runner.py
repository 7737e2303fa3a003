"""Feeds the slot that takes only latencies on the CPU.

Hints say not what their stages are, and one that only this slot could take would keep the slots of GPUs from theirs.
So it is given its stages past the queue: what the ledger has for it, and those with whose hint a slot of a GPU could do
nothing.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from celery.utils.log import get_logger

from prunesweep.core.ledger.db.slots import LATENCY_SLOT
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.worker.context import WorkerContext
from prunesweep.worker.slot import Slot

logger = get_logger(__name__)

_SPREAD_SECONDS = 1.0
"""Workers that look within that time get different stages."""


class LatencyRunner:
    """Runs stages in its slot, one at a time, in a thread of its own. Every method is safe in any thread."""

    def __init__(self, context: WorkerContext) -> None:
        self.slot = Slot("cpu", context, LATENCY_SLOT, role=LATENCY_SLOT)
        self._context = context
        self._lock = threading.Lock()
        self._taken = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="latencies")

    def look(self) -> None:
        """Run what the ledger has for the slot, if that is free; returns at once."""
        if not self._taken and self.slot.free_for() > 0:
            for digest in due(self._context.engine, LATENCY_SLOT, 1, _SPREAD_SECONDS):
                self.offer(digest)

    def offer(self, digest: str) -> None:
        """Run this stage, if the slot is free and may take it; returns at once."""
        with self._lock:
            if self._taken or not self.slot.ready:
                return
            self._taken = True
            try:
                self._thread.submit(self._run, digest)
            except RuntimeError:  # the worker ends
                return

    def close(self) -> None:
        """Take no other stage; to be called once the slot is closed."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _run(self, digest: str) -> None:
        try:
            ran = self.slot.run(digest)
        except Exception:
            ran = True
            logger.exception(
                "%s: %s ended with an error; it may run again when its lease expires", LATENCY_SLOT, digest[:12]
            )
        self._taken = False
        if ran:
            self._context.changed()
