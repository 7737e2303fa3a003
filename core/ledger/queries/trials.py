"""What a search knows of its trials: cells whose sweep leaves the test set out, and what their last round said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.ledger.db.schema import cells, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import cell_rows, of
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.plan.cells import Cell


@dataclass(frozen=True)
class TrialRow:
    """A cell of a search.

    Attributes:
        state: of its last round.
        summary: of its last round: `top1_val`, `val_images`, `nonzero`, `total`, `macs`, …; empty before it has ended.
    """

    cell: Cell
    state: State
    summary: Mapping[str, Any]


def trial_rows(engine: Engine, sweep_id: int) -> list[TrialRow]:
    """Return the cells of a sweep that leaves the test set out, in the order in which they were added."""
    query = cell_rows("algorithm", "sparsity", "epochs", "iterations", "seed")
    query = query.join(stages, stages.c.digest == cells.c.evaluate).add_columns(stages.c.state, stages.c.summary)
    with reading(engine) as connection:
        rows = connection.execute(query, of(sweep_id)).all()
    return [
        TrialRow(
            Cell(row.algorithm, row.sparsity, row.epochs, row.iterations, row.seed),
            State(row.state),
            dict(row.summary or {}) if row.state == State.DONE else {},
        )
        for row in rows
    ]
