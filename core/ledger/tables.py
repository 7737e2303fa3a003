"""The tables as Core objects, for statements that don't need the ORM (all of them)."""

from typing import Any, TypeAlias, cast

from sqlalchemy import Column, Exists, Row, Table, bindparam, exists, literal, select

from core.ledger import schema

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of a query, whatever its columns."""


def _table(model: type[schema.Base]) -> Table:
    return cast(Table, model.__table__)


sweeps = _table(schema.Sweep)
stages = _table(schema.Stage)
edges = _table(schema.Edge)
sweep_stages = _table(schema.SweepStage)
cells = _table(schema.Cell)
attempts = _table(schema.Attempt)
metrics = _table(schema.Metric)
results = _table(schema.Result)
latencies = _table(schema.Latency)
workers = _table(schema.Worker)


def of_sweep() -> Exists:
    """True for the stages that the sweep `:sweep` wants."""
    # EXISTS, not a join: SQLite then starts from the few stages in a state rather than from all of the sweep's.
    wish = (sweep_stages.c.digest == stages.c.digest, sweep_stages.c.sweep_id == bindparam("sweep"))
    return exists(select(literal(1)).where(*wish))


def columns(table: Table, *names: str) -> list[Column[Any]]:
    """The columns of those names."""
    return [table.c[name] for name in names]
