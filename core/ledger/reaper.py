"""What every worker does for all: takes back leases that ran out, and finds stages that nobody was told of.

Both are idempotent, and may run in any number of workers at once.

A lease that runs out says that a host was lost: a preemption, not the stage's fault, so it doesn't count as a crash.
But a stage that takes its host down each time (out of memory, a driver's fault) must end as well: lost leases are
counted on their own, and three times as many as allowed crashes are the end (QUARANTINED).
"""

from sqlalchemy import Engine, bindparam, or_, select, update

from core.ledger.cascade import cancel_descendants
from core.ledger.clock import Now
from core.ledger.outcome import Outcome
from core.ledger.snapshots import forget_snapshot
from core.ledger.states import State
from core.ledger.tables import attempts, stages
from core.ledger.transactions import lock_structure, locked, reading, writing

LOSSES_PER_CRASH = 3
"""Lost leases that weigh as much as one crash."""
LONGEST_WAIT = 15.0
"""Seconds; a stage whose lease ran out may be taken again no later than this."""

_expired = select(stages.c.digest).where(stages.c.state == State.RUNNING, stages.c.lease_until < Now())
_lost = locked(
    select(stages.c.digest, stages.c.attempt, stages.c.losses, stages.c.cancel, stages.c.worker).where(
        stages.c.state == State.RUNNING, stages.c.lease_until < Now()
    ),
    stages,
)
_take_back = (
    update(stages)
    .where(stages.c.digest == bindparam("of"))
    .values(
        state=bindparam("to"),
        losses=bindparam("lost"),
        not_before=Now() + bindparam("delay"),
        ended_at=bindparam("end"),
        error=bindparam("why"),
        lease_until=None,
        hinted_at=None,
        cancel=False,
    )
)
_close = (
    update(attempts)
    .where(attempts.c.digest == bindparam("of"), attempts.c.attempt == bindparam("nr"))
    .values(ended_at=Now(), outcome=Outcome.LOST.value, reason=bindparam("why"))
)


def reap(engine: Engine, max_attempts: int, backoff: float) -> list[str]:
    """Takes back every lease that ran out: READY again after backoff · 2^(losses before) seconds, CANCELLED if it was
    to be stopped, or QUARANTINED (see the module's docstring); all those digests."""
    with reading(engine) as connection:
        if connection.execute(_expired.limit(1)).first() is None:
            return []
    with writing(engine) as connection:
        lock_structure(connection)
        rows = connection.execute(_lost).all()
        now = connection.execute(select(Now())).scalar_one()
        for digest, attempt, before, cancel, worker in rows:
            losses = before + 1
            why = f"lease ran out: worker {worker} is gone"
            state = State.READY
            if cancel:
                state, why = State.CANCELLED, "cancelled"
            elif losses >= max_attempts * LOSSES_PER_CRASH:
                state, why = State.QUARANTINED, f"{why}; lost {losses} times"
            delay = min(backoff * 2.0 ** min(before, 30), LONGEST_WAIT)
            end = None if state is State.READY else now
            values = {"of": digest, "to": state.value, "lost": losses, "delay": delay, "end": end, "why": why}
            connection.execute(_take_back, values)
            connection.execute(_close, {"of": digest, "nr": attempt, "why": why})
            if state is State.QUARANTINED:
                forget_snapshot(connection, digest)
            if state is not State.READY:
                word = "cancelled" if state is State.CANCELLED else "failed"
                cancel_descendants(connection, digest, f"upstream {digest[:12]} {word}")
    return [row.digest for row in rows]


_forgotten = (
    select(stages.c.digest)
    .where(
        stages.c.state == State.READY,
        stages.c.not_before <= Now(),
        stages.c.device.in_(["", bindparam("kind_of_device")]),
        or_(stages.c.hinted_at.is_(None), stages.c.hinted_at < Now() - bindparam("older_than")),
    )
    # What was begun before comes first: others may have waited for it all the while.
    .order_by(stages.c.attempt.desc(), stages.c.created_at, stages.c.digest)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, key_share=True)
)
_stamp = update(stages).values(hinted_at=Now())
_stamp_forgotten = _stamp.where(stages.c.digest.in_(_forgotten)).returning(stages.c.digest)


def due(engine: Engine, device: str, limit: int, older_than: float) -> list[str]:
    """Up to `limit` READY stages that the device (`cpu`, `cuda`, `cuda:N`) can run and that were never hinted, or
    not within the last `older_than` seconds: those begun before first, then the oldest. They are stamped as hinted
    now: two who ask at once get different ones."""
    if limit < 1:
        return []
    values = {"kind_of_device": device.partition(":")[0], "most": limit, "older_than": float(older_than)}
    with writing(engine) as connection:
        return list(connection.execute(_stamp_forgotten, values).scalars())
