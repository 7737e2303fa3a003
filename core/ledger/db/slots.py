"""The names of workers' slots, as the tables hold them: a device (`cpu`, `cuda:0`), or the one for latencies."""

LATENCY_SLOT = "cpu (latency)"
"""The slot of a worker on GPUs that takes only what is measured on the CPU."""

ALIVE_SECONDS = 120.0
"""A worker that was seen within that time, and has not stopped, counts as alive."""


def trains(slot: str) -> bool:
    """Return True for a slot that takes whatever its device can run."""
    return slot != LATENCY_SLOT


def role_of(slot: str) -> str:
    """Return what the slot's right to stages depends on: `cpu`, `cuda` or LATENCY_SLOT."""
    return slot.partition(":")[0]
