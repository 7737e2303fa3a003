"""Expands a grid into the stages that it needs; equal stages are one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.plan.algorithms import ALGORITHMS, sparsities
from core.plan.cells import Cell
from core.plan.datasets import DatasetRef
from core.plan.grids import Grid, dataset_of
from core.plan.models import ModelRef
from core.plan.recipes import RECIPES, Recipe
from core.plan.stages import Benchmark, Evaluate, PruneRound, Stage, Train, digest_of, encode, epochs_of


@dataclass(frozen=True)
class PlannedCell:
    """A cell and the digests of its stages; `rounds` in order, `benchmark` may be "" (not measured)."""

    cell: Cell
    train: str
    rounds: tuple[str, ...]
    evaluate: str
    dense_evaluate: str
    benchmark: str

    @property
    def stages(self) -> tuple[str, ...]:
        """Every digest that this cell needs."""
        needed = (self.train, *self.rounds, self.evaluate, self.dense_evaluate, self.benchmark)
        return tuple(digest for digest in needed if digest)


@dataclass(frozen=True)
class Plan:
    """What a grid comes to. `stages` is in topological order: parents before children."""

    grid: Grid
    cells: tuple[PlannedCell, ...]
    stages: Mapping[str, Stage]
    encoded: Mapping[str, str]

    @property
    def epochs(self) -> int:
        """Epochs to train, each shared stage once."""
        return sum(epochs_of(stage) for stage in self.stages.values())

    @property
    def epochs_without_sharing(self) -> int:
        """Epochs that one script per cell would train: every cell from its own dense network."""
        return sum(
            epochs_of(self.stages[digest]) for planned in self.cells for digest in (planned.train, *planned.rounds)
        )

    def edges(self) -> Iterator[tuple[str, str]]:
        """(parent, child) digests."""
        for child, stage in self.stages.items():
            for parent in stage.parents:
                yield parent, child


@dataclass
class _Builder:
    grid: Grid
    dataset: DatasetRef
    model: ModelRef
    dense: Recipe
    recovery: Recipe
    stages: dict[str, Stage] = field(default_factory=dict)
    encoded: dict[str, str] = field(default_factory=dict)

    def add(self, stage: Stage) -> str:
        text = encode(stage)
        digest = digest_of(text)
        self.stages.setdefault(digest, stage)
        self.encoded.setdefault(digest, text)
        return digest

    def cell(self, cell: Cell) -> PlannedCell:
        train = self.add(Train(self.dataset, self.model, self.dense, self.grid.dense_epochs, cell.seed))
        dense_evaluate = self.add(Evaluate(train, "", self.dataset, self.model))
        rounds = self.rounds(cell, train)
        before = rounds[-2] if len(rounds) > 1 else train
        evaluate = self.add(Evaluate(rounds[-1], before, self.dataset, self.model))
        return PlannedCell(cell, train, rounds, evaluate, dense_evaluate, self.benchmark(rounds[-1], train))

    def rounds(self, cell: Cell, parent: str) -> tuple[str, ...]:
        algorithm = ALGORITHMS[cell.algorithm]
        digests: list[str] = []
        for number, sparsity in enumerate(sparsities(algorithm, cell.sparsity, cell.iterations), 1):
            parent = self.add(
                PruneRound(
                    parent=parent,
                    round=number,
                    score=algorithm.score,
                    allocation=algorithm.allocation,
                    sparsity=sparsity,
                    recovery=algorithm.recovery,
                    epochs=cell.epochs,
                    recipe=self.recovery,
                    dataset=self.dataset,
                    model=self.model,
                    seed=cell.seed,
                )
            )
            digests.append(parent)
        return tuple(digests)

    def benchmark(self, parent: str, dense: str) -> str:
        grid = self.grid
        if grid.bench_device == "none":
            return ""
        machine = (grid.bench_device, grid.bench_threads, grid.bench_batch)
        return self.add(Benchmark(parent, dense, "torch", *machine, self.dataset, self.model))


def plan(grid: Grid) -> Plan:
    """The stages of a grid, shared by digest.

    Raises:
        UserError: a dataset that isn't there, or too many cells.
    """
    dataset = dataset_of(grid)
    dense, recovery = RECIPES[grid.recipe]
    builder = _Builder(grid, dataset, ModelRef(grid.model, grid.width, dataset.classes), dense, recovery)
    cells = tuple(builder.cell(cell) for cell in grid.cells())
    return Plan(grid, cells, builder.stages, builder.encoded)
