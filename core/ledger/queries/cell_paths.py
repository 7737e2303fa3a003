"""A sweep's graph as its cells see it: which stages make a cell, and where each of them stands."""

from dataclasses import dataclass

from sqlalchemy import Engine

from prunesweep.core.ledger.db.schema import results, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import by_digest, cell_rows, of
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.cell_states import CellStages
from prunesweep.core.ledger.queries.dense_trainings import dense_chains
from prunesweep.core.plan.cells import Cell

_COLUMNS = ("position", "algorithm", "sparsity", "epochs", "iterations", "seed")
_PATH = ("train", "rounds", "evaluate", "dense_evaluate", "benchmark")


@dataclass(frozen=True)
class CellPath:
    """A cell and the digests of its stages in the order in which they run.

    Attributes:
        number: in the grid, from 1.
        before: what the dense network was made from before `train` (imported weights, an earlier part of it), in
            order.
        benchmark: "" where latency isn't measured.
    """

    number: int
    cell: Cell
    train: str
    dense_evaluate: str
    rounds: tuple[str, ...]
    evaluate: str
    benchmark: str
    before: tuple[str, ...] = ()

    @property
    def reads_test(self) -> bool:
        """Whether the cell is evaluated; where the sweep leaves the test set out, its last round is its end."""
        return self.evaluate != self.rounds[-1]

    @property
    def stages(self) -> CellStages:
        """Those that it shares with the other cells of its seed, and its own."""
        tests = (self.dense_evaluate,) if self.reads_test else ()
        own = (*self.rounds, *((self.evaluate,) if self.reads_test else ()))
        return CellStages((*self.before, self.train, *tests), (*own, self.benchmark) if self.benchmark else own)

    @property
    def digests(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.stages.shared, *self.stages.own)


@dataclass(frozen=True)
class StageStates:
    """Of a sweep's stages at one moment, by digest: the state; of those evaluated, test top-1 in [0, 1]."""

    states: dict[str, State]
    top1: dict[str, float]


def cell_paths(engine: Engine, sweep_id: int) -> tuple[CellPath, ...]:
    """Return every cell, in the order of the grid. They change only when the sweep is extended."""
    with reading(engine) as connection:
        dense = dense_chains(connection, sweep_id)
        return tuple(
            CellPath(
                number=row.position,
                cell=Cell(row.algorithm, row.sparsity, row.epochs, row.iterations, row.seed),
                train=row.train,
                dense_evaluate=row.dense_evaluate,
                rounds=tuple(row.rounds),
                evaluate=row.evaluate,
                benchmark=row.benchmark or "",
                before=dense[row.train][:-1],
            )
            for row in connection.execute(cell_rows(*_COLUMNS, *_PATH), of(sweep_id))
        )


def standing(engine: Engine, sweep_id: int) -> StageStates:
    """Return where each of the sweep's stages stands."""
    with reading(engine) as connection:
        states = by_digest(connection, sweep_id, stages, "state")
        found = by_digest(connection, sweep_id, results, "top1")
    return StageStates(
        {digest: State(row.state) for digest, row in states.items()},
        {digest: row.top1 for digest, row in found.items()},
    )
