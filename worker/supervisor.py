"""A worker's supervisor: heartbeats, cancel flags, the reaper and the dispatcher, in one thread.

A ledger or a broker that is away is waited for; the thread itself never ends before the worker does.

When a ledger comes back after longer than a lease, the leases of all have run out, though nobody is lost. Their
holders renew them at their next heartbeats, which are honoured as long as nobody has taken the stages. So whoever
notices that the ledger was away reaps nothing for a while (`ReapGuard`).
"""

import threading
import time
from collections.abc import Callable, Sequence

from celery import Celery
from celery.utils.log import get_logger
from sqlalchemy.exc import SQLAlchemyError

from prunesweep.core.broker.embedded import Broker
from prunesweep.core.broker.hints import BrokerAway, waiting
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.clock import read_clock
from prunesweep.core.ledger.queue.claims import heartbeat
from prunesweep.core.ledger.queue.progress import record_doing, record_progress
from prunesweep.core.ledger.queue.reaper import due, reap
from prunesweep.core.ledger.queue.retention import forget_old
from prunesweep.core.ledger.queue.workers import SlotUsage, WorkerNotes, note, set_slots
from prunesweep.worker.auto_trainers import AutoTrainers
from prunesweep.worker.context import StopReason, WorkerContext
from prunesweep.worker.incidents import first_line
from prunesweep.worker.latency_runner import LatencyRunner
from prunesweep.worker.reap_guard import ReapGuard
from prunesweep.worker.slot import Slot
from prunesweep.worker.watchdog import Watchdog

logger = get_logger(__name__)

TICK = 1.0
"""Seconds between looks for stages without a hint."""

_FORGET_SECONDS = 3600.0
"""Between two looks for what the ledger need not keep any longer."""

_EXPECTED = (SQLAlchemyError, UserError, BrokerAway, OSError)
"""What a ledger or a broker that is away brings about."""

_DISPATCH = "dispatch"

_SETTLE = 0.05
"""A slot free for that long has found nothing on the queue: hints that are on their way are not doubled."""

_AHEAD = 16
"""Hints published at once for each free slot. More would pile up on the queue of a worker that goes away."""


