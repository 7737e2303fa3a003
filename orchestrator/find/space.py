"""What a search may try: contenders, each an algorithm with its sparsities, at ever more epochs."""

from dataclasses import dataclass, replace

from prunesweep.core.errors import UserError
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.grids import Grid

OBJECTIVES = ("latency", "size", "macs")
STEP = 0.005
"""Between two sparsities, where none are given."""
SPARSITIES = tuple(round(place * STEP, 6) for place in range(1, round(1 / STEP)))


@dataclass(frozen=True)
class Contender:
    """An algorithm with a number of rounds.

    Attributes:
        cells: for each number of epochs, what it can be at the first seed; sparsity ascending.
    """

    cells: tuple[tuple[Cell, ...], ...]

    @property
    def name(self) -> str:
        last = self.cells[-1][0]
        return last.algorithm if last.iterations == 1 else f"{last.algorithm} in {last.iterations} rounds"


@dataclass(frozen=True)
class SearchSpace:
    """What is searched, and what for.

    Attributes:
        seeds: the first one searches, the others confirm.
        max_drop: of the validation accuracy below the dense network's, in [0, 1].
        objective: one of `OBJECTIVES`.
    """

    contenders: tuple[Contender, ...]
    seeds: tuple[int, ...]
    max_drop: float
    objective: str

    @property
    def levels(self) -> int:
        """How many numbers of epochs there are."""
        return len(self.contenders[0].cells)

    def reference(self, seed: int) -> Cell:
        """Return the cell that is the dense network as it is: nothing pruned, nothing trained."""
        return Cell("oneshot", 0.0, 0, 1, seed)

    def seeded(self, cell: Cell) -> tuple[Cell, ...]:
        """Return the cell at every seed."""
        return tuple(replace(cell, seed=seed) for seed in self.seeds)


def search_space(grid: Grid, sparsities: tuple[float, ...], max_drop: float, objective: str) -> SearchSpace:
    """Return the space of a grid's algorithms and rounds; its epochs are the levels, fewest first.

    Raises:
        UserError: no sparsity above 0, or an algorithm that cannot train so long.
    """
    tried = sorted(one for one in sparsities if one)
    if not tried:
        raise UserError("sparsity", "0", "give sparsities above 0, or leave --sparsity out for every half percent")
    found: dict[Contender, None] = {}
    for name in grid.algorithm:
        for rounds in grid.iterations:
            cells = (_at(grid, name, rounds, epochs, tried) for epochs in sorted(grid.epochs))
            found[Contender(tuple(cells))] = None
    return SearchSpace(tuple(found), grid.seeds, max_drop, objective)


def _at(grid: Grid, name: str, rounds: int, epochs: int, sparsities: list[float]) -> tuple[Cell, ...]:
    """Return each different cell of an algorithm once: some have but one sparsity."""
    cells = (grid.reached(Cell(name, sparsity, epochs, rounds, grid.seeds[0])) for sparsity in sparsities)
    return tuple(dict.fromkeys(cells))
