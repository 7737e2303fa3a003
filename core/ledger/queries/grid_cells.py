"""The cells of a sweep, as the ledger has them, for what reads each of them many times."""

from typing import NamedTuple

from sqlalchemy import Connection

from prunesweep.core.ledger.db.json_text import decoded
from prunesweep.core.ledger.db.schema import cells
from prunesweep.core.ledger.db.sweep_rows import cell_rows, of


class GridCell(NamedTuple):
    """A row of `prunesweep.core.ledger.db.schema.cells`. A query's own rows look for each name they are asked for."""

    position: int
    dataset: str
    model: str
    width: int
    algorithm: str
    sparsity: float
    epochs: int
    iterations: int
    seed: int
    train: str
    evaluate: str
    dense_evaluate: str
    benchmark: str | None
    rounds: list[str]


_QUERY = cell_rows(*(name for name in GridCell._fields if name != "rounds")).add_columns(decoded(cells.c.rounds))


def grid_cells(connection: Connection, sweep_id: int) -> list[GridCell]:
    """Return them in the order of the grid."""
    return [GridCell(*row) for row in connection.execute(_QUERY, of(sweep_id)).all()]
