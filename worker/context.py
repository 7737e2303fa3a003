"""What the slots of one worker share, and why a stage may be stopped."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine

from prunesweep.core.settings import Settings
from prunesweep.worker.incidents import Incidents
from prunesweep.worker.retry import LedgerRetry


class StopReason(StrEnum):
    """Why a running stage is being stopped."""

    CANCEL = "cancelled"
    LOST = "the lease is another worker's now"
    RELEASE = "the worker stops"
    HUNG = "no progress"


@dataclass(frozen=True)
class WorkerContext:
    """What the slots of one worker share.

    Attributes:
        publish: hints, best effort.
        discard: an artifact that nothing refers to any more ("" = none), best effort.
        changed: called when a slot becomes free or ready.
        troubles: what is wrong now.
    """

    settings: Settings
    engine: Engine
    worker: str
    ledger_retry: LedgerRetry
    publish: Callable[[Iterable[str]], None]
    discard: Callable[[str], None]
    changed: Callable[[], None]
    troubles: Incidents
