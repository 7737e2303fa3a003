"""A plan in temporary tables, so that a sweep of any size is written in one short transaction and in little memory.

The plan is worked out part by part, before the transaction begins. Then the database copies the rows in the order in
which its indexes are filled best. Temporary tables are a connection's own, and end with it.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    true,
)

from prunesweep.core.ledger.db.bulk import CHUNK, bulk
from prunesweep.core.ledger.db.schema import cells, edges, stages, sweep_stages
from prunesweep.core.plan.dag import AnyPlan, PlanPart
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.networks import label_of
from prunesweep.core.plan.order import PLACES, by_rows, by_throughput
from prunesweep.core.plan.planned_cells import PlannedCell
from prunesweep.core.plan.stages import Import, Stage, device_of, epochs_of, workload_of

_TEMPORARY = MetaData()


def _table(name: str, like: Table, names: Sequence[str], *more: Column[Any]) -> Table:
    copies = (Column(column, like.c[column].type) for column in names)
    return Table(name, _TEMPORARY, *more, *copies, prefixes=["TEMPORARY"])


_STAGE = ("digest", "kind", "spec", "device", "workload", "epochs", "artifact", "artifact_bytes")
_CELL = tuple(column.name for column in cells.columns if column.name not in ("id", "sweep_id"))
CELL_KEY = ("algorithm", "sparsity", "epochs", "iterations", "seed")
"""The columns that identify a cell within its sweep."""
_stages = _table(
    "planned_stages",
    stages,
    _STAGE,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("by_rows", BigInteger),
    Column("by_throughput", BigInteger),
)
"""place: in the plan; by_rows, by_throughput: priorities, see `prunesweep.core.plan.order`."""
_edges = _table("planned_edges", edges, ("parent", "child"))
_cells = _table(
    "planned_cells",
    cells,
    tuple(name for name in _CELL if name != "position"),
    Column("position", Integer, primary_key=True, autoincrement=False),
)
_placed = select(_stages.c.digest, _stages.c.place).where(_stages.c.digest.in_(bindparam("digests", expanding=True)))


@dataclass(frozen=True)
class Staged:
    """How much is in the temporary tables."""

    stages: int
    cells: int


@contextmanager
def staged(connection: Connection, plan: AnyPlan) -> Iterator[Staged]:
    """Work a plan out into temporary tables, which are there up to the end of the block. Locks nothing of the
    ledger."""
    connection.detach()  # it ends with its block, and the tables with it: to drop them takes longer
    with connection.begin():
        _TEMPORARY.create_all(connection, checkfirst=False)
        made = Staged(0, 0)
        for part in plan.parts():
            _stage(connection, plan.grid, part, made)
            made = Staged(made.stages + len(part.stages), made.cells + len(part.cells))
    yield made


def _stage(connection: Connection, grid: Grid, part: PlanPart, before: Staged) -> None:
    places = enumerate(part.stages.items(), before.stages)
    bulk(
        connection,
        insert(_stages),
        (_stage_row(place, digest, stage, part.encoded[digest]) for place, (digest, stage) in places),
    )
    links = ((parent, child) for child, stage in part.stages.items() for parent in dict.fromkeys(stage.parents))
    bulk(connection, insert(_edges), ({"parent": parent, "child": child} for parent, child in links))
    numbered = enumerate(part.cells, before.cells + 1)
    bulk(connection, insert(_cells), (_cell_row(position, planned, grid) for position, planned in numbered))


def _stage_row(place: int, digest: str, stage: Stage, spec: str) -> dict[str, Any]:
    # An import's artifact was stored before its stage runs; so nothing takes it for unreferred.
    artifact, size = (stage.artifact, stage.size) if isinstance(stage, Import) else (None, None)
    return {
        "place": place,
        "digest": digest,
        "kind": stage.kind,
        "spec": spec,
        "device": device_of(stage),
        "workload": workload_of(stage),
        "epochs": epochs_of(stage),
        "artifact": artifact,
        "artifact_bytes": size,
        "by_rows": by_rows(stage),
        "by_throughput": by_throughput(stage),
    }


def _cell_row(position: int, planned: PlannedCell, grid: Grid) -> dict[str, Any]:
    """Return a cell as a row of its table, but for the sweep; position: its number in the sweep, from 1."""
    return {
        "position": position,
        **vars(planned.cell),
        "dataset": grid.dataset,
        "model": label_of(grid.model),
        "width": grid.width,
        "train": planned.train,
        "rounds": list(planned.rounds),
        "evaluate": planned.evaluate,
        "dense_evaluate": planned.dense_evaluate,
        "benchmark": planned.benchmark or None,
    }


def stage_columns(*, throughput: bool) -> dict[str, Any]:
    """Return the staged stages' columns by the names that they have in the ledger, `rank` too."""
    priority = _stages.c.by_throughput if throughput else _stages.c.by_rows
    return {**{name: _stages.c[name] for name in _STAGE}, "rank": priority * PLACES + _stages.c.place}


def select_stages(*values: Any) -> Select[Any]:
    """Return these values for each staged stage, in the order of the digests: B-trees are then filled from one end, and
    read later in the order they lie in."""
    return select(*values).where(true()).order_by(_stages.c.digest)


def select_edges() -> Select[Any]:
    return select(_edges.c.parent, _edges.c.child).where(true()).order_by(_edges.c.parent, _edges.c.child)


def select_cells(*values: Any, after: int | None = None) -> tuple[list[str], Select[Any]]:
    """Return the names of the staged cells' columns, and a query for these values and them.

    Args:
        after: they are numbered from the number behind this one on, None = they keep their numbers.
    """
    number: ColumnElement[int] = _cells.c.position
    if after is not None:
        number = (literal(after) + func.row_number().over(order_by=_cells.c.position)).label("position")
    found = (number if name == "position" else _cells.c[name] for name in _CELL)
    return list(_CELL), select(*values, *found).order_by(_cells.c.position)


def drop_cells(connection: Connection, had: Container[tuple[object, ...]]) -> None:
    """Take those staged cells out whose `CELL_KEY` is among these."""
    query = select(_cells.c.position, *(_cells.c[name] for name in CELL_KEY))
    gone = [{"gone": row.position} for row in connection.execute(query) if tuple(row[1:]) in had]
    bulk(connection, delete(_cells).where(_cells.c.position == bindparam("gone")), gone)


def in_plan_order(connection: Connection, digests: Sequence[str]) -> tuple[str, ...]:
    """Return those digests in the plan's order."""
    chunks = (digests[start : start + CHUNK] for start in range(0, len(digests), CHUNK))
    found = [row for some in chunks for row in connection.execute(_placed, {"digests": some})]
    return tuple(row.digest for row in sorted(found, key=lambda row: row.place))


def count_shared(connection: Connection, sweep_id: int) -> int:
    """Return how many of the staged stages the sweep wants."""
    wish = (sweep_stages.c.digest == _stages.c.digest) & (sweep_stages.c.sweep_id == sweep_id)
    return int(connection.execute(select(func.count()).select_from(_stages.join(sweep_stages, wish))).scalar_one())
