"""What a cell is compared with: the same training with nothing pruned, in one step, and by chance."""

from collections.abc import Iterator
from dataclasses import replace

from prunesweep.core.plan.algorithms import FRESH_TICKET, REWINDING, TICKETS, Algorithm
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.controls import controls_of, method_of
from prunesweep.core.plan.families import dense_partner, fresh_ticket, one_schedule, oneshot_partner

_CONTROLS = ("oneshot", "random", "layer-random")


def fair_cells(cell: Cell, algorithm: Algorithm, known: tuple[Algorithm, ...], dense_epochs: int) -> Iterator[Cell]:
    """Yield the cells that a cell is compared with.

    Args:
        algorithm: the cell's.
        known: all that the grid can name.
        dense_epochs: of the dense network's training.
    """
    if algorithm.recovery in TICKETS:
        yield from _beside_ticket(cell, algorithm, known, dense_epochs)
        return
    total = cell.epochs * cell.iterations
    if cell.iterations > 1 and cell.sparsity and not method_of(algorithm):
        if once := one_schedule(algorithm, known):
            yield replace(cell, algorithm=once.name)
        partner = oneshot_partner(algorithm, known)
        if partner and _lasts(partner, total, dense_epochs):
            yield Cell(partner.name, cell.sparsity, total, 1, cell.seed)
        yield from (Cell(name, cell.sparsity, total, 1, cell.seed) for name in _CONTROLS)
    dense = dense_partner(algorithm, known)
    if total and dense and _lasts(dense, total, dense_epochs):
        yield Cell(dense.name, 0.0, total, 1, cell.seed)


def _beside_ticket(cell: Cell, algorithm: Algorithm, known: tuple[Algorithm, ...], dense_epochs: int) -> Iterator[Cell]:
    """Yield a ticket trained as long as the dense network, which is its dense control; others have its mask's
    sparsity and its training: with fresh initial weights, and with a random mask of its layer counts."""
    if cell.sparsity and not method_of(algorithm) and algorithm.recovery != FRESH_TICKET:
        if fresh := fresh_ticket(algorithm, known):
            yield replace(cell, algorithm=fresh.name, epochs=dense_epochs)
        yield from (replace(cell, algorithm=name) for name in controls_of(algorithm) if name.startswith("random"))


def _lasts(algorithm: Algorithm, epochs: int, dense_epochs: int) -> bool:
    """Return whether a round of it can train that long: to set a learning rate back, there must have been as many."""
    return algorithm.recovery not in REWINDING or epochs <= dense_epochs
