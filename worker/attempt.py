"""What is written to the ledger about one attempt, from its first epoch to its end. Every write is fenced by its
number."""

from dataclasses import asdict

from celery.utils.log import get_logger

from prunesweep.core.errors import StageError
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import Claim
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, fail, interrupted, release
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.worker.context import StopReason, WorkerContext
from prunesweep.worker.protocol import Done, Epoch, Failed, Owner, Saved
from prunesweep.worker.retry import GIVEN_UP
from prunesweep.worker.trainer_process import TrainerDied

logger = get_logger(__name__)


class AttemptRecord:
    """One attempt's. A ledger that is away is waited for (see `prunesweep.worker.retry`)."""

    def __init__(self, context: WorkerContext, device: str, claim: Claim) -> None:
        self._context = context
        self._snapshot = claim.snapshot
        self._who = (context.engine, claim.digest, claim.attempt)
        self._name = f"{device}: {claim.digest[:12]}"

    def epoch(self, event: Epoch) -> bool:
        """Return False if the stage is no longer this attempt's."""
        return self._context.ledger_retry.call(record_epoch, *self._who, **asdict(event)) is not False

    def saved(self, event: Saved) -> bool:
        """Return False if the stage is no longer this attempt's. What the saved state replaces is thrown away."""
        place = asdict(event)
        del place["seconds"]
        replaced = self._context.ledger_retry.call(record_snapshot, *self._who, **place)
        if isinstance(replaced, str):
            self._context.discard(replaced)
            self._snapshot = event.artifact
        return replaced is not None

    def done(self, event: Done, log: str) -> None:
        facts = asdict(event)
        del facts["spent"]
        try:
            ready = self._context.ledger_retry.call(complete, *self._who, **facts, log=log)
        except StageError as error:
            self.failed(Failed(str(error), Owner.WORK), log)
            return
        if isinstance(ready, tuple):
            self._context.publish(ready)
            self._context.discard(self._snapshot)
        elif ready is None:
            logger.warning("%s: lease lost to another worker; result discarded", self._name)

    def failed(self, event: Failed, log: str) -> None:
        logger.error("%s failed: %s", self._name, event.reason)
        if event.owner == Owner.WORK:
            self._context.ledger_retry.call(fail, *self._who, event.reason, log)
        elif event.owner == Owner.UNKNOWN:
            self._crash(event.reason, log)
        else:
            self._interrupted(event.reason, log)

    def died(self, stop_reason: StopReason | None, death: TrainerDied, log: str) -> None:
        """Record that the trainer ended before the stage did: by our will, or not."""
        logger.warning("%s stopped: %s", self._name, stop_reason or death)
        settings = self._context.settings
        if stop_reason is None and death.asked:
            # Whoever ends a host's processes one by one may come to the trainer first: that is no crash. But a memory
            # guard that ends it each time must find an end as well.
            limits = (settings.max_attempts, settings.backoff)
            self._context.ledger_retry.call(interrupted, *self._who, str(death), log, *limits)
        elif stop_reason is None:
            self._crash(str(death), log)
        elif stop_reason is StopReason.CANCEL:
            self._context.ledger_retry.call(cancelled, *self._who, log, settings.backoff)
        elif stop_reason is StopReason.HUNG:
            self._crash(f"no progress: {death}", log)
        elif stop_reason is StopReason.RELEASE:
            self._context.ledger_retry.call(release, *self._who, stop_reason.value, settings.backoff)

    def _interrupted(self, reason: str, log: str) -> None:
        """Give the stage back, as it may succeed elsewhere: counts as a lost lease does, not as a crash."""
        limits = (self._context.settings.max_attempts, self._context.settings.backoff)
        state = self._context.ledger_retry.call(interrupted, *self._who, reason, log, *limits)
        if state is not GIVEN_UP:
            logger.error("%s: its machine failed; the stage is now %s", self._name, state)

    def _crash(self, reason: str, log: str) -> None:
        settings = self._context.settings
        state = self._context.ledger_retry.call(crash, *self._who, reason, log, settings.max_attempts, settings.backoff)
        if state is not GIVEN_UP:
            logger.error("%s crashed: %s; now %s", self._name, reason, state)
