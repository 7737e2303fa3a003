"""Which dense network a cell's accuracy is measured against: the one that trained as long, where the sweep has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from prunesweep.core.ledger.queries.grid_cells import GridCell
from prunesweep.core.plan.algorithms import Algorithm
from prunesweep.core.plan.controls import find
from prunesweep.core.plan.families import FROM_EARLIER, algorithms_of, is_same_training
from prunesweep.core.plan.lineage import EACH

_alike = attrgetter("algorithm", "epochs", "iterations", "seed", "dense_evaluate")
DENSE = "dense"
"""The dense network that is pruned, as it was before."""


@dataclass(frozen=True)
class DenseControl:
    """The dense network that a cell is compared with.

    Attributes:
        name: `dense`, or what was trained after it with nothing pruned: `dense + 9 epochs`, `dense + 3 × 3 epochs`.
        evaluate: digest of the stage that tested it.
    """

    name: str
    evaluate: str


def references(cells: Sequence[GridCell], grid: Mapping[str, Any]) -> dict[int, DenseControl]:
    """Return each cell's reference by the cell's position.

    For a pruned cell it is the cell of sparsity 0 of its seed with the same recovery and as many epochs in all, of
    several the one with its rounds and schedule, else the one with the fewest rounds. For the others, and where a
    sweep has none, it is the dense network before pruning.

    Args:
        cells: of one sweep.
        grid: as the ledger keeps it.
    """
    known = algorithms_of(grid)
    dense: dict[int, list[GridCell]] = {}
    for cell in cells:
        if cell.sparsity == 0:
            dense.setdefault(cell.seed, []).append(cell)
    alike: dict[tuple[Any, ...], DenseControl] = {}
    found = {}
    for cell in cells:
        # All of a cell that its reference depends on.
        key = (cell.sparsity == 0, *_alike(cell))
        if key not in alike:
            alike[key] = _reference(cell, dense.get(cell.seed, ()), known)
        found[cell.position] = alike[key]
    return found


def _reference(cell: GridCell, dense: Sequence[GridCell], known: Mapping[str, Algorithm]) -> DenseControl:
    if not dense or cell.sparsity == 0:
        return DenseControl(DENSE, cell.dense_evaluate)
    made = find(cell.algorithm, known.values())
    found = [] if made is None else [one for one in dense if _trains_as(cell, one, made, known)]
    if not found:
        return DenseControl(DENSE, cell.dense_evaluate)
    exact = [one for one in found if _rounds(one, known) == _rounds(cell, known)]
    chosen = min(exact or found, key=lambda one: (one.iterations, one.position))
    times = f"{chosen.iterations} × " if chosen.iterations > 1 else ""
    return DenseControl(f"{DENSE} + {times}{chosen.epochs} epoch{'s' if chosen.epochs != 1 else ''}", chosen.evaluate)


def _trains_as(cell: GridCell, dense: GridCell, made: Algorithm, known: Mapping[str, Algorithm]) -> bool:
    other = find(dense.algorithm, known.values())
    if other is None or not is_same_training(made, other):
        return False
    if made.recovery in FROM_EARLIER:  # every round starts from the same early weights
        return bool(dense.epochs == cell.epochs)
    return bool(dense.epochs * dense.iterations == cell.epochs * cell.iterations)


def _rounds(cell: GridCell, known: Mapping[str, Algorithm]) -> tuple[int, str]:
    """Return the rounds, and how the learning rate falls over them."""
    made = find(cell.algorithm, known.values())
    return cell.iterations, made.anneal if made and cell.iterations > 1 else EACH
