"""Claims and heartbeats: a worker's time-limited right to a stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, func, insert, select, update

from core.ledger.clock import Now
from core.ledger.states import State
from core.ledger.tables import attempts, edges, snapshots, stages, workers
from core.ledger.transactions import locked, writing


@dataclass(frozen=True)
class Claim:
    """A stage that is ours to run. attempt: the fencing number, to be given with every later write ·
    spec: canonical JSON · inputs: parent digest → sha-256 of its artifact, "" if it made none · snapshot: sha-256 of
    the state that an earlier attempt left, "" = start at the beginning."""

    digest: str
    attempt: int
    spec: str
    inputs: dict[str, str]
    epochs: int
    kind: str
    snapshot: str


@dataclass(frozen=True)
class Beat:
    """The answer to a heartbeat. held: the lease is still ours and was prolonged · cancel: stop the stage."""

    digest: str
    attempt: int
    held: bool
    cancel: bool


_saved = select(snapshots.c.artifact).where(snapshots.c.digest == stages.c.digest).scalar_subquery()
_claim = (
    update(stages)
    .where(
        stages.c.digest == bindparam("of"),
        stages.c.state == State.READY,
        stages.c.not_before <= Now(),
        stages.c.device.in_(["", bindparam("kind_of_device")]),
    )
    .values(
        state=State.RUNNING,
        attempt=stages.c.attempt + 1,
        worker=bindparam("by"),
        slot=bindparam("on"),
        lease_until=Now() + bindparam("lease"),
        started_at=Now(),
        error=None,
    )
    .returning(stages.c.attempt, stages.c.spec, stages.c.epochs, stages.c.kind, stages.c.started_at, _saved)
)
_inputs = (
    select(edges.c.parent, func.coalesce(stages.c.artifact, "").label("artifact"))
    .join(stages, stages.c.digest == edges.c.parent)
    .where(edges.c.child == bindparam("of"))
)
_attempt = insert(attempts)


def claim(engine: Engine, digest: str, worker: str, slot: str, device: str, lease: float) -> Claim | None:
    """Takes a READY stage by compare-and-set; None if it isn't (any more) there to be taken.

    device: `cpu`, `cuda` or `cuda:N`, what the slot has · lease: seconds.
    """
    who = {"by": worker, "on": slot, "kind_of_device": device.partition(":")[0]}
    with writing(engine) as connection:
        row = connection.execute(_claim, {"of": digest, "lease": float(lease), **who}).one_or_none()
        if row is None:
            return None
        number, spec, epochs, kind, started_at, saved = row
        entry = {"digest": digest, "attempt": number, "worker": worker, "slot": slot, "started_at": started_at}
        connection.execute(_attempt, entry)
        inputs = {row.parent: row.artifact for row in connection.execute(_inputs, {"of": digest})}
    return Claim(digest, number, spec, inputs, epochs, kind, saved or "")


_held = locked(
    select(stages.c.digest, stages.c.attempt, stages.c.cancel).where(
        stages.c.digest.in_(bindparam("digests", expanding=True)), stages.c.state == State.RUNNING
    ),
    stages,
)
_prolong = (
    update(stages)
    .where(stages.c.digest.in_(bindparam("digests", expanding=True)))
    .values(lease_until=Now() + bindparam("lease"))
)
_seen = update(workers).where(workers.c.id == bindparam("who")).values(seen_at=Now(), stopped=False)


def heartbeat(engine: Engine, worker: str, held: Sequence[tuple[str, int]], lease: float) -> list[Beat]:
    """Prolongs every lease of a worker and marks it seen; one answer for each (digest, attempt), in order.

    A lease that ran out but that nobody else has taken is still ours.
    """
    with writing(engine) as connection:
        connection.execute(_seen, {"who": worker})
        if not held:
            return []
        rows = connection.execute(_held, {"digests": [digest for digest, _ in held]})
        cancel = {(digest, attempt): bool(flag) for digest, attempt, flag in rows}
        ours = [digest for digest, attempt in held if (digest, attempt) in cancel]
        if ours:
            connection.execute(_prolong, {"digests": ours, "lease": float(lease)})
    return [
        Beat(digest, attempt, (digest, attempt) in cancel, cancel.get((digest, attempt), False))
        for digest, attempt in held
    ]
