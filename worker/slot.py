"""A slot: one device of a worker, its warm trainer, and the stage that it runs."""

import threading
import time

from celery.utils.log import get_logger

from prunesweep.core.ledger.db.doing import Doing
from prunesweep.core.ledger.queries.labels import label_of
from prunesweep.core.ledger.queries.logs import save_log
from prunesweep.core.ledger.queries.lookup import places_of
from prunesweep.core.ledger.queue.claims import Claim, claim
from prunesweep.core.ledger.queue.workers import SlotUsage
from prunesweep.core.plan.datasets import FOLDERS
from prunesweep.worker.attempt import AttemptRecord
from prunesweep.worker.context import StopReason, WorkerContext
from prunesweep.worker.doing_pace import DoingPace
from prunesweep.worker.protocol import Done, Epoch, Event, Failed, Owner, Progress, Request, Saved
from prunesweep.worker.slot_rest import SlotRest
from prunesweep.worker.stall import SHORTEST, StallDetector
from prunesweep.worker.trainer.errors import says_machine
from prunesweep.worker.trainer_process import TrainerDied, TrainerProcess
from prunesweep.worker.warm_trainer import WarmTrainer

logger = get_logger(__name__)


class Slot:
    """Runs one stage at a time in its trainer. `run` is called by one thread at a time, the rest by any."""

    def __init__(self, device: str, context: WorkerContext, name: str = "", role: str = "") -> None:
        """name: by which its troubles are known; the device's, unless several slots share that. role: how the ledger
        knows it, which decides what it may take; the device's name, unless it is the slot for latencies."""
        self.device = device
        self.name = name or device
        self.role = role or device
        self._context = context
        self._lock = threading.Lock()
        self._open, self._engaged = True, False
        self._held: Claim | None = None
        self._stop_reason: StopReason | None = None
        self._settled = False
        self._saved_log = ""
        self._trainer = WarmTrainer(device, self.name, context, self._lock, self._trainer_ready)
        self._free_since = time.monotonic()
        self._rest = SlotRest(context.settings.lease / 6, time.monotonic)
        self._resting = False
        self.doing = DoingPace()

    @property
    def held(self) -> Claim | None:
        return self._held

    @property
    def open(self) -> bool:
        """True unless it was closed: then it takes no stage, and its trainer ends after the one that it has."""
        return self._open

    def set_open(self, open: bool) -> None:
        self._open = open

    @property
    def empty(self) -> bool:
        """True when it has neither a stage nor a trainer."""
        return not self._engaged and self._trainer.gone

    @property
    def processor(self) -> str:
        """Of its trainer: what it named when it was last ready, "" = none was yet."""
        return self._trainer.processor

    @property
    def progressing(self) -> Claim | None:
        """The running stage, unless its trainer hangs: a lease is renewed by progress, not by the worker's life."""
        return None if self._stop_reason is StopReason.HUNG else self._held

    @property
    def silent_seconds(self) -> float:
        """Seconds since the running stage's trainer last gave a sign of progress."""
        silence = self._trainer.silence
        return silence.look() if silence is not None else 0.0

    @property
    def out(self) -> bool:
        """True when no work can be expected of this slot: it has withdrawn, or its trainer does not start."""
        return bool(self._rest.withdrawn) or self._trainer.failing

    @property
    def ready(self) -> bool:
        """True when the trainer is up: busy or not."""
        return self._trainer.ready and (self._held is not None or (self._open and self._rest.over))

    def look(self) -> None:
        """End a trainer that hangs; to be called about once a second, by one thread."""
        if self._resting and self._rest.over:
            self._resting = False
            self._context.changed()
        silence, process = self._trainer.silence, self._trainer.process
        if silence is None or process is None:
            return
        silence.look()
        if silence.hung and self._held is not None:
            self.stop(StopReason.HUNG, self._held)
        elif silence.hung:
            process.kill()

    def usage(self) -> SlotUsage:
        """Return what its trainer has used since the last look; to be called once a heartbeat, by one thread."""
        return self._trainer.usage()

    def free_for(self) -> float:
        """Return for how many seconds the slot has been ready without a hint, a stale one included; 0 if it is busy."""
        return time.monotonic() - self._free_since if self.ready and self._held is None else 0.0

    def keep_warm(self) -> None:
        """Start the trainer, in the background, unless it is up or coming up, or just failed to."""
        with self._lock:
            if not self._open:
                if not self._engaged:
                    self._trainer.retire()
            elif not self._rest.withdrawn:
                self._trainer.keep_warm()

    def run(self, digest: str) -> bool:
        """Claim the stage and run it to some end; False if it could not be claimed."""
        with self._lock:
            process = self._trainer.process
            if not self.ready or process is None:
                return False
            self._engaged = True
        try:
            return self._run(process, digest)
        finally:
            self._engaged = False
            self.keep_warm()

    def _run(self, process: TrainerProcess, digest: str) -> bool:
        settings, role = self._context.settings, self.role
        self._free_since = time.monotonic()
        taken = self._context.ledger_retry.call(
            claim, self._context.engine, digest, self._context.worker, role, role, settings.lease
        )
        if not isinstance(taken, Claim):
            self._free_since = time.monotonic()
            return False
        with self._lock:
            self._held, self._saved_log, self._settled = taken, "", False
            self._stop_reason = StopReason.RELEASE if self._trainer.closing else None
        try:
            self._attend(process, taken)
        finally:
            with self._lock:
                self._held = None
                self._free_since = time.monotonic()
        return True

    def stop(self, stop_reason: StopReason, of: Claim | None = None) -> None:
        """End the running stage by ending its trainer; `run` then writes what the stop reason asks for.

        of: only if this is (still) the stage that runs.
        """
        with self._lock:
            if self._held is None or self._settled or self._stop_reason is not None:
                return
            if of is not None and self._held is not of:
                return
            self._stop_reason = stop_reason
            process = self._trainer.process
        if process is not None and stop_reason in (StopReason.LOST, StopReason.HUNG):
            process.kill()  # nothing that it could save is wanted, or it would not
        elif process is not None:
            process.stop(self.grace)

    @property
    def grace(self) -> float:
        """Seconds for which its trainer may save its state when it is asked to end."""
        return self._trainer.grace

    def save_log(self) -> None:
        """Bring the running stage's log in the ledger up to date."""
        held, process = self._held, self._trainer.process
        if held is None or process is None:
            return
        text = process.log.text()
        if text and text != self._saved_log and self._held is held:
            self._saved_log = text
            save_log(self._context.engine, held.digest, held.attempt, text)

    def begin_close(self) -> None:
        """Hand the running stage back and take no other."""
        with self._lock:
            self._trainer.begin_close()
        self.stop(StopReason.RELEASE)

    def close(self, timeout: float) -> None:
        """Wait until the stage is handed back, `timeout` seconds at most, then end the trainer."""
        self.begin_close()
        deadline = time.monotonic() + timeout
        while self._held is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        self._trainer.close()

    def kill(self) -> None:
        """End its trainer at once; waits for nothing, and for no lock."""
        self._trainer.kill()

    def _trainer_ready(self) -> None:
        if self._rest.over:
            self._context.troubles.end(self.name)
        self._free_since = time.monotonic()

    def _attend(self, process: TrainerProcess, taken: Claim) -> None:
        record = AttemptRecord(self._context, self.name, taken)
        if self._stop_reason is not None:
            record.died(self._stop_reason, TrainerDied(""), "")
            return
        self.doing.begin()
        started = time.monotonic()
        places = self._places(taken)
        request = Request(taken.digest, taken.attempt, taken.spec, taken.inputs, taken.snapshot, places)
        logger.info("%s: %s %s, attempt %d", self.name, taken.digest[:12], label_of(taken.spec), taken.attempt)
        silence = self._trainer.silence = StallDetector(
            self._context.settings.silence, time.monotonic, "beginning", SHORTEST
        )
        try:
            for event in process.run(request):
                silence.progressed(event.phase if isinstance(event, Progress) else "")
                with silence.paused():
                    self._handle(process, taken, record, event)
            logger.info("%s: %s ended after %.1f s", self.name, taken.digest[:12], time.monotonic() - started)
        except TrainerDied as death:
            log = process.log.text()
            self._trainer.silence = None
            self._trainer.discard(process)
            self._bury(taken, record, death, silence, log)
        except BaseException:
            # What it says next would be taken for the next stage's words.
            self._trainer.discard(process)
            raise
        finally:
            self._trainer.silence = self._trainer.last_progress = None
            self._note("")

    def _bury(self, taken: Claim, record: AttemptRecord, death: TrainerDied, silence: StallDetector, log: str) -> None:
        """Record that the trainer ended before the stage did."""
        if self._stop_reason is None and not death.asked and says_machine(log):
            failed = Failed(str(death), Owner.MACHINE)
            self._judge(taken.digest, failed)
            record.failed(failed, log)
        elif self._stop_reason is StopReason.HUNG:
            record.died(self._stop_reason, TrainerDied(f"the trainer was {silence}"), log)
        else:
            record.died(self._stop_reason, death, log)

    def _places(self, taken: Claim) -> tuple[str, ...]:
        """Return where the stage's image folder may lie; nothing is asked of the ledger for built-in datasets."""
        if not any(f'"name":"{kind}"' in taken.spec for kind in FOLDERS):
            return ()
        found = self._context.ledger_retry.call(places_of, self._context.engine, taken.digest)
        return found if isinstance(found, tuple) else ()

    def _handle(self, process: TrainerProcess, taken: Claim, record: AttemptRecord, event: Event) -> None:
        ours = True
        if isinstance(event, Progress):
            self._trainer.last_progress = event
            self._note(event.trouble)
            self.doing.note(Doing(event.phase, event.done, event.total, event.unit))
        elif isinstance(event, Epoch):
            ours = record.epoch(event)
        elif isinstance(event, Saved):
            self._trainer.saving_seconds = max(event.seconds, self._trainer.saving_seconds)
            ours = record.saved(event)
        elif isinstance(event, Done | Failed):
            log = process.log.text()
            if self._settle() or event.spent:
                self._trainer.discard(process)  # it was asked to end, or reported that it will: no next stage for it
            self._judge(taken.digest, event)
            if isinstance(event, Done):
                record.done(event, log)
            else:
                record.failed(event, log)
        if not ours:
            self.stop(StopReason.LOST, taken)

    def _note(self, trouble: str) -> None:
        """Note what the trainer waits for, or no longer waits for."""
        waits = self.name + " waits"
        if trouble:
            self._context.troubles.begin(waits, trouble)
        else:
            self._context.troubles.end(waits)

    def _judge(self, stage: str, event: Done | Failed) -> None:
        """Judge the slot's machine by the end of a stage."""
        if isinstance(event, Failed) and event.owner not in (Owner.WORK, Owner.UNKNOWN):
            self._rest.failed(stage, event.reason, may_withdraw=event.owner == Owner.MACHINE)
            self._resting = True
            self._context.troubles.begin(self.name, self._rest.withdrawn or f"rests: {event.reason}")
        else:
            self._rest.worked()
            self._context.troubles.end(self.name)

    def _settle(self) -> bool:
        """End the stage: the trainer has sent its result, so nothing stops it any more; a heartbeat that finds
        the stage DONE, and so not ours, would hit the next one. True if it was stopped just before."""
        with self._lock:
            self._settled = True
            return self._stop_reason is not None
