"""What every worker does for all: takes back leases that ran out, and finds stages whose hint was lost.

Both are idempotent, and may run in any number of workers at once.

A lease that runs out says that a host was lost: a preemption, not the stage's fault, so it doesn't count as a crash.
But a stage that takes its host down each time (out of memory, a driver's fault) must end as well: lost leases are
counted on their own, and three times as many as allowed crashes are the end (QUARANTINED).
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Double, Engine, Executable, bindparam, func, or_, select, update

from prunesweep.core.ledger.db.clock import SLACK, DatabaseNow
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.slots import role_of
from prunesweep.core.ledger.db.states import Outcome, State
from prunesweep.core.ledger.db.transactions import lock_structure, reading, writing
from prunesweep.core.ledger.queue.giveback import LONGEST_REST_OF_LOST, GiveBackRule, give_back, held_where, rested
from prunesweep.core.ledger.queue.giveback import LOSSES_PER_CRASH as LOSSES_PER_CRASH
from prunesweep.core.ledger.queue.takers import ROLES, takes
from prunesweep.core.plan.order import PLACES

LONGEST_LEASE = 3600.0
"""Seconds; of a lease whose length isn't recorded, as a worker of an earlier release took it."""


def _over(now: Any) -> ColumnElement[bool]:
    # One that ends much further ahead than its own length was taken before the clock was stepped back: its holder, if
    # it lives, has prolonged it since. Half a length more, as smaller steps than that may not have been noticed.
    ahead = now + func.coalesce(stages.c.lease_seconds, LONGEST_LEASE) * 1.5 + SLACK
    return or_(stages.c.lease_until < now, stages.c.lease_until > ahead)


lease_is_over = _over(DatabaseNow())
"""True for RUNNING stages whose lease ran out."""

_expired = select(stages.c.digest).where(stages.c.state == State.RUNNING, lease_is_over).limit(1)
_lost = held_where(_over(bindparam("now", type_=Double())))
_now = select(DatabaseNow())


def reap(
    engine: Engine,
    max_attempts: int,
    backoff: float,
    believe: Callable[[Callable[[], float]], bool] = lambda _read: True,
) -> list[str]:
    """Take back every lease that ran out: READY again after backoff · 2^(losses before) seconds, CANCELLED if it was
    to be stopped, or QUARANTINED (see `prunesweep.core.ledger.queue.giveback`); all those digests.

    believe: is given a function that reads the ledger's clock, and says whether that can be the time. It is asked once
    all locks are held, and leases are held against that very reading: no step of the clock can come between.
    """
    with reading(engine) as connection:
        if connection.execute(_expired).first() is None:
            return []
    with writing(engine) as connection:
        lock_structure(connection)
        read: list[float] = []

        def read_now() -> float:
            read.append(float(connection.execute(_now).scalar_one()))
            return read[-1]

        if not believe(read_now):
            return []
        rows = connection.execute(_lost, {"now": read[-1] if read else read_now()}).all()
        for row in rows:
            why = f"lease ran out: worker {row.worker} is gone"
            most = max_attempts * LOSSES_PER_CRASH
            give_back(connection, row, GiveBackRule(Outcome.LOST, why, "losses", most, backoff, LONGEST_REST_OF_LOST))
    return [row.digest for row in rows]


_forgotten = (
    select(stages.c.digest)
    .where(
        stages.c.state == State.READY,
        rested(),
        or_(
            stages.c.hinted_at.is_(None),
            stages.c.hinted_at < DatabaseNow() - bindparam("older_than"),
            stages.c.hinted_at > DatabaseNow() + SLACK,
        ),
    )
    # What was begun before comes first: others may have waited for it all the while.
    .order_by(
        stages.c.started_at.is_(None), stages.c.rank // PLACES, stages.c.created_at, stages.c.rank, stages.c.digest
    )
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, key_share=True)
)


def _stamp_forgotten(role: str) -> Executable:
    """Return the statement for slots of that role.

    By a CTE, which runs once: PostgreSQL may run a subquery again for each row, and each time it skips the rows that it
    has stamped, so that there would be more than `most`.
    """
    picked = _forgotten.where(takes(role)).cte("picked")
    stamp = update(stages).values(hinted_at=DatabaseNow()).where(stages.c.digest.in_(select(picked.c.digest)))
    return stamp.returning(stages.c.digest)


_STAMPS = {role: _stamp_forgotten(role) for role in ROLES}


def due(engine: Engine, device: str, limit: int, older_than: float) -> list[str]:
    """Return up to `limit` READY stages that the device (as for `claims.claim`) may run and that were never hinted, or
    not within the last `older_than` seconds: those begun before first, then by `prunesweep.core.plan.order`, the oldest
    sweep's first. The list itself is in no order. They are stamped as hinted now: two who ask at once get different
    ones."""
    if limit < 1:
        return []
    values = {"most": limit, "older_than": float(older_than)}
    with writing(engine) as connection:
        return list(connection.execute(_STAMPS[role_of(device)], values).scalars())
