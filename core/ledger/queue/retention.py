"""What a ledger forgets in time: logs, workers that have gone, saved states of stages that were cancelled.

Every worker does this about once an hour; it is idempotent, and may run in any number of workers at once. Facts
(stages, curves, results) are never forgotten: `sweep rm` removes them.
"""

from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, delete, exists, literal, null, select, update

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import attempts, snapshots, stages, workers
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import lock_structure, locked, writing

_MOST = 1_000
"""Rows of each table that one call takes, so that nobody waits long behind it."""


@dataclass(frozen=True)
class RetentionSummary:
    """What was removed for its age.

    Attributes:
        logs, workers: how many.
        snapshots: artifacts of the saved states, which nothing refers to any more.
    """

    logs: int
    workers: int
    snapshots: tuple[str, ...]


_before = DatabaseNow() - bindparam("keep")
_old_logs = select(attempts.c.digest, attempts.c.attempt).where(
    attempts.c.log.is_not(None), attempts.c.ended_at < _before
)
_drop_log = (
    update(attempts)
    .where(attempts.c.digest == bindparam("of"), attempts.c.attempt == bindparam("nr"))
    .values(log=null())
)
# Reports name the version of the worker that did a stage.
_did = exists(select(literal(1)).where(attempts.c.worker == workers.c.id))
_old_workers = select(workers.c.id).where(workers.c.seen_at < _before, ~_did)
_drop_worker = delete(workers).where(workers.c.id == bindparam("of"), workers.c.seen_at < _before)
_old_snapshots = locked(
    select(snapshots.c.digest, snapshots.c.artifact)
    .join(stages, stages.c.digest == snapshots.c.digest)
    .where(stages.c.state == State.CANCELLED, stages.c.ended_at < _before),
    stages,
)
_drop_snapshot = delete(snapshots).where(snapshots.c.digest == bindparam("of"))


def forget_old(engine: Engine, keep: float) -> RetentionSummary:
    """Forget what is older than `keep` seconds; up to 1,000 rows of each kind in a call."""
    values = {"keep": float(keep)}
    with writing(engine) as connection:
        logs = connection.execute(_old_logs.limit(_MOST), values).all()
        if logs:
            connection.execute(_drop_log, [{"of": row.digest, "nr": row.attempt} for row in logs])
        gone = connection.execute(_old_workers.limit(_MOST), values).scalars().all()
        if gone:
            connection.execute(_drop_worker, [{"of": name, **values} for name in gone])
    with writing(engine) as connection:
        lock_structure(connection)
        saved = connection.execute(_old_snapshots.limit(_MOST), values).all()
        if saved:
            connection.execute(_drop_snapshot, [{"of": row.digest} for row in saved])
    return RetentionSummary(len(logs), len(gone), tuple(row.artifact for row in saved))
