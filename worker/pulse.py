"""A worker's pulse: heartbeats, cancel flags, the reaper and the dispatcher, in one thread.

A ledger or a broker that is away is waited for; the thread itself never ends before the worker does.
"""

import threading
import time
from collections.abc import Callable, Sequence

from celery import Celery
from celery.utils.log import get_logger
from sqlalchemy.exc import SQLAlchemyError

from core.broker.embedded import Broker
from core.broker.hints import BrokerAway, waiting
from core.errors import UserError
from core.ledger.claims import heartbeat
from core.ledger.reaper import due, reap
from worker.slots import Desk, Slot, Verdict

logger = get_logger(__name__)

TICK = 1.0
"""Seconds between looks for stages that nobody was told of."""

_SETTLE = 0.05
"""A slot free for that long has found nothing on the queue: hints that are on their way are not doubled."""

_AHEAD = 16
"""Hints published at once for each free slot. More would pile up on the queue of a worker that goes away."""


class Pulse:
    """Start it once; `wake` makes it look now instead of at the next tick."""

    def __init__(
        self, desk: Desk, app: Celery, slots: Sequence[Slot], broker: Broker, stopping: threading.Event
    ) -> None:
        self._desk, self._app, self._slots, self._broker = desk, app, slots, broker
        self._stopping = stopping
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._live, name="pulse", daemon=True)
        self._next_beat = 0.0
        self._troubles: dict[str, str] = {}

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def wake(self) -> None:
        self._wake.set()

    def _live(self) -> None:
        tick = min(TICK, self._desk.settings.heartbeat)
        while not self._stopping.is_set():
            if time.monotonic() >= self._next_beat:
                self._next_beat = time.monotonic() + self._desk.settings.heartbeat
                self._guard("heartbeat", self._beat)
                self._guard("broker", self._tend_broker)
            self._guard("trainers", self._tend_trainers)
            self._guard("dispatch", self._dispatch)
            if self._wake.wait(max(0.0, min(tick, self._next_beat - time.monotonic()))):
                self._wake.clear()
                self._stopping.wait(_SETTLE * 1.1)
        for slot in self._slots:
            slot.begin_close()

    def _guard(self, what: str, act: Callable[[], None]) -> None:
        """Acts; says once when that begins to fail, and once when it works again."""
        try:
            act()
        except (SQLAlchemyError, UserError, BrokerAway, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            if self._troubles.get(what) != reason:
                logger.warning("%s: %s; trying again", what, reason)
            self._troubles[what] = reason
        except Exception:
            # A bug; but a worker without a pulse loses its leases, so it goes on.
            logger.exception("%s failed", what)
        else:
            if self._troubles.pop(what, ""):
                logger.warning("%s: works again", what)

    def _beat(self) -> None:
        settings, engine = self._desk.settings, self._desk.engine
        holders = {(held.digest, held.attempt): (slot, held) for slot in self._slots if (held := slot.held)}
        for beat in heartbeat(engine, self._desk.worker, list(holders), settings.lease):
            slot, held = holders[beat.digest, beat.attempt]
            if not beat.held:
                slot.stop(Verdict.LOST, held)
            elif beat.cancel:
                slot.stop(Verdict.CANCEL, held)
        for slot, _ in holders.values():
            slot.save_log()
        for digest in reap(engine, settings.max_attempts, settings.backoff):
            logger.warning("%s: its lease ran out; taken back", digest[:12])

    def _tend_trainers(self) -> None:
        for slot in self._slots:
            slot.keep_warm()

    def _tend_broker(self) -> None:
        if self._broker.ensure():
            logger.warning("the embedded broker was down; started it again")

    def _dispatch(self) -> None:
        """Publishes hints for stages that free slots could run and that nobody was told of, or long ago."""
        free: dict[str, int] = {}
        for slot in self._slots:
            if slot.free_for() >= _SETTLE:
                kind = slot.device.partition(":")[0]
                free[kind] = free.get(kind, 0) + 1
        if not free or waiting(self._app) > 0:
            # Hints lie there already. To add to them would feed on itself when the machine is slow: stale hints
            # keep slots from new ones, which grow stale in their turn.
            return
        for kind, count in free.items():
            older_than = self._desk.settings.republish
            self._desk.publish(due(self._desk.engine, kind, count * _AHEAD, older_than))
