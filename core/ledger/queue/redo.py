"""Runs again what is DONE already: its artifact was lost or damaged, or what it was made from has changed.

A stage that runs again keeps the name of its old artifact: giving the same bytes again, it changes nothing for those
that were made from it; giving others, it sends them back as well (see `prunesweep.core.ledger.queue.outcome.complete`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Delete,
    Engine,
    Update,
    bindparam,
    delete,
    exists,
    false,
    literal,
    null,
    select,
    update,
)

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import (
    AnyRow,
    attempts,
    edges,
    latencies,
    results,
    snapshots,
    stages,
    sweep_stages,
    sweeps,
)
from prunesweep.core.ledger.db.states import BROKEN, Outcome, State
from prunesweep.core.ledger.db.transactions import lock_structure, locked, writing
from prunesweep.core.ledger.queue.cascade import promote

_CHUNK = 5_000
_IN: BindParameter[Any] = bindparam("digests", expanding=True)

_wanted = exists(
    select(literal(1))
    .select_from(sweep_stages.join(sweeps, sweeps.c.id == sweep_stages.c.sweep_id))
    .where(sweep_stages.c.digest == stages.c.digest, ~sweeps.c.cancelled)
)
_rows = locked(
    select(
        stages.c.digest, stages.c.state, stages.c.attempt, stages.c.artifact, stages.c.cancel, _wanted.label("wanted")
    ).where(stages.c.digest.in_(_IN)),
    stages,
)
_below = select(edges.c.child).where(edges.c.parent.in_(_IN)).distinct()
_above = select(edges.c.parent).where(edges.c.child.in_(_IN)).distinct()
_to_pending = (
    update(stages)
    .where(stages.c.digest.in_(_IN))
    .values(
        state=State.PENDING,
        failures=0,
        losses=0,
        returns=0,
        furthest=0,
        not_before=0.0,
        cancel=false(),
        error=null(),
        ended_at=null(),
        lease_until=null(),
        lease_seconds=null(),
        worker=null(),
        slot=null(),
    )
)
_parent = stages.alias("parent")
_hopeless = exists(
    select(literal(1))
    .select_from(edges.join(_parent, _parent.c.digest == edges.c.parent))
    .where(edges.c.child == stages.c.digest, _parent.c.state.in_(BROKEN))
)
_cancel = (
    update(stages)
    .where(stages.c.digest.in_(_IN), stages.c.state == State.PENDING)
    .values(state=State.CANCELLED, ended_at=DatabaseNow(), error=bindparam("why"))
)
_cancel_hopeless = _cancel.where(_hopeless)
_close = (
    update(attempts)
    .where(attempts.c.digest.in_(_IN), attempts.c.outcome.is_(None))
    .values(ended_at=DatabaseNow(), outcome=Outcome.LOST.value, reason=bindparam("why"))
)
_drop_facts = tuple(delete(table).where(table.c.digest.in_(_IN)) for table in (results, latencies))
_drop_snapshots = delete(snapshots).where(snapshots.c.digest.in_(_IN))
_drop_snapshot = delete(snapshots).where(
    snapshots.c.digest == bindparam("of"), snapshots.c.artifact == bindparam("sha")
)


@dataclass(frozen=True)
class RedoSummary:
    """What `redo`

    Attributes:
        did: digests. again: were DONE, and run again.
        revived: had failed or were cancelled, and get a new start.
        ready: those of both that can run now.
        snapshots: saved states that were forgotten.
    """

    again: tuple[str, ...]
    revived: tuple[str, ...]
    ready: tuple[str, ...]
    snapshots: tuple[str, ...]


def redo(engine: Engine, damaged: Mapping[str, str], bad_snapshots: Mapping[str, str]) -> RedoSummary:
    """Send DONE stages back, in one transaction, and give a new start to what failed or was cancelled around them.

    Args:
        damaged: digest → sha-256 of the artifact that was looked at, "" if the stage makes none; a stage that isn't
            DONE with it any more is left alone.
        bad_snapshots: digest → sha-256 of the saved state to forget.

    READY children wait again, DONE ones stay as they are. RUNNING ones continue: they have read the artifact, and
    checked it; if it comes out different this time, `complete` takes them back. If they are given back before, or fail,
    they wait for their parents (see `prunesweep.core.ledger.queue.giveback` and
    `prunesweep.core.ledger.queue.outcome.fail`). Of what lies below, only stages that a sweep still wants get a new
    start.
    """
    with writing(engine) as connection:
        lock_structure(connection)
        rows = _look(connection, damaged)
        again = {row.digest for row in rows if row.state == State.DONE and (row.artifact or "") == damaged[row.digest]}
        below, above = _reach(connection, again, down=True), _reach(connection, again, down=False)
        around = _look(connection, (below | above) - again)
        revived = {row.digest for row in around if row.state in BROKEN and (row.digest in above or row.wanted)}
        waiting = {row.digest for row in around if row.state == State.READY and row.digest in below}
        children = set(_linked(connection, again, down=True))
        _each(connection, _to_pending, again | revived | (waiting & children))
        for drop in _drop_facts:
            _each(connection, drop, again)
        _end_hopeless(connection, below)
        forgotten = [
            digest
            for digest, sha in sorted(bad_snapshots.items())
            if connection.execute(_drop_snapshot, {"of": digest, "sha": sha}).rowcount
        ]
        pending = {row.digest for row in _look(connection, again | revived) if row.state == State.PENDING}
        ready = promote(connection, sorted(pending))
    kept = revived & pending
    return RedoSummary(tuple(sorted(again)), tuple(sorted(kept)), tuple(sorted(ready)), tuple(forgotten))


def lock_descendants(connection: Connection, digest: str) -> None:
    """Lock the stage and all that is made from it, in the order of their digests. Needs the structure lock, alone."""
    _look(connection, {digest, *_reach(connection, {digest}, down=True)})


def send_back(connection: Connection, digest: str) -> None:
    """Send back what was made from the stage, which gave another artifact than before: everything below it describes a
    network that is gone.

    DONE, READY and RUNNING descendants wait again (who runs one loses it), their facts and saved states are deleted;
    those that failed or were cancelled stay. Needs the structure lock, alone.
    """
    rows = _look(connection, _reach(connection, {digest}, down=True))
    running = {row.digest for row in rows if row.state == State.RUNNING}
    unwanted = {row.digest for row in rows if row.state == State.RUNNING and row.cancel}
    back = {row.digest for row in rows if row.state in (State.DONE, State.READY)} | running
    why = f"upstream {digest[:12]} gave another artifact"
    _each(connection, _close, running, why=why)
    _each(connection, _to_pending, back)
    _each(connection, _cancel, unwanted, why="cancelled")
    for drop in (*_drop_facts, _drop_snapshots):
        _each(connection, drop, {row.digest for row in rows})
    _end_hopeless(connection, {row.digest for row in rows})


def _end_hopeless(connection: Connection, digests: set[str]) -> None:
    """Cancel those that would wait for ever: a parent of theirs failed or was cancelled, and nobody revived it."""
    while _each(connection, _cancel_hopeless, digests, why="upstream failed"):
        pass


def _reach(connection: Connection, digests: Iterable[str], *, down: bool) -> set[str]:
    """Return all descendants (or ancestors) of the stages."""
    found: set[str] = set()
    edge = set(digests)
    while edge:
        edge = set(_linked(connection, edge, down=down)) - found
        found |= edge
    return found


def _linked(connection: Connection, digests: Iterable[str], *, down: bool) -> list[str]:
    query = _below if down else _above
    return [other for chunk in _chunks(digests) for other in connection.execute(query, {"digests": chunk}).scalars()]


def _look(connection: Connection, digests: Iterable[str]) -> list[AnyRow]:
    """Return the stages' rows, locked."""
    return [row for chunk in _chunks(digests) for row in connection.execute(_rows, {"digests": chunk})]


def _each(connection: Connection, statement: Update | Delete, digests: Iterable[str], **values: str) -> int:
    """Run the statement over the digests; how many rows it changed."""
    return sum(connection.execute(statement, {"digests": chunk, **values}).rowcount for chunk in _chunks(digests))


def _chunks(digests: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(digests)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
