"""Where running stages stand: the saved state that a stage's next attempt continues from."""

from sqlalchemy import Connection, Engine, and_, bindparam, delete, func, literal, or_, select, update

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import attempts, snapshots, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import insert_into, writing

_mine = (stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
_before = select(snapshots.c.artifact).where(snapshots.c.digest == bindparam("of"))
_holder = select(stages.c.digest).where(*_mine).with_for_update(key_share=True)
_PAIR = 2**32  # a position is epoch · 2^32 + step: one number that grows as the training gets further
_EQUALS = 20
"""Attempts, the first of a stage, that are believed when they save the very place that was saved before: who is
stopped before the first step saves where it began. Later ones would make a stage that never gets further endless."""
# Not by the attempt's number, which may start high; rows beyond these are trimmed later, see
# `prunesweep.core.ledger.queue.giveback`.
_tries = select(func.count()).where(attempts.c.digest == bindparam("of"))
_further = or_(
    stages.c.furthest < bindparam("place"),
    and_(stages.c.furthest == bindparam("place"), _tries.scalar_subquery() <= _EQUALS),
)
_forgive = (
    update(stages)
    .where(*_mine, _further)
    .values(failures=0, losses=0, returns=0, furthest=bindparam("place", type_=stages.c.furthest.type))
)
_forget = delete(snapshots).where(snapshots.c.digest == bindparam("of"))


def record_snapshot(
    engine: Engine, digest: str, attempt: int, *, artifact: str, artifact_bytes: int, epoch: int, step: int
) -> str | None:
    """Say where the next attempt of a running stage may continue; None, and nothing written, if it isn't this
    attempt's.

    A stage that gets further each time is no poison: what was counted against it so far is forgotten.

    Returns: the artifact of the snapshot that this one replaces, or "".
    """
    with writing(engine) as connection:
        who = {"of": digest, "nr": attempt}
        if connection.execute(_holder, who).first() is None:
            return None
        replaced = connection.execute(_before, {"of": digest}).scalar()
        connection.execute(_forgive, {**who, "place": epoch * _PAIR + step})
        values = {
            "attempt": literal(attempt),
            "artifact": literal(artifact),
            "artifact_bytes": literal(artifact_bytes),
            "epoch": literal(epoch),
            "step": literal(step),
            "at": DatabaseNow(),
        }
        row = insert_into(connection, snapshots).values(digest=digest, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["digest"], set_=values))
    return replaced if replaced and replaced != artifact else ""


def forget_snapshot(connection: Connection, digest: str) -> None:
    """Forget the saved state: the stage's next attempt, if there is one, starts at its beginning."""
    connection.execute(_forget, {"of": digest})
