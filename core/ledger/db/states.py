"""The states of a stage, and how its attempts end."""

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


class Outcome(StrEnum):
    """How an attempt ended: the stage's new state, or why it was given back."""

    DONE = "DONE"
    FAILED = "FAILED"
    CRASHED = "CRASHED"
    QUARANTINED = "QUARANTINED"
    RELEASED = "RELEASED"
    INTERRUPTED = "INTERRUPTED"
    CANCELLED = "CANCELLED"
    LOST = "LOST"


LIVE = (State.PENDING, State.READY, State.RUNNING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.QUARANTINED)
BROKEN = (State.FAILED, State.QUARANTINED, State.CANCELLED)
"""Ended without being DONE: what waits for such a stage cannot run."""

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
