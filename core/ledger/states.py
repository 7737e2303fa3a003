"""The states of a stage."""

from collections.abc import Collection
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

_WORST_FIRST = (
    State.FAILED,
    State.QUARANTINED,
    State.CANCELLED,
    State.RUNNING,
    State.READY,
    State.PENDING,
)


def most_telling(states: Collection[State]) -> State:
    """Several stages as one: DONE when all of them are, else the worst, else the furthest."""
    return next((state for state in _WORST_FIRST if state in states), State.DONE)
