"""The state of a sweep as a whole, in the same words wherever it is shown."""

from collections.abc import Mapping

from prunesweep.core.ledger.db.states import BROKEN, LIVE, State


def broken_stages(counts: Mapping[State, int]) -> int:
    """Return the stages that will not be done unless somebody retries."""
    return sum(counts.get(state, 0) for state in BROKEN)


def sweep_state(counts: Mapping[State, int], *, cancelled: bool, stopping: int) -> str:
    """Return `waiting`, `running`, `cancelling`, `cancelled`, `done` or `ended with failures`.

    Args:
        counts: its stages by state.
        cancelled: somebody cancelled it; it then doesn't wait for stages that other sweeps want.
        stopping: its running stages that were asked to stop.
    """
    if cancelled:
        return "cancelling" if stopping else "cancelled"
    if any(counts.get(state, 0) for state in LIVE):
        return "running" if counts.get(State.RUNNING, 0) else "waiting"
    return "ended with failures" if broken_stages(counts) else "done"
