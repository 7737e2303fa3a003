"""The warm trainer of a slot: started in the background, kept between stages, and started again when it is gone."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from celery.utils.log import get_logger

from prunesweep.core.ledger.queue.workers import SlotUsage
from prunesweep.worker.context import WorkerContext
from prunesweep.worker.protocol import Progress
from prunesweep.worker.stall import StallDetector
from prunesweep.worker.trainer_process import GRACE, LONGEST_GRACE, TrainerDied, TrainerProcess
from prunesweep.worker.usage import ProcessMeter

logger = get_logger(__name__)

_LONGEST_RESTART = 60.0
_START_SECONDS = 300.0
"""A trainer must be up by then; importing torch from a cold network disk takes a minute."""
_SAVING_SECONDS = 3.0
"""How long saving a state is thought to take before one was saved."""
_OUT_AFTER = 3
"""Failed starts in a row after which no work is expected of a slot; it keeps trying."""


class WarmTrainer:
    """Of one slot, whose lock it shares: `keep_warm`, `retire` and `begin_close` are called under it.

    Attributes:
        process: the one that was started last, None = none was yet.
        processor: what it named when it was last ready, "" = none was yet.
        closing: no other is started.
        silence: of the trainer while it starts, and while it runs a stage; None between.
        saving_seconds: what its longest saving of a state took.
        last_progress: what it said last of the stage that it runs, None between.
    """

    def __init__(
        self, device: str, name: str, context: WorkerContext, lock: threading.Lock, on_ready: Callable[[], None]
    ) -> None:
        """name: by which its troubles are known. on_ready: called just before a new trainer counts as up."""
        self._device, self._name, self._context = device, name, context
        self._lock, self._on_ready = lock, on_ready
        # Trainers are started by this thread, which lives as long as the worker: Linux kills them when it ends.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix=f"keeper-{device}")
        self.process: TrainerProcess | None = None
        self.processor = ""
        self.closing = False
        self.silence: StallDetector | None = None
        self.saving_seconds = _SAVING_SECONDS
        self.last_progress: Progress | None = None
        self._meter = ProcessMeter()
        self._up = False
        self._start: Future[None] | None = None
        self._start_failures = 0
        self._start_after = 0.0

    @property
    def ready(self) -> bool:
        """True when it is up, busy or not, and will stay so."""
        return not self.closing and self._is_up()

    @property
    def gone(self) -> bool:
        """True when there is none, and none is coming."""
        return not (self._coming() or (self.process is not None and self.process.alive))

    @property
    def failing(self) -> bool:
        """True when it did not start so many times in a row that no work is expected of it."""
        return self._start_failures >= _OUT_AFTER

    @property
    def grace(self) -> float:
        """Seconds for which a trainer that is asked to end may save its state, before it is killed: twice what its
        longest step and its last saving took, as it may be in the middle of both."""
        silence = self.silence
        if silence is None:
            return GRACE
        return min(LONGEST_GRACE, max(GRACE, 2 * (silence.pause + self.saving_seconds)))

    def usage(self) -> SlotUsage:
        """Return what it has used since the last look; to be called by one thread."""
        process, said = self.process, self.last_progress
        alive = process is not None and process.alive
        found = self._meter.look(process.pid if process is not None and alive else None)
        if said is None or not alive:
            return SlotUsage(found.cpu_percent, found.memory_bytes)
        return SlotUsage(found.cpu_percent, found.memory_bytes, said.gpu_percent, said.gpu_bytes)

    def keep_warm(self) -> None:
        """Start it, in the background, unless it is up or coming up, or just failed to."""
        if not (self.closing or self._coming() or self._is_up() or time.monotonic() < self._start_after):
            self._start = self._keeper.submit(self._bring_up)

    def retire(self) -> None:
        """End it if it is up."""
        process = self.process
        if process is not None and self._is_up():
            self.discard(process)

    def discard(self, process: TrainerProcess) -> None:
        """End that one, which takes no other stage."""
        self._up = False
        process.close()

    def begin_close(self) -> None:
        """Start no other one, and end the one that comes up."""
        self.closing = True
        if self.process is not None and not self._up:
            self.process.stop()

    def close(self) -> None:
        """End it, and the thread that starts trainers."""
        if self.process is not None:
            self.process.close()
        self._keeper.shutdown(wait=True, cancel_futures=True)

    def kill(self) -> None:
        """End it at once; waits for nothing, and for no lock."""
        process = self.process
        if process is not None:
            process.kill()

    def _is_up(self) -> bool:
        process = self.process
        return self._up and process is not None and process.alive

    def _coming(self) -> bool:
        return self._start is not None and not self._start.done()

    def _bring_up(self) -> None:
        """Start a trainer and wait until it has imported torch. Runs on the keeper thread."""
        if self.process is not None:
            if self._up:
                logger.warning("%s: %s while idle; starting another", self._name, self.process.death())
            self.process.close()
        with self._lock:
            if self.closing:
                return
            self._up = False
            process = self.process = TrainerProcess(self._device)
        limit = max(_START_SECONDS, self._context.settings.silence)
        silence = self.silence = StallDetector(limit, time.monotonic, "starting")
        try:
            ready = process.wait_ready()
        except TrainerDied as death:
            process.close()
            self._failed_to_start(f"the trainer was {silence}" if silence.hung else str(death))
            return
        finally:
            self.silence = None
        self._start_failures = 0
        self._on_ready()
        self.processor = ready.name
        self._up = True
        logger.info("%s: trainer %d is ready (%s, torch %s)", self._name, process.pid, ready.name, ready.torch)
        self._context.changed()

    def _failed_to_start(self, reason: str) -> None:
        self._start_failures += 1
        wait = min(_LONGEST_RESTART, 2.0 ** min(self._start_failures, 30))
        self._start_after = time.monotonic() + wait
        if not self.closing:
            self._context.troubles.begin(self._name, f"cannot start: {reason}")
