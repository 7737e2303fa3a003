"""What an Evaluate or a Benchmark is of, in words: the cell whose last round it reads, or the dense network."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from prunesweep.core.ledger.db.schema import cells
from prunesweep.core.ledger.db.sweep_rows import cell_of_sweep, of
from prunesweep.core.plan.cells import Cell, cell_name

_ASKED = 500
"""Stages from which on all cells are read instead of those of the stages: a statement has room for some thousands."""


def subjects(
    connection: Connection, digests: Collection[str] | None = None, sweep_id: int | None = None
) -> dict[str, str]:
    """Return e.g. `iterative 90 % · 3 × 2 · seed 0` or `dense network · seed 0` for each of these stages that a cell
    has; of several cells, the first of the oldest sweep.

    Args:
        digests: None = all.
        sweep_id: whose cells, None = those of all.
    """
    where = () if sweep_id is None else (cell_of_sweep(),)
    values = {} if sweep_id is None else of(sweep_id)
    few = digests if digests is not None and len(digests) <= _ASKED else None
    facts = (cells.c.algorithm, cells.c.sparsity, cells.c.epochs, cells.c.iterations, cells.c.seed)
    named: dict[str, str] = {}
    for column in (cells.c.evaluate, cells.c.benchmark):
        found = select(column, *facts).where(column.is_not(None), *where)
        found = found if few is None else found.where(column.in_(few))
        for digest, *cell in connection.execute(found.order_by(cells.c.sweep_id, cells.c.position), values):
            named.setdefault(digest, cell_name(Cell(*cell)))
    dense = cells.c.dense_evaluate
    seeds = select(dense, cells.c.seed).where(*where).distinct()
    known: dict[str, list[int]] = {}
    for digest, seed in connection.execute(seeds if few is None else seeds.where(dense.in_(few)), values):
        known.setdefault(digest, []).append(seed)
    return named | {digest: f"dense network · {_seeds(each)}" for digest, each in known.items()}


def _seeds(known: list[int]) -> str:
    return f"seed {known[0]}" if len(known) == 1 else f"{len(known)} seeds"
