"""Which slots may take which stages.

A latency that is to be measured on the CPU needs no GPU. Slots of GPUs leave it to the slots of CPUs while there is
one that lives, of whatever worker; where there is none they take it, so that no stage is without a taker.
"""

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, not_, or_

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import stages, workers
from prunesweep.core.ledger.db.slots import ALIVE_SECONDS, LATENCY_SLOT
from prunesweep.core.plan.stages import Benchmark

ROLES = ("cpu", "cuda", LATENCY_SLOT)
"""What `prunesweep.core.ledger.db.slots.role_of` says."""

_MEASURED_ON_CPU = and_(stages.c.kind == Benchmark.kind, stages.c.device == "")


def _lists(column: ColumnElement[str], slot: str) -> ColumnElement[bool]:
    """Return whether a JSON list of names has this one."""
    return func.coalesce(column, "").contains(f'"{slot}"', autoescape=True)


def _works(slot: str) -> ColumnElement[bool]:
    """Return whether a worker has such a slot, of which work can be expected."""
    return and_(_lists(cast(workers.c.slots, Text), slot), not_(_lists(workers.c.notes["out"].as_string(), slot)))


_cpu_lives = exists().where(
    ~workers.c.stopped,
    func.abs(workers.c.seen_at - DatabaseNow()) <= ALIVE_SECONDS,
    or_(_works("cpu"), _works(LATENCY_SLOT)),
)


def takes(role: str) -> ColumnElement[bool]:
    """Return the condition on stages that a slot may take. role: of `ROLES`."""
    if role == LATENCY_SLOT:
        return _MEASURED_ON_CPU
    able = stages.c.device.in_(["", role])
    return able if role == "cpu" else and_(able, not_(and_(_MEASURED_ON_CPU, _cpu_lives)))
