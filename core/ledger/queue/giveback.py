"""A stage whose attempt ended before the stage was DONE: where it goes from there, and when that has to stop.

Every way back is written here, so that each one asks for the parents (READY only if all of them are DONE), rests
longer each time, is counted, and has an end with a reason:

    way back                              counted as   rests                    ends (QUARANTINED) after
    the trainer crashed                   failures     from the 1st, ≤ 300 s    max_attempts
    the lease ran out: a host was lost    losses       from the 1st, ≤ 15 s     3 · max_attempts
    ended from outside, a machine's fault losses       from the 2nd, ≤ 300 s    3 · max_attempts
    its worker was stopped, or somebody
    wants it again who had cancelled it   returns      from the 11th, ≤ 300 s   100

A saved state that is further than any before sets all three counts to 0 (see
`prunesweep.core.ledger.queue.checkpoints`): a week's training on preemptible machines comes back as often as it must.
Only what never gets further has an end.

A worker that is stopped in order (a drain, a scale-in, a deployment) is the operator's doing, and no sign against the
stage: ten times in a row another worker takes it at once, then it rests. A hundred times without any progress are no
scale-in, but something that ends every worker that takes this stage (a memory guard, a batch system's limit).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, delete, func, literal, or_, select, update

from prunesweep.core.ledger.db.clock import SLACK, DatabaseNow
from prunesweep.core.ledger.db.sanitize import clean, tail
from prunesweep.core.ledger.db.schema import AnyRow, attempts, columns, stages
from prunesweep.core.ledger.db.states import Outcome, State
from prunesweep.core.ledger.db.transactions import locked
from prunesweep.core.ledger.queue.cascade import cancel_descendants, standing
from prunesweep.core.ledger.queue.checkpoints import forget_snapshot

LONGEST_REST = 300.0
"""Seconds; a stage that came back is tried again no later than this."""
LONGEST_REST_OF_LOST = 15.0
"""The same, for one whose lease ran out: it has waited for the length of a lease already."""
LOSSES_PER_CRASH = 3
"""Lost leases, or attempts ended from outside, that weigh as much as one crash."""
MOST_RETURNS = 100
"""Times that a stage is handed back by workers that stop, without getting further, before that is an end."""
FREE_RETURNS = 10
"""The first of them, without a rest."""
KEPT_ATTEMPTS = 20
"""Rows kept of a stage's attempts: the last ones, and the last one that was DONE."""
KEPT_LOGS = 5
"""Attempts of a stage, the last ones, whose logs are kept."""


@dataclass(frozen=True)
class GiveBackRule:
    """One way back.

    Attributes:
        count: the column that counts it.
        limit: the number of times that is the end.
        free: the first of them rest for no time.
        backoff: seconds of the first rest, doubled each time up to `longest`, of the second ….
        silent: the reason is no news for whoever waits, as long as the stage continues.
    """

    outcome: Outcome
    reason: str
    count: str
    limit: int
    backoff: float
    longest: float = LONGEST_REST
    free: int = 0
    silent: bool = False
    log: str | None = None


_COUNTS = ("failures", "losses", "returns")
_held = columns(stages, "digest", "attempt", "cancel", "worker", *_COUNTS)
_look = (
    select(*_held)
    .where(stages.c.digest == bindparam("of"), stages.c.attempt == bindparam("nr"), stages.c.state == State.RUNNING)
    .with_for_update(key_share=True)
)
_leave = (
    update(stages)
    .where(stages.c.digest == bindparam("of"), stages.c.state == State.RUNNING)
    .values(
        state=bindparam("to"),
        failures=bindparam("new_failures"),
        losses=bindparam("new_losses"),
        returns=bindparam("new_returns"),
        not_before=DatabaseNow() + bindparam("delay"),
        ended_at=case((bindparam("over", type_=stages.c.cancel.type), DatabaseNow())),
        error=bindparam("why"),
        lease_until=None,
        lease_seconds=None,
        hinted_at=None,
        cancel=False,
    )
)
_close = (
    update(attempts)
    .where(attempts.c.digest == bindparam("of"), attempts.c.attempt == bindparam("nr"))
    .values(
        ended_at=DatabaseNow(),
        outcome=bindparam("how"),
        reason=bindparam("why"),
        log=func.coalesce(bindparam("lines", type_=attempts.c.log.type), attempts.c.log),
    )
)
_older = attempts.alias("older")
_last_done = select(func.coalesce(func.max(_older.c.attempt), -1)).where(
    _older.c.digest == bindparam("of"), _older.c.outcome == Outcome.DONE.value
)
_trim = delete(attempts).where(
    attempts.c.digest == bindparam("of"),
    attempts.c.attempt <= bindparam("last"),
    attempts.c.attempt != _last_done.scalar_subquery(),
)
_trim_logs = (
    update(attempts)
    .where(attempts.c.digest == bindparam("of"), attempts.c.attempt <= bindparam("last"), attempts.c.log.is_not(None))
    .values(log=literal(None))
)


