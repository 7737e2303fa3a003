"""All that the ledger knows of one stage, but its attempts (those: `prunesweep.core.ledger.queries.logs`)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from prunesweep.core.ledger.db.schema import (
    AnyRow,
    columns,
    edges,
    latencies,
    results,
    snapshots,
    stages,
    sweep_stages,
    sweeps,
)
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import sweeps_wanting
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.labels import labels_of

_MOST = 100


@dataclass(frozen=True)
class RelatedStage:
    """A stage that another one needs, or that needs it."""

    digest: str
    kind: str
    label: str
    state: State


@dataclass(frozen=True)
class StageDetail:
    """A stage with its relatives and the sweeps that want it.

    Attributes:
        row: of the table `stages`.
        parents, children: at most 100 each.
        sweeps: `id`, `name` of those that want it.
        saved, result, latency: its rows of `snapshots`, `results` and `latencies`, None where there is none.
    """

    row: AnyRow
    parents: tuple[RelatedStage, ...]
    children: tuple[RelatedStage, ...]
    sweeps: tuple[AnyRow, ...]
    saved: dict[str, Any] | None
    result: dict[str, Any] | None
    latency: dict[str, Any] | None


def stage_facts(engine: Engine, digest: str) -> StageDetail:
    """Raise sqlalchemy's NoResultFound for an unknown digest."""
    with reading(engine) as connection:
        wanting = sweeps_wanting("id", "name").where(sweep_stages.c.digest == digest).order_by(sweeps.c.id)
        return StageDetail(
            row=connection.execute(select(stages).where(stages.c.digest == digest)).one(),
            parents=_relatives(connection, "parent", "child", digest),
            children=_relatives(connection, "child", "parent", digest),
            sweeps=tuple(connection.execute(wanting)),
            saved=_one(connection, snapshots, digest),
            result=_one(connection, results, digest),
            latency=_one(connection, latencies, digest),
        )


def _relatives(connection: Connection, wanted: str, known: str, digest: str) -> tuple[RelatedStage, ...]:
    query = (
        select(*columns(stages, "digest", "kind", "spec", "state"))
        .join(edges, edges.c[wanted] == stages.c.digest)
        .where(edges.c[known] == digest)
        .order_by(stages.c.kind.desc(), stages.c.digest)
        .limit(_MOST)
    )
    rows = connection.execute(query).all()
    named = labels_of(connection, rows)
    return tuple(RelatedStage(row.digest, row.kind, named[row.digest], State(row.state)) for row in rows)


def _one(connection: Connection, table: Table, digest: str) -> dict[str, Any] | None:
    row = connection.execute(select(table).where(table.c.digest == digest)).one_or_none()
    return None if row is None else dict(row._mapping)
