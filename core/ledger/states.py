"""The states of a stage."""

from enum import StrEnum


class State(StrEnum):
    """PENDING → READY → RUNNING → DONE | FAILED | CANCELLED | QUARANTINED; see ARCHITECTURE.md."""

    PENDING = "PENDING"
    READY = "READY"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    QUARANTINED = "QUARANTINED"


LIVE = (State.PENDING, State.READY, State.RUNNING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.QUARANTINED)
