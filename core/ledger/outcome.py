"""How an attempt ends. Every write is fenced: only the attempt that holds the stage may end it.

Each function returns None or False, and has written nothing, when the stage is no longer this attempt's.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, exists, insert, literal, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from core.errors import StageError
from core.ledger.cascade import cancel_descendants, ready_children
from core.ledger.clock import Now
from core.ledger.redo import lock_descendants, send_back
from core.ledger.snapshots import forget_snapshot
from core.ledger.states import State
from core.ledger.tables import attempts, edges, latencies, results, snapshots, stages
from core.ledger.text import clean, tail
from core.ledger.transactions import lock_structure, writing

LONGEST_BACKOFF = 300.0
"""Seconds; a stage that crashed is tried again no later than this."""


class Outcome(StrEnum):
    """How an attempt ended: the stage's new state, or why it was given back."""

    DONE = "DONE"
    FAILED = "FAILED"
    CRASHED = "CRASHED"
    QUARANTINED = "QUARANTINED"
    RELEASED = "RELEASED"
    CANCELLED = "CANCELLED"
    LOST = "LOST"


# Both spare `complete` a statement where there is nothing to do. See `core.ledger.claims` on `:of`.
_saved = exists(select(literal(1)).where(snapshots.c.digest == bindparam("of")))
_awaited = exists(select(literal(1)).where(edges.c.parent == bindparam("of")))
_mine = (stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
_complete_anew = (
    update(stages)
    .where(*_mine)
    .values(
        state=State.DONE,
        ended_at=Now(),
        lease_until=None,
        cancel=False,
        error=None,
        artifact=bindparam("sha"),
        artifact_bytes=bindparam("size"),
        train_seconds=bindparam("seconds"),
        summary=bindparam("facts", type_=stages.c.summary.type),
    )
    .returning(stages.c.kind, stages.c.ended_at, _saved.label("saved"), _awaited.label("awaited"))
)
# A stage that runs for the second time and gives another artifact than the first matches the one above only.
_complete = _complete_anew.where(or_(stages.c.artifact.is_(None), stages.c.artifact == bindparam("sha")))
_close = (
    update(attempts)
    .where(attempts.c.digest == bindparam("of"), attempts.c.attempt == bindparam("nr"))
    .values(ended_at=Now(), outcome=bindparam("how"), reason=bindparam("why"), log=bindparam("lines"))
)
_FACTS = {"evaluate": results, "benchmark": latencies}
_insert_facts = {kind: insert(table) for kind, table in _FACTS.items()}
_look = select(stages.c.failures, stages.c.cancel).where(*_mine).with_for_update(key_share=True)
_leave = (
    update(stages)
    .where(*_mine)
    .values(
        state=bindparam("to"),
        failures=bindparam("crashes"),
        not_before=Now() + bindparam("delay"),
        error=bindparam("why"),
        lease_until=None,
        hinted_at=None,
        cancel=False,
    )
)
_stamp_end = update(stages).where(stages.c.digest == bindparam("of")).values(ended_at=Now())


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
) -> tuple[str, ...] | None:
    """DONE: writes the outcome and makes READY what waited for it, in one transaction; those digests.

    A stage that was DONE before and gives another artifact now sends back what was made from the old one.

    artifact: sha-256, or "" if the stage makes none · result: the columns of its results or latencies row (without
    digest and at), by the stage's kind; ignored for other kinds.

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
        if _write_done(connection, values, _complete_anew, result, log) is None:
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
    _end_attempt(connection, digest, attempt, Outcome.DONE, None, log)
    return bool(awaited)


def fail(engine: Engine, digest: str, attempt: int, reason: str, log: str) -> bool:
    """FAILED for good: trying again cannot help. What waits for it is CANCELLED."""
    with writing(engine) as connection:
        lock_structure(connection)
        row = connection.execute(_look, {"of": digest, "nr": attempt}).one_or_none()
        if row is None:
            return False
        _leave_for(connection, digest, attempt, State.FAILED, row.failures, reason)
        _end_attempt(connection, digest, attempt, Outcome.FAILED, reason, log)
    return True


def crash(
    engine: Engine, digest: str, attempt: int, reason: str, log: str, max_attempts: int, backoff: float
) -> State | None:
    """The attempt died. READY again after backoff · 2^(crashes before) seconds; the `max_attempts`th crash is the
    last: QUARANTINED. The new state."""
    with writing(engine) as connection:
        lock_structure(connection)
        row = connection.execute(_look, {"of": digest, "nr": attempt}).one_or_none()
        if row is None:
            return None
        crashes = row.failures + 1
        state, outcome = State.READY, Outcome.CRASHED
        if crashes >= max_attempts:
            state, outcome = State.QUARANTINED, Outcome.QUARANTINED
        elif row.cancel:
            state = State.CANCELLED
        delay = min(backoff * 2 ** min(row.failures, 30), LONGEST_BACKOFF)
        _leave_for(connection, digest, attempt, state, crashes, reason, delay)
        _end_attempt(connection, digest, attempt, outcome, reason, log)
    return state


def release(engine: Engine, digest: str, attempt: int, reason: str) -> bool:
    """Hands the stage back (the worker has to go): READY at once, and not counted against it."""
    return _give_back(engine, digest, attempt, Outcome.RELEASED, reason, None)


def cancelled(engine: Engine, digest: str, attempt: int, log: str) -> bool:
    """The stage was stopped because of its cancel flag: CANCELLED, or READY if somebody wants it again since."""
    return _give_back(engine, digest, attempt, Outcome.CANCELLED, "cancelled", log)


def _give_back(engine: Engine, digest: str, attempt: int, outcome: Outcome, reason: str, log: str | None) -> bool:
    with writing(engine) as connection:
        lock_structure(connection)
        row = connection.execute(_look, {"of": digest, "nr": attempt}).one_or_none()
        if row is None:
            return False
        state = State.CANCELLED if row.cancel else State.READY
        _leave_for(connection, digest, attempt, state, row.failures, reason if row.cancel else None)
        _end_attempt(connection, digest, attempt, outcome, reason, log)
    return True


def _leave_for(
    connection: Connection,
    digest: str,
    attempt: int,
    state: State,
    failures: int,
    reason: str | None,
    delay: float = 0.0,
) -> None:
    """RUNNING → state, and its consequences down the graph."""
    values = {"of": digest, "nr": attempt, "to": state.value, "crashes": failures, "delay": delay}
    connection.execute(_leave, {**values, "why": clean(reason)})
    if state is State.READY:
        return
    if state is not State.CANCELLED:
        # What the saved state led to, it would lead to again: a retry starts at the beginning.
        forget_snapshot(connection, digest)
    connection.execute(_stamp_end, {"of": digest})
    word = "cancelled" if state is State.CANCELLED else "failed"
    cancel_descendants(connection, digest, f"upstream {digest[:12]} {word}")


def _end_attempt(
    connection: Connection, digest: str, attempt: int, outcome: Outcome, reason: str | None, log: str | None
) -> None:
    values = {"of": digest, "nr": attempt, "how": outcome.value, "why": clean(reason), "lines": tail(log)}
    connection.execute(_close, values)


def _facts(kind: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """The result, checked against the columns of its table."""
    columns = {column.name for column in _FACTS[kind].columns} - {"digest", "at"}
    if set(result) != columns:
        raise StageError(f"{kind} gave the wrong facts: {sorted(columns ^ set(result))}")
    _check_finite(kind, result)
    return {name: value[:128] if isinstance(value, str) else value for name, value in result.items()}


def _check_finite(what: str, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise StageError(f"{what}: {name} is {value}")