def rested() -> ColumnElement[bool]:
    """Return True for stages whose rest is over, or would be longer than any rest is: the clock was stepped back."""
    return or_(stages.c.not_before <= DatabaseNow(), stages.c.not_before > DatabaseNow() + LONGEST_REST + SLACK)


def held_by(connection: Connection, digest: str, attempt: int) -> AnyRow | None:
    """Return the stage's row, locked, if that attempt holds it. Take the structure lock, alone, before."""
    return connection.execute(_look, {"of": digest, "nr": attempt}).one_or_none()


def held_where(condition: ColumnElement[bool]) -> Select[Any]:
    """Return a query for such rows of several RUNNING stages, locked in the order of their digests."""
    return locked(select(*_held).where(stages.c.state == State.RUNNING, condition), stages)


def give_back(connection: Connection, row: AnyRow, way: GiveBackRule) -> State:
    """RUNNING → READY, PENDING if a parent runs again, or an end: CANCELLED if it was to be stopped or can't have its
    parents, QUARANTINED if it came back that way too often. With all its consequences; the new state."""
    before = getattr(row, way.count)
    state, why = _destination(connection, row, way, before + 1)
    delay = 0.0
    if before >= way.free:
        delay = min(way.backoff * 2.0 ** min(before - way.free, 30), way.longest)
    outcome = Outcome.QUARANTINED if state is State.QUARANTINED and way.outcome is Outcome.CRASHED else way.outcome
    leave(connection, row, state, why, delay, counted=way.count)
    end_attempt(connection, row.digest, row.attempt, outcome, way.reason, way.log)
    return state


def _destination(connection: Connection, row: AnyRow, way: GiveBackRule, count: int) -> tuple[State, str | None]:
    """Return where it goes, and the stage's `error`."""
    if row.cancel:
        return State.CANCELLED, "cancelled" if way.outcome is Outcome.LOST else way.reason
    if count >= way.limit:
        # A crash's reason is what the user must see; how often it happened, `sweep logs` shows.
        times = "" if way.outcome is Outcome.CRASHED else f"; {_WORDS[way.outcome]} {count} times without progress"
        return State.QUARANTINED, way.reason + times
    state = standing(connection, row.digest)
    if state is State.CANCELLED:
        return state, "upstream failed"
    return state, None if way.silent else way.reason


_WORDS = {
    Outcome.LOST: "lost",
    Outcome.INTERRUPTED: "interrupted",
    Outcome.RELEASED: "handed back",
    Outcome.CANCELLED: "stopped",
}


def leave(
    connection: Connection, row: AnyRow, state: State, reason: str | None, delay: float = 0.0, counted: str = ""
) -> None:
    """Take a stage from RUNNING to a state, with the consequences down the graph. delay: seconds until it may run."""
    over = state not in (State.READY, State.PENDING)
    counts = {f"new_{name}": getattr(row, name) + (name == counted) for name in _COUNTS}
    values = {"of": row.digest, "to": state.value, "delay": delay, "over": over, "why": clean(reason), **counts}
    connection.execute(_leave, values)
    if not over:
        return
    if state is not State.CANCELLED:
        # What the saved state led to, it would lead to again: a retry starts at the beginning.
        forget_snapshot(connection, row.digest)
    word = "cancelled" if state is State.CANCELLED else "failed"
    cancel_descendants(connection, row.digest, f"upstream {row.digest[:12]} {word}")


def end_attempt(
    connection: Connection, digest: str, attempt: int, outcome: Outcome, reason: str | None, log: str | None
) -> None:
    """Close the attempt's row, and forget what is too old of the stage's attempts."""
    values = {"of": digest, "nr": attempt, "how": outcome.value, "why": clean(reason), "lines": tail(log)}
    connection.execute(_close, values)
    if attempt > KEPT_LOGS:
        connection.execute(_trim_logs, {"of": digest, "last": attempt - KEPT_LOGS})
    if attempt > KEPT_ATTEMPTS:
        connection.execute(_trim, {"of": digest, "last": attempt - KEPT_ATTEMPTS})
