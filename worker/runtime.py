"""A worker's runtime: its slots and all that they share, from start to stop."""

import os
import platform
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from celery import Celery
from celery.utils.log import get_logger
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.broker.embedded import Broker
from prunesweep.core.broker.hints import BrokerAway, publish, reconnect
from prunesweep.core.ledger.db.engine import open_ledger, take_over, wait_briefly
from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.ledger.queries.lookup import next_training
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queue.workers import gone, register
from prunesweep.core.settings import Settings
from prunesweep.core.version import full_version
from prunesweep.worker.artifact_cleanup import ArtifactCleanup
from prunesweep.worker.auto_trainers import AutoTrainers
from prunesweep.worker.context import WorkerContext
from prunesweep.worker.incidents import Incidents
from prunesweep.worker.latency_runner import LatencyRunner
from prunesweep.worker.mps import Mps
from prunesweep.worker.retry import LedgerRetry
from prunesweep.worker.slot import Slot
from prunesweep.worker.stop_limit import StopLimit
from prunesweep.worker.supervisor import TICK, Supervisor
from prunesweep.worker.trainer_rates import KeptChoices, TrainerRates
from prunesweep.worker.watchdog import LOOKS, Watchdog

logger = get_logger(__name__)

_HAND_BACK_SECONDS = 3.0
"""How long a stopping worker waits for its stages to be handed back, beyond the grace that their trainers have."""

_BUSY_SECONDS = 5.0
"""How long a call waits for a locked SQLite ledger before it is made again: heartbeats and stopping wait behind it."""


