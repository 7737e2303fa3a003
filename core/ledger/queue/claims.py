"""Claims and heartbeats: a worker's time-limited right to a stage."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, Text, bindparam, func, insert, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.functions import FunctionElement

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import AnyRow, attempts, columns, edges, snapshots, stages, workers
from prunesweep.core.ledger.db.slots import role_of
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import locked, one_statement, writing
from prunesweep.core.ledger.queue.giveback import rested
from prunesweep.core.ledger.queue.takers import ROLES, takes
from prunesweep.core.ledger.queue.workers import SlotUsage, usage_as_json


@dataclass(frozen=True)
class Claim:
    """A stage that is ours to run.

    Attributes:
        attempt: the fencing number, to be given with every later write.
        spec: canonical JSON.
        inputs: parent digest → sha-256 of its artifact, "" if it made none.
        snapshot: sha-256 of the state that an earlier attempt left, "" = start at the beginning.
    """

    digest: str
    attempt: int
    spec: str
    inputs: dict[str, str]
    epochs: int
    kind: str
    snapshot: str


@dataclass(frozen=True)
class HeartbeatReply:
    """The answer to a heartbeat.

    Attributes:
        held: the lease is still ours and was prolonged.
        cancel: stop the stage.
    """

    digest: str
    attempt: int
    held: bool
    cancel: bool


class _JsonObject(FunctionElement[str]):
    """SQL for the text of a JSON object of (key, value) rows; NULL or `{}` if there are none."""

    inherit_cache = True
    type = Text()


@compiles(_JsonObject, "sqlite")
def _sqlite(element: _JsonObject, compiler: Any, **options: Any) -> str:
    return f"json_group_object({compiler.process(element.clauses, **options)})"


@compiles(_JsonObject, "postgresql")
def _postgresql(element: _JsonObject, compiler: Any, **options: Any) -> str:
    return f"json_object_agg({compiler.process(element.clauses, **options)})::text"


# Within RETURNING, SQLAlchemy leaves the names of tables out on SQLite: what these two compare with must not be a
# column of `stages`, which would be taken for their own.
_above = stages.alias("above")
_inputs = (
    select(_JsonObject(edges.c.parent, func.coalesce(_above.c.artifact, "")))
    .select_from(edges.join(_above, _above.c.digest == edges.c.parent))
    .where(edges.c.child == bindparam("of"))
    .scalar_subquery()
)
_saved = select(snapshots.c.artifact).where(snapshots.c.digest == bindparam("of")).scalar_subquery()
_NOTED = ("digest", "attempt", "worker", "slot", "started_at")
_CLAIMED = ("attempt", "spec", "inputs", "epochs", "kind", "saved")
_claimed = (
    update(stages)
    .where(stages.c.digest == bindparam("of"), stages.c.state == State.READY, rested())
    .values(
        state=State.RUNNING,
        attempt=stages.c.attempt + 1,
        worker=bindparam("by"),
        slot=bindparam("on"),
        lease_until=DatabaseNow() + bindparam("lease"),
        lease_seconds=bindparam("lease"),
        started_at=DatabaseNow(),
        error=None,
        doing=None,
    )
    .returning(*columns(stages, *_NOTED, "spec", "epochs", "kind"), _inputs.label("inputs"), _saved.label("saved"))
)
_attempt = insert(attempts)


def _at_once(claimed: ReturningUpdate[Any]) -> Select[Any]:
    """Claim in one statement, where a round trip is what costs; SQLite knows no UPDATE within another statement."""
    taken = claimed.cte("taken")
    noted = _attempt.from_select(list(_NOTED), select(*(taken.c[name] for name in _NOTED))).cte("noted")
    return select(*(taken.c[name] for name in _CLAIMED)).add_cte(noted)


_claims = {role: _claimed.where(takes(role)) for role in ROLES}
_claims_at_once = {role: _at_once(claimed) for role, claimed in _claims.items()}


def claim(engine: Engine, digest: str, worker: str, slot: str, device: str, lease: float) -> Claim | None:
    """Take a READY stage by compare-and-set; None if it isn't (any more) there to be taken.

    Args:
        device: `cpu`, `cuda` or `cuda:N`, what the slot has; or LATENCY_SLOT.
        lease: seconds.
    """
    who, role = {"of": digest, "lease": float(lease), "by": worker, "on": slot}, role_of(device)
    row = _take_at_once(engine, role, who) if engine.dialect.name == "postgresql" else _take(engine, role, who)
    if row is None:
        return None
    inputs = json.loads(row.inputs) if row.inputs else {}
    return Claim(digest, row.attempt, row.spec, inputs, row.epochs, row.kind, row.saved or "")


def _take(engine: Engine, role: str, who: dict[str, Any]) -> AnyRow | None:
    with writing(engine) as connection:
        row = connection.execute(_claims[role], who).one_or_none()
        if row is not None:
            connection.execute(_attempt, {name: getattr(row, name) for name in _NOTED})
    return row


def _take_at_once(engine: Engine, role: str, who: dict[str, Any]) -> AnyRow | None:
    with one_statement(engine) as connection:
        return connection.execute(_claims_at_once[role], who).one_or_none()


_held = locked(
    select(stages.c.digest, stages.c.attempt, stages.c.cancel).where(
        stages.c.digest.in_(bindparam("digests", expanding=True)), stages.c.state == State.RUNNING
    ),
    stages,
)
_prolong = (
    update(stages)
    .where(stages.c.digest.in_(bindparam("digests", expanding=True)))
    .values(lease_until=DatabaseNow() + bindparam("lease"), lease_seconds=bindparam("lease"))
)
_seen = update(workers).where(workers.c.id == bindparam("who")).values(seen_at=DatabaseNow(), stopped=False)
_seen_using = _seen.values(usage=bindparam("usage"))


def heartbeat(
    engine: Engine,
    worker: str,
    held: Sequence[tuple[str, int]],
    lease: float,
    usage: Sequence[SlotUsage] | None = None,
) -> list[HeartbeatReply]:
    """Prolong every lease of a worker and mark it seen; one answer for each (digest, attempt), in order.

    A lease that ran out but that nobody else has taken is still ours. lease: seconds from now. usage: of its slots, in
    their order; empty = not known now, None = what stands there stays.
    """
    with writing(engine) as connection:
        if usage is not None:
            connection.execute(_seen_using, {"who": worker, "usage": usage_as_json(usage)})
        else:
            connection.execute(_seen, {"who": worker})
        if not held:
            return []
        rows = connection.execute(_held, {"digests": [digest for digest, _ in held]})
        cancel = {(digest, attempt): bool(flag) for digest, attempt, flag in rows}
        ours = [digest for digest, attempt in held if (digest, attempt) in cancel]
        if ours:
            connection.execute(_prolong, {"digests": ours, "lease": float(lease)})
    return [
        HeartbeatReply(digest, attempt, (digest, attempt) in cancel, cancel.get((digest, attempt), False))
        for digest, attempt in held
    ]