class Supervisor:
    """Start it once; `wake` makes it look now instead of at the next tick."""

    def __init__(
        self,
        context: WorkerContext,
        app: Celery,
        slots: Sequence[Slot],
        broker: Broker,
        stopping: threading.Event,
        watchdog: Watchdog,
        reconnect: Callable[[], None],
        latencies: LatencyRunner | None = None,
        trainers: AutoTrainers | None = None,
    ) -> None:
        """reconnect: called when messages are no longer delivered. latencies: feeds that one of the slots which hints
        are not for. trainers: opens and closes slots."""
        self._context, self._app, self._slots, self._broker = context, app, slots, broker
        self._stopping = stopping
        self._watchdog, self._reconnect = watchdog, reconnect
        self._latencies, self._trainers = latencies, trainers
        self._registered: list[str] = []
        self._hinted = [slot for slot in slots if latencies is None or slot is not latencies.slot]
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._live, name="supervisor", daemon=True)
        self._next_beat = 0.0
        self._next_forget = 0.0
        self._noted = WorkerNotes({}, ())
        self._usage: tuple[SlotUsage, ...] = ()
        self._reap_guard = ReapGuard(context.settings.lease, context.settings.heartbeat)

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait until its thread has ended, `timeout` seconds at most."""
        if self._thread.ident is not None:  # a worker that never fully started is stopped as well
            self._thread.join(timeout)

    def wake(self) -> None:
        self._wake.set()

    def _live(self) -> None:
        while not self._stopping.is_set():
            self._turn()
            pause = min(TICK, self._context.settings.heartbeat, self._next_beat - time.monotonic())
            if self._wake.wait(max(0.0, pause)):
                self._wake.clear()
                self._stopping.wait(_SETTLE * 1.1)
        for slot in self._slots:
            self._try("stop", slot.begin_close)

    def _turn(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._guard("usage", self._look_at_usage)
            beaten = self._guard("heartbeat", self._beat)
            # An unreachable ledger is tried more often: leases run out meanwhile.
            wait = self._context.settings.heartbeat
            self._next_beat = time.monotonic() + (wait if beaten else min(TICK, wait))
            if beaten:
                self._guard("logs", self._save_logs)
                self._guard("progress", self._save_progress)
                self._guard("notes", self._save_notes)
                self._guard("reaper", self._reap)
            self._guard("broker", self._tend_broker)
            self._guard("retention", self._forget)
        self._guard("what runs", self._save_doing)
        self._guard("trainers", self._tend_trainers)
        self._guard(_DISPATCH, self._dispatch)
        if self._latencies is not None:
            self._guard("latencies", self._latencies.look)
        if self._trainers is not None:
            self._guard("trainers per device", self._trainers.look)

    def _guard(self, what: str, act: Callable[[], bool | None]) -> bool:
        """As `_try`; does nothing once the worker stops: each part may wait for a server that is away."""
        return not self._stopping.is_set() and self._try(what, act)

    def _try(self, what: str, act: Callable[[], bool | None]) -> bool:
        """Acts, and says whether that went well; logs once when it begins to fail, and once when it works again.

        act: returns False if there was nothing to do, which does not show that it works again.
        """
        try:
            tried = act()
        except Exception as error:
            # Anything else is a bug; but a worker without a supervisor loses its leases, so it continues.
            unexpected = None if isinstance(error, _EXPECTED) else error
            self._context.troubles.begin(what, first_line(error), unexpected=unexpected)
            return False
        if tried is not False:
            self._context.troubles.end(what)
        return True

    def _beat(self) -> None:
        settings, engine = self._context.settings, self._context.engine
        holders = {(held.digest, held.attempt): (slot, held) for slot in self._slots if (held := slot.progressing)}
        beats = heartbeat(engine, self._context.worker, list(holders), settings.lease, self._usage)
        self._reap_guard.beat(_awake_or_not())
        self._believe(lambda: read_clock(self._context.engine))
        for beat in beats:
            slot, held = holders[beat.digest, beat.attempt]
            if not beat.held:
                slot.stop(StopReason.LOST, held)
            elif beat.cancel:
                slot.stop(StopReason.CANCEL, held)

    def _look_at_usage(self) -> None:
        """Measure what the slots use, for the heartbeat to carry: no figure is kept from one to the next."""
        self._usage = ()
        self._usage = tuple(slot.usage() for slot in self._slots if slot.open)

    def _believe(self, read: Callable[[], float]) -> bool:
        """Read the ledger's clock; False if it was stepped, now or not long ago."""
        before = _awake_or_not()
        ledger = read()
        now = _awake_or_not()
        step = self._reap_guard.clock(now, ledger, now - before)
        if step:
            wait = self._context.settings.lease
            logger.warning("the ledger's clock was stepped by %+.0f s; no lease is taken back for %.0f s", step, wait)
        return self._reap_guard.may_reap(now)

    def _save_logs(self) -> None:
        for slot in self._slots:
            slot.save_log()

    def _reap(self) -> None:
        if not self._reap_guard.may_reap(_awake_or_not()):
            return
        settings = self._context.settings
        for digest in reap(self._context.engine, settings.max_attempts, settings.backoff, self._believe):
            logger.warning("%s: lease expired; the stage may run elsewhere", digest[:12])

    def _forget(self) -> bool:
        """Delete, about once an hour, what the ledger need not keep any longer. Not while its clock may be wrong.

        Returns: whether it was time.
        """
        if time.monotonic() < self._next_forget or not self._reap_guard.may_reap(_awake_or_not()):
            return False
        self._next_forget = time.monotonic() + _FORGET_SECONDS
        forgotten = forget_old(self._context.engine, self._context.settings.keep)
        for artifact in forgotten.snapshots:
            self._context.discard(artifact)
        return True

    def _save_progress(self) -> None:
        silent = {}
        for slot in self._slots:
            held = slot.progressing
            if held is not None:
                silent[held.digest, held.attempt] = slot.silent_seconds
        record_progress(self._context.engine, silent)

    def _save_doing(self) -> None:
        news = {}
        for slot in self._slots:
            held = slot.progressing
            if held is not None and (doing := slot.doing.due()) is not None:
                news[held.digest, held.attempt] = doing
        record_doing(self._context.engine, news)

    def _save_notes(self) -> None:
        slots = [slot for slot in self._slots if slot.open]
        if self._trainers is not None and (roles := [slot.role for slot in slots]) != self._registered:
            set_slots(self._context.engine, self._context.worker, roles)
            self._registered = roles
        out = tuple(slot.name for slot in slots if slot.out)
        notes = WorkerNotes(self._context.troubles.now(), out, self._context.troubles.said())
        if notes != self._noted:
            note(self._context.engine, self._context.worker, notes)
            self._noted = notes

    def _tend_trainers(self) -> None:
        for slot in self._slots:
            slot.look()
            slot.keep_warm()

    def _tend_broker(self) -> None:
        if self._broker.ensure():
            logger.warning("the embedded broker was down; started it again")

    def _dispatch(self) -> None:
        """Publish hints for stages that free slots could run and that have no recent hint."""
        free: dict[str, int] = {}
        for slot in self._hinted:
            if slot.free_for() >= _SETTLE:
                kind = slot.device.partition(":")[0]
                free[kind] = free.get(kind, 0) + 1
        # After a failure the broker is asked though no slot is free: only its answer shows that it works again.
        queued = waiting(self._app) if free or _DISPATCH in self._context.troubles.now() else 0
        undelivered = bool(free) and queued > 0
        if not undelivered:
            self._watchdog.delivered()
        elif self._watchdog.stalled(time.monotonic()):
            self._reconnect()
        if not free or undelivered:
            # Hints lie there already. To add to them would feed on itself when the machine is slow: stale hints
            # keep slots from new ones, which grow stale in their turn.
            return
        for kind, count in free.items():
            older_than = self._context.settings.republish
            self._context.publish(due(self._context.engine, kind, count * _AHEAD, older_than))


def _awake_or_not() -> float:
    """Return the seconds since some moment; unlike `time.monotonic` it counts those for which the machine was
    asleep."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
