"""A cell with what it needs: the digests of its stages."""

from dataclasses import dataclass

from prunesweep.core.plan.cells import Cell


@dataclass(frozen=True)
class PlannedCell:
    """A cell and the digests of its stages;

    Attributes:
        dense, rounds: the dense network's (its import, its training) and the pruning rounds', in order.
        evaluate, dense_evaluate: where the grid leaves the test set out, the last round and the dense network
            themselves.
        benchmark: may be "" (not measured).
    """

    cell: Cell
    dense: tuple[str, ...]
    rounds: tuple[str, ...]
    evaluate: str
    dense_evaluate: str
    benchmark: str

    @property
    def train(self) -> str:
        """The stage that ends the dense training."""
        return self.dense[-1]

    @property
    def stages(self) -> tuple[str, ...]:
        """Every digest that this cell needs."""
        needed = (*self.dense, *self.rounds, self.evaluate, self.dense_evaluate, self.benchmark)
        return tuple(dict.fromkeys(digest for digest in needed if digest))
