"""Cancel a sweep, or give what failed in it another try."""

from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, exists, literal, select, true, update

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep
from prunesweep.core.ledger.db.transactions import lock_structure, locked, writing
from prunesweep.core.ledger.queue.cascade import end_hopeless, revive


@dataclass(frozen=True)
class CancelSummary:
    """What `cancel` did.

    Attributes:
        waiting: stages that hadn't started, now CANCELLED.
        running: stages asked to stop.
        shared: live stages left alone, because another sweep wants them.
    """

    waiting: int
    running: int
    shared: int


_wish = sweep_stages.alias("wish")
_wanted = exists(
    select(literal(1))
    .select_from(_wish.join(sweeps, sweeps.c.id == _wish.c.sweep_id))
    .where(_wish.c.digest == stages.c.digest, ~sweeps.c.cancelled)
)
_WAITING = [State.PENDING, State.READY]
_mark = update(sweeps).where(sweeps.c.id == bindparam("sweep")).values(cancelled=True)
_clear = update(sweeps).where(sweeps.c.id == bindparam("sweep")).values(cancelled=False)
_live = locked(
    select(stages.c.digest, stages.c.state, _wanted.label("wanted")).where(
        of_sweep(), stages.c.state.in_([*_WAITING, State.RUNNING])
    ),
    stages,
)
_unwanted = locked(select(stages.c.digest).where(of_sweep(), ~_wanted), stages)
_stop_waiting = (
    update(stages)
    .where(stages.c.digest.in_(_unwanted), stages.c.state.in_(_WAITING))
    .values(state=State.CANCELLED, ended_at=DatabaseNow(), error="sweep cancelled")
)
_stop_running = (
    update(stages).where(stages.c.digest.in_(_unwanted), stages.c.state == State.RUNNING).values(cancel=true())
)


def cancel(engine: Engine, sweep_id: int) -> CancelSummary:
    """Stop what only cancelled sweeps want: waiting stages at once, running ones at their next heartbeat. A sweep
    that has ended stays as it is.

    A stage that nobody wants may wait all the same, as `redo` does again what is asked for: it ends with its parents.
    """
    with writing(engine) as connection:
        lock_structure(connection)
        if not connection.execute(_live, of(sweep_id)).all():
            return CancelSummary(0, 0, 0)
        connection.execute(_mark, of(sweep_id))
        live = connection.execute(_live, of(sweep_id)).all()
        waiting = connection.execute(_stop_waiting, of(sweep_id)).rowcount
        running = connection.execute(_stop_running, of(sweep_id)).rowcount
        end_hopeless(connection)
    return CancelSummary(waiting, running, sum(1 for row in live if row.wanted))


def retry(engine: Engine, sweep_id: int) -> tuple[str, ...]:
    """Give every stage that failed or was cancelled a new start; the digests that are READY now."""
    with writing(engine) as connection:
        lock_structure(connection)
        connection.execute(_clear, of(sweep_id))
        return revive(connection, sweep_id)
