"""Which rows are a sweep's: the one way from a sweep to its cells, to its stages, and to all that is kept by stage.

Every statement here has the sweep's number as its value `sweep`: `connection.execute(statement, of(sweep_id))`.
"""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Exists,
    Select,
    Table,
    bindparam,
    exists,
    func,
    literal,
    select,
)

from prunesweep.core.ledger.db.schema import AnyRow, cells, columns, stages, sweep_stages, sweeps


def of(sweep_id: int) -> dict[str, int]:
    """Return the value that the statements of this file need."""
    return {"sweep": sweep_id}


def of_sweep() -> Exists:
    """Return True for the stages that the sweep `:sweep` wants."""
    # EXISTS, not a join: SQLite then starts from the few stages in a state rather than from all of the sweep's.
    wish = (sweep_stages.c.digest == stages.c.digest, sweep_stages.c.sweep_id == bindparam("sweep"))
    return exists(select(literal(1)).where(*wish))


def wanted(query: Select[Any], digest: Column[Any]) -> Select[Any]:
    """Return the query's rows whose stage the sweep wants; digest: the column that names that stage."""
    wish = query.join(sweep_stages, sweep_stages.c.digest == digest)
    return wish.where(sweep_stages.c.sweep_id == bindparam("sweep"))


def stage_rows(table: Table, *names: str) -> Select[Any]:
    """Return those columns of the sweep's rows in a table that has a stage's `digest`, the digest first."""
    return wanted(select(*columns(table, "digest", *names)), table.c.digest)


def by_digest(connection: Connection, sweep_id: int, table: Table, *names: str) -> dict[str, AnyRow]:
    """Return the rows of `stage_rows` by digest, where a stage has one row at most."""
    return {row[0]: row for row in connection.execute(stage_rows(table, *names), of(sweep_id)).all()}


def count_stages(connection: Connection, sweep_id: int) -> int:
    """Return how many stages the sweep wants."""
    query = select(func.count()).select_from(sweep_stages).where(sweep_stages.c.sweep_id == bindparam("sweep"))
    return int(connection.execute(query, of(sweep_id)).scalar_one())


def cell_rows(*names: str) -> Select[Any]:
    """Return those columns of the sweep's cells (none named: all), in the order of its grid."""
    chosen = columns(cells, *names) if names else (cells,)
    return select(*chosen).where(cell_of_sweep()).order_by(cells.c.position)


def cell_of_sweep() -> ColumnElement[bool]:
    """Return True for the cells of the sweep `:sweep`."""
    return cells.c.sweep_id == bindparam("sweep")


def sweeps_wanting(*names: str) -> Select[Any]:
    """Return, for each stage and each sweep that wants it, the stage's digest and those columns of the sweep. The
    caller says which stages, by `sweep_stages.c.digest`."""
    found = select(sweep_stages.c.digest, *columns(sweeps, *names))
    return found.join(sweeps, sweeps.c.id == sweep_stages.c.sweep_id)