class WorkerRuntime:
    """Slots, supervisor, ledger and embedded broker of one worker process."""

    def __init__(
        self,
        settings: Settings,
        app: Celery,
        devices: Sequence[str],
        latencies: bool = False,
        mps: Mps | None = None,
    ) -> None:
        """Open the ledger and start the embedded broker; nothing runs before `start`.

        Args:
            devices: of its slots, one name for each.
            latencies: there is one slot more, which takes only latencies on the CPU.
            mps: not None = of each GPU only as many slots are used as are measured to be worth it (`AutoTrainers`).

        Raises:
            UserError: a ledger or broker that cannot be used.
        """
        self._app = app
        self._stopping = threading.Event()
        self._asked = self._stopped = False
        self._wake_consumer: Callable[[], None] = lambda: None
        self._reconnect_consumer: Callable[[], object] = lambda: None
        self.troubles = Incidents()
        self._watchdog = Watchdog(TICK)
        self._begun: set[str] = set()
        self._ended: deque[str] = deque(maxlen=1024)
        self._lock = threading.Lock()
        self._publishing = threading.Lock()
        self._busy: set[Slot] = set()
        self.name = f"{platform.node() or 'host'}:{os.getpid()}"
        self._broker = Broker(settings)
        store = ArtifactStore.open(settings.artifacts_url, settings.home)
        self._engine = _open_both(settings, self._broker)
        identity = ledger_id(self._engine)
        connections = take_over(self._engine)  # nothing asks the ledger from here to the start of the limit below
        ledger_retry = LedgerRetry(self._stopping)
        self._cleanup = ArtifactCleanup(store, identity)
        self._context = WorkerContext(
            settings, self._engine, self.name, ledger_retry, self._publish, self._cleanup, self._changed, self.troubles
        )
        self._slots = tuple(Slot(device, self._context, name) for device, name in _named(devices))
        self._latencies = LatencyRunner(self._context) if latencies else None
        self._all_slots = self._slots if self._latencies is None else (*self._slots, self._latencies.slot)
        self._mps, self._rates = mps, TrainerRates()
        self.limit = StopLimit(self._stopping, connections, self._longest_grace, self._kill)
        trainers = None if mps is None else self._auto_trainers(mps)
        self._supervisor = Supervisor(
            self._context,
            app,
            self._all_slots,
            self._broker,
            self._stopping,
            self._watchdog,
            self._reconnect,
            self._latencies,
            trainers,
        )

    def start(self) -> None:
        """Register the worker, start the trainers and the supervisor."""
        roles = [slot.role for slot in self._all_slots if slot.open]
        register(self._engine, self.name, platform.node(), os.getpid(), roles, full_version())
        self._cleanup.start()
        self._supervisor.start()

    def run(self, digest: str, message: str) -> None:
        """Run a stage on a free slot, if it can still be claimed. message: the id of the hint."""
        self._watchdog.delivered()
        slot = self._take_slot(message)
        try:
            ran = slot is not None and slot.run(digest)
        finally:
            with self._lock:
                self._busy.discard(slot) if slot is not None else None
                self._begun.discard(message)
                self._ended.append(message)
            self._changed()
        if not ran and self._latencies is not None:
            self._latencies.offer(digest)

    def has_room(self, messages: Collection[str]) -> bool:
        """Return True when another hint could be acted on at once. messages: ids of those taken off the queue so
        far."""
        if self._stopping.is_set():
            return False
        with self._lock:
            ended = set(self._ended)
        return sum(message not in ended for message in messages) < sum(slot.ready for slot in self._slots)

    def forget(self, messages: Iterable[str]) -> None:
        """Forget messages that were delivered but never started."""
        with self._lock:
            self._ended.extend(message for message in messages if message not in self._begun)

    def on_room(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever there may be room again."""
        self._wake_consumer = wake
        wake()

    def on_stalled_delivery(self, reconnect: Callable[[], object]) -> None:
        """Call `reconnect`, by any thread, when the queue is not empty but no hint is delivered."""
        self._reconnect_consumer = reconnect

    def begin_stop(self) -> None:
        """Hand stages back from now on, by the supervisor's thread; safe in a signal handler."""
        # A signal may come while the one before is handled here: an event that is being set must not be set again.
        if not self._asked:
            self._asked = True
            self._stopping.set()
            self._supervisor.wake()

    def stop(self) -> None:
        """Hand the stages back, end the trainers, say goodbye. Safe to call again."""
        if self._stopped:
            return
        self._stopped = True
        self.begin_stop()
        self._rates.close()
        for slot in self._all_slots:
            slot.begin_close()
        until = time.monotonic() + self._longest_grace() + _HAND_BACK_SECONDS
        for slot in self._all_slots:
            slot.close(until - time.monotonic())
        if self._latencies is not None:
            self._latencies.close()
        if self._mps is not None:
            self._mps.stop()
        self._supervisor.join(1.0)
        with suppress(SQLAlchemyError):
            gone(self._engine, self.name)
        self._engine.dispose()

    def release_broker(self) -> None:
        """Release the embedded broker, which its last worker stops; call when nothing talks to it any more."""
        self._broker.release()

    def _longest_grace(self) -> float:
        return max((slot.grace for slot in self._all_slots), default=0.0)

    def _kill(self) -> None:
        # Nothing that takes a lock: a signal handler may be what calls. What measures rates dies with us.
        for slot in self._all_slots:
            slot.kill()

    def _auto_trainers(self, mps: Mps) -> AutoTrainers:
        slots: dict[str, list[Slot]] = {}
        for slot in self._slots:
            if slot.device != "cpu":
                slots.setdefault(slot.device, []).append(slot)
        kept = KeptChoices(self._context.settings.home / "trainers.json")
        coming = partial(next_training, self._engine)
        return AutoTrainers(slots, coming, self._rates, kept, self.troubles, self._changed, mps.words)

    def _take_slot(self, message: str) -> Slot | None:
        with self._lock:
            self._begun.add(message)
            slot = next((slot for slot in self._slots if slot.ready and slot not in self._busy), None)
            if slot is not None:
                self._busy.add(slot)
            return slot

    def _publish(self, digests: Iterable[str]) -> None:
        wanted = list(digests)
        try:
            ordered = in_order(self._engine, wanted)
        except SQLAlchemyError:  # it is away, which others report; a hint without its priority is still a hint
            ordered = dict.fromkeys(wanted, 0)
        try:
            with self._publishing:
                if publish(self._app, ordered, ordered):
                    self.troubles.end("publishing hints")
        except BrokerAway as error:
            self.troubles.begin("publishing hints", str(error))

    def _reconnect(self) -> None:
        logger.warning("queue not empty but no messages delivered for %.0f s; reconnecting", LOOKS * TICK)
        # Ours may be the ones that lead elsewhere. Only the supervisor, which calls this, uses them without publishing.
        with self._publishing:
            reconnect(self._app)
        self._reconnect_consumer()

    def _changed(self) -> None:
        self._wake_consumer()
        self._supervisor.wake()


def _open_both(settings: Settings, broker: Broker) -> Engine:
    """Open the ledger and start the embedded broker; without both, neither stays open."""
    engine = open_ledger(settings)
    wait_briefly(engine, _BUSY_SECONDS)
    try:
        broker.ensure()
    except BaseException:
        engine.dispose()
        raise
    return engine


def _named(devices: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each device with its slot's name: `cuda:0`, and `cuda:0 (2)` for the second slot on it."""
    seen: dict[str, int] = {}
    for device in devices:
        seen[device] = seen.get(device, 0) + 1
        yield device, device if seen[device] == 1 else f"{device} ({seen[device]})"
