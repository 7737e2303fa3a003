"""How an attempt ends. Every write is fenced: only the attempt that holds the stage may end it.

Each function returns None or False, and has written nothing, when the stage is no longer this attempt's.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, exists, insert, literal, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from prunesweep.core.errors import StageError
from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import edges, latencies, results, snapshots, stages
from prunesweep.core.ledger.db.states import Outcome as Outcome
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import lock_structure, writing
from prunesweep.core.ledger.queue.cascade import ready_children, standing
from prunesweep.core.ledger.queue.checkpoints import forget_snapshot
from prunesweep.core.ledger.queue.giveback import (
    FREE_RETURNS,
    LOSSES_PER_CRASH,
    MOST_RETURNS,
    GiveBackRule,
    end_attempt,
    give_back,
    held_by,
    leave,
)
from prunesweep.core.ledger.queue.redo import lock_descendants, send_back

BACKOFF = 2.0
"""Seconds of the first rest, unless the caller says otherwise."""


# Both spare `complete` a statement where there is nothing to do. See `prunesweep.core.ledger.queue.claims` on `:of`.
_saved = exists(select(literal(1)).where(snapshots.c.digest == bindparam("of")))
_awaited = exists(select(literal(1)).where(edges.c.parent == bindparam("of")))
_mine = (stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
_complete_redone = (
    update(stages)
    .where(*_mine)
    .values(
        state=State.DONE,
        ended_at=DatabaseNow(),
        lease_until=None,
        lease_seconds=None,
        cancel=False,
        error=None,
        artifact=bindparam("sha"),
        artifact_bytes=bindparam("size"),
        train_seconds=bindparam("seconds"),
        summary=bindparam("facts", type_=stages.c.summary.type),
        ran=bindparam("ran", type_=stages.c.ran.type),
    )
    .returning(stages.c.kind, stages.c.ended_at, _saved.label("saved"), _awaited.label("awaited"))
)
# A stage that runs for the second time and gives another artifact than the first matches the one above only.
_complete = _complete_redone.where(or_(stages.c.artifact.is_(None), stages.c.artifact == bindparam("sha")))
_FACTS = {"evaluate": results, "benchmark": latencies}
_insert_facts = {kind: insert(table) for kind, table in _FACTS.items()}


def complete(
    engine: Engine,
    digest: str,
    attempt: int,
    *,
    artifact: str,
    artifact_bytes: int,
    train_seconds: float,
    summary: Mapping[str, Any],
    result: Mapping[str, Any],
    log: str,
    ran: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[str, ...] | None:
    """Record that the stage is DONE: writes the outcome and makes READY what waited for it, in one transaction; those
    digests.

    A stage that was DONE before and gives another artifact now sends back what was made from the old one.

    Args:
        artifact: sha-256, or "" if the stage makes none.
        result: the columns of its results or latencies row (without digest and at), by the stage's kind; ignored for
            other kinds.
        ran: what carried it out, see `prunesweep.core.ledger.queries.ran`; empty = nothing to say.

    Raises:
        StageError: the result isn't what the table holds, or holds a NaN; nothing has been written.
    """
    values = {
        "of": digest,
        "nr": attempt,
        "sha": artifact or None,
        "size": artifact_bytes if artifact else None,
        "seconds": train_seconds,
        "facts": dict(summary),
        "ran": dict(ran) or None,
    }
    _check_finite("summary", summary)
    with writing(engine) as connection:
        lock_structure(connection, shared=True)
        awaited = _write_done(connection, values, _complete, result, log)
        if awaited is not None:
            return ready_children(connection, digest) if awaited else ()
    with writing(engine) as connection:
        lock_structure(connection)
        lock_descendants(connection, digest)
        if _write_done(connection, values, _complete_redone, result, log) is None:
            return None
        send_back(connection, digest)
        return ready_children(connection, digest)


def _write_done(
    connection: Connection,
    values: Mapping[str, Any],
    statement: ReturningUpdate[Any],
    result: Mapping[str, Any],
    log: str,
) -> bool | None:
    """RUNNING → DONE with all that belongs to it; whether it has children, or None if it isn't this attempt's."""
    row = connection.execute(statement, dict(values)).one_or_none()
    if row is None:
        return None
    digest, attempt = values["of"], values["nr"]
    kind, now, saved, awaited = row
    if kind in _FACTS:
        connection.execute(_insert_facts[kind], {**_facts(kind, result), "digest": digest, "at": now})
    if saved:
        forget_snapshot(connection, digest)
    end_attempt(connection, digest, attempt, Outcome.DONE, None, log)
    return bool(awaited)


def fail(engine: Engine, digest: str, attempt: int, reason: str, log: str) -> bool:
    """FAILED for good: trying again cannot help. What waits for it is CANCELLED.

    While a parent runs again (its artifact was lost or damaged), a failure says nothing: the stage waits for the
    parent, and has another try then.
    """
    with writing(engine) as connection:
        lock_structure(connection)
        row = held_by(connection, digest, attempt)
        if row is None:
            return False
        state = State.FAILED
        if not row.cancel and standing(connection, digest) is State.PENDING:
            state = State.PENDING
            forget_snapshot(connection, digest)  # as after every failure: what it led to, it would lead to again
        leave(connection, row, state, reason)
        end_attempt(connection, digest, attempt, Outcome.FAILED, reason, log)
    return True


def crash(
    engine: Engine, digest: str, attempt: int, reason: str, log: str, max_attempts: int, backoff: float
) -> State | None:
    """Record that the attempt died. READY again after backoff · 2^(crashes before) seconds; the `max_attempts`th crash
    is the last: QUARANTINED. The new state, None if the stage isn't this attempt's."""
    way = GiveBackRule(Outcome.CRASHED, reason, "failures", max_attempts, backoff, log=log)
    return _come_back(engine, digest, attempt, way)


def interrupted(
    engine: Engine, digest: str, attempt: int, reason: str, log: str | None, max_attempts: int, backoff: float
) -> State | None:
    """Something beside the stage ended the attempt: a signal that its worker had not sent, a device that failed.

    Not the stage's fault, so it weighs no more than a lost lease; but it is counted, rests from the second time on, and
    has an end. The new state, None if the stage isn't this attempt's.
    """
    most = max_attempts * LOSSES_PER_CRASH
    way = GiveBackRule(Outcome.INTERRUPTED, reason, "losses", most, backoff, free=1, log=log)
    return _come_back(engine, digest, attempt, way)


def release(engine: Engine, digest: str, attempt: int, reason: str, backoff: float = BACKOFF) -> bool:
    """Hand the stage back (the worker has to go): READY at once, and no sign against it; see
    `prunesweep.core.ledger.queue.giveback` for when it is too often. backoff: seconds."""
    way = GiveBackRule(Outcome.RELEASED, reason, "returns", MOST_RETURNS, backoff, free=FREE_RETURNS, silent=True)
    return _come_back(engine, digest, attempt, way) is not None


def cancelled(engine: Engine, digest: str, attempt: int, log: str, backoff: float = BACKOFF) -> bool:
    """Record that the stage was stopped because of its cancel flag: CANCELLED, or READY if somebody wants it again
    since. backoff: seconds."""
    way = GiveBackRule(
        Outcome.CANCELLED, "cancelled", "returns", MOST_RETURNS, backoff, free=FREE_RETURNS, silent=True, log=log
    )
    return _come_back(engine, digest, attempt, way) is not None


def _come_back(engine: Engine, digest: str, attempt: int, way: GiveBackRule) -> State | None:
    with writing(engine) as connection:
        lock_structure(connection)
        row = held_by(connection, digest, attempt)
        return None if row is None else give_back(connection, row, way)


def _facts(kind: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result, checked against the columns of its table."""
    columns = {column.name for column in _FACTS[kind].columns} - {"digest", "at"}
    if set(result) != columns:
        raise StageError(f"{kind} gave the wrong facts: {sorted(columns ^ set(result))}")
    _check_finite(kind, result)
    return {name: value[:128] if isinstance(value, str) else value for name, value in result.items()}


def _check_finite(what: str, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise StageError(f"{what}: {name} is {value}")
