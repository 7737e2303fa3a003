"""What a stage's attempts wrote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, and_, bindparam, exists, literal, select, update

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.sanitize import tail
from prunesweep.core.ledger.db.schema import attempts, columns, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import reading, writing
from prunesweep.core.ledger.queries.labels import labels_of

_PREFIX = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True)
class AttemptLog:
    """One attempt.

    Attributes:
        outcome: see `prunesweep.core.ledger.queue.outcome.Outcome`; None = under way.
        log: its last lines, maybe "".
    """

    attempt: int
    worker: str
    slot: str
    started_at: float
    ended_at: float | None
    outcome: str | None
    reason: str | None
    log: str


@dataclass(frozen=True)
class StageLog:
    """A stage and its attempts, oldest first. error: why it isn't DONE, if it ended otherwise."""

    digest: str
    kind: str
    label: str
    state: State
    error: str | None
    attempts: tuple[AttemptLog, ...]


def stage_log(engine: Engine, digest_prefix: str) -> StageLog:
    """Return the stage whose digest starts so, with its attempts' logs.

    Raises:
        UserError: none or several stages start so.
    """
    if not _PREFIX.fullmatch(digest_prefix):
        raise UserError("stage", digest_prefix, "give the first digits (0-9, a-f) of a stage's digest")
    wanted = (
        select(*columns(stages, "digest", "kind", "spec", "state", "error"))
        .where(stages.c.digest.startswith(digest_prefix))
        .order_by(stages.c.digest)
        .limit(2)
    )
    with reading(engine) as connection:
        found = connection.execute(wanted).all()
        if not found:
            raise UserError("stage", digest_prefix, "no stage starts so; see: sweep status")
        if len(found) > 1:
            near = ", ".join(row.digest[: len(digest_prefix) + 4] for row in found)
            raise UserError("stage", digest_prefix, f"several stages start so ({near}, …); give more digits")
        stage = found[0]
        label = labels_of(connection, [stage])[stage.digest]
        rows = connection.execute(
            select(attempts).where(attempts.c.digest == stage.digest).order_by(attempts.c.attempt)
        ).all()
    tries = tuple(
        AttemptLog(
            row.attempt, row.worker, row.slot, row.started_at, row.ended_at, row.outcome, row.reason, row.log or ""
        )
        for row in rows
    )
    return StageLog(stage.digest, stage.kind, label, State(stage.state), stage.error, tries)


def last_logs(engine: Engine, digests: Sequence[str]) -> dict[str, str]:
    """Return what the latest attempt of each of these stages (a few hundred at most) wrote; those without one are
    absent."""
    query = (
        select(attempts.c.digest, attempts.c.log)
        .join(stages, and_(stages.c.digest == attempts.c.digest, stages.c.attempt == attempts.c.attempt))
        .where(attempts.c.digest.in_(digests))
    )
    with reading(engine) as connection:
        return {digest: log or "" for digest, log in connection.execute(query)}


_mine = exists(
    select(literal(1)).where(
        stages.c.digest == attempts.c.digest,
        stages.c.attempt == attempts.c.attempt,
        stages.c.state == State.RUNNING,
    )
)
_save = (
    update(attempts)
    .where(attempts.c.digest == bindparam("of"), attempts.c.attempt == bindparam("nr"), _mine)
    .values(log=bindparam("lines"))
)


def save_log(engine: Engine, digest: str, attempt: int, text: str) -> bool:
    """Keep the log of a running attempt; False if the stage isn't this attempt's."""
    with writing(engine) as connection:
        values = {"of": digest, "nr": attempt, "lines": tail(text)}
        return connection.execute(_save, values).rowcount == 1
