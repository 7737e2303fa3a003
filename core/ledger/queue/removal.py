"""Takes sweeps out of the ledger, with all that only they want; what other sweeps share stays as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, Table, bindparam, delete, exists, literal, or_, select, union

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.identity import remember_attempt
from prunesweep.core.ledger.db.schema import METADATA, AnyRow, columns, snapshots, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import lock_structure, locked, writing
from prunesweep.core.ledger.queue.reaper import lease_is_over

_CHUNK = 1_000
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_IN: BindParameter[Any] = bindparam("digests", expanding=True)
_NAMES: BindParameter[Any] = bindparam("names", expanding=True)


@dataclass(frozen=True)
class RemovalSummary:
    """What `remove_sweeps` did.

    Attributes:
        stages: taken out.
        shared: left, as other sweeps want them.
        rows: of all tables.
        artifacts: sha-256 → bytes of what no row refers to any more; the store holds them yet.
    """

    sweeps: tuple[str, ...]
    stages: int
    shared: int
    rows: int
    artifacts: dict[str, int]

    @property
    def bytes(self) -> int:
        return sum(self.artifacts.values())


class _UndoneError(Exception):
    """Rolls the transaction back; holds what it would have done."""


_other = sweep_stages.alias("other")
_wanted_elsewhere = exists(select(literal(1)).where(_other.c.digest == stages.c.digest, _other.c.sweep_id.not_in(_IDS)))
_wishes = select(sweep_stages.c.digest).where(sweep_stages.c.sweep_id.in_(_IDS)).distinct()
_rows = locked(
    select(
        *columns(stages, "digest", "state", "attempt"), lease_is_over.label("over"), _wanted_elsewhere.label("shared")
    ).where(stages.c.digest.in_(_wishes)),
    stages,
)
_made = union(
    select(stages.c.artifact, stages.c.artifact_bytes).where(stages.c.digest.in_(_IN), stages.c.artifact.is_not(None)),
    select(snapshots.c.artifact, snapshots.c.artifact_bytes).where(snapshots.c.digest.in_(_IN)),
)
_referred = union(
    select(stages.c.artifact).where(stages.c.artifact.in_(_NAMES)),
    select(snapshots.c.artifact).where(snapshots.c.artifact.in_(_NAMES)),
)


def remove_sweeps(engine: Engine, ids: Sequence[int], *, dry_run: bool) -> RemovalSummary:
    """Remove these sweeps in one transaction: their cells, and the stages, attempts, curves, results and saved states
    that no other sweep wants. dry_run: does it all, says what it was, and undoes it.

    A worker that still runs one of their stages (it lost its lease: its host slept, say) can write nothing afterwards,
    even if the stage is submitted again: attempts of new stages count from the highest number that was removed.

    Raises:
        UserError: one of them has stages of its own that wait or run; nothing has been removed.
    """
    try:
        with writing(engine) as connection:
            removed = _remove(connection, list(ids))
            if dry_run:
                raise _UndoneError(removed)
    except _UndoneError as undone:
        return undone.args[0]  # type: ignore[no-any-return]
    return removed


def _remove(connection: Connection, ids: list[int]) -> RemovalSummary:
    lock_structure(connection)
    found = select(sweeps.c.name).where(sweeps.c.id.in_(ids)).order_by(sweeps.c.id)
    names = tuple(connection.execute(found).scalars())
    rows = connection.execute(_rows, {"ids": ids}).all()
    own = [row for row in rows if not row.shared]
    _refuse_live(own, names)
    remember_attempt(connection, max((row.attempt for row in own), default=0))
    digests = [row.digest for row in own]
    made = {
        row.artifact: int(row.artifact_bytes or 0)
        for chunk in _chunks(digests)
        for row in connection.execute(_made, {"digests": chunk})
    }
    count = _delete_of_sweeps(connection, ids)
    for chunk in _chunks(digests):
        count += sum(connection.execute(statement, {"digests": chunk}).rowcount for statement in _of_stages())
    for chunk in _chunks(digests):
        count += connection.execute(delete(stages).where(stages.c.digest.in_(_IN)), {"digests": chunk}).rowcount
    count += connection.execute(delete(sweeps).where(sweeps.c.id.in_(_IDS)), {"ids": ids}).rowcount
    for chunk in _chunks(list(made)):
        for name in connection.execute(_referred, {"names": chunk}).scalars():
            made.pop(name)
    return RemovalSummary(names, len(own), len(rows) - len(own), count, made)


def _refuse_live(own: Sequence[AnyRow], names: tuple[str, ...]) -> None:
    waiting = sum(row.state in (State.PENDING, State.READY) for row in own)
    running = sum(row.state == State.RUNNING and not row.over for row in own)
    shown = ", ".join(names)
    if waiting:
        raise UserError("sweep", shown, f"is not over ({waiting + running} stages left); first: sweep cancel NAME")
    if running:
        raise UserError("sweep", shown, f"{running} of its stages still run; if it is cancelled, try again in a moment")


def _delete_of_sweeps(connection: Connection, ids: list[int]) -> int:
    tables = [table for table in reversed(METADATA.sorted_tables) if "sweep_id" in table.c]
    return sum(
        connection.execute(delete(table).where(table.c.sweep_id.in_(_IDS)), {"ids": ids}).rowcount for table in tables
    )


def _of_stages() -> Iterator[Any]:
    """Yield, for each other table that refers to stages, a statement that deletes the rows of `:digests`."""
    for table in reversed(METADATA.sorted_tables):
        columns = [] if "sweep_id" in table.c else _references(table)
        if columns:
            yield delete(table).where(or_(*(column.in_(_IN) for column in columns)))


def _references(table: Table) -> list[Any]:
    return [key.parent for key in table.foreign_keys if key.column.table is stages]


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
