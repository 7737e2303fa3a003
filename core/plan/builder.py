"""Works out the stages of one cell after another; equal stages are one."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from prunesweep.core.plan.algorithms import CORRECTING, NOTHING, Algorithm, sparsities
from prunesweep.core.plan.allocations import COUNTS_OF, parse_allocation
from prunesweep.core.plan.canonical_json import Texts
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.controls import method_of
from prunesweep.core.plan.costs import CostProfile
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.layer_rules import encode_rules
from prunesweep.core.plan.lineage import RoundChain, RoundSchedule
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.planned_cells import PlannedCell
from prunesweep.core.plan.recipes import RecipePair
from prunesweep.core.plan.round_rules import RoundRules
from prunesweep.core.plan.stages import (
    Benchmark,
    Evaluate,
    Import,
    PruneRound,
    Stage,
    Train,
    digest_of,
    encode,
)

FRESH = 2**31
"""Added to a seed it gives the one of fresh initial weights; no cell's seed is so high."""

_KNOWN = 5_000
"""Settings of rounds that are kept: a grid has them again for each seed."""


class _Round(NamedTuple):
    """A pruning round of a cell.

    Attributes:
        corrected: digest of the network right after the pruning, where that changed the weights that stay; else "".
    """

    digest: str
    corrected: str


class _RoundSetting(NamedTuple):
    """What a pruning round is, whatever its seed; see `PruneRound`."""

    score: str
    allocation: str
    sparsity: float
    course: RoundSchedule
    layers: str


@dataclass
class Builder:
    """Plans cells of a grid, each once; stages that cells share are added once."""

    grid: Grid
    dataset: DatasetRef
    model: ModelRef
    recipes: RecipePair
    profile: CostProfile
    rules: RoundRules
    imported: Import | None = None
    stops: tuple[int, ...] = ()
    """Epochs after which the dense training pauses, because an algorithm rewinds to them; ascending."""
    stages: dict[str, Stage] = field(default_factory=dict)
    """Those of the part that is being planned, as `encoded`."""
    encoded: dict[str, str] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    """Digests of all parts."""
    texts: Texts = field(default_factory=dict)
    trained: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """What `dense` returned for a seed."""
    tested: dict[int, str] = field(default_factory=dict)
    """The test of that, by seed."""
    known: dict[tuple[str, float, int, int], tuple[_RoundSetting, ...]] = field(default_factory=dict)
    """What `settings` returned lately."""

    def add(self, stage: Stage) -> str:
        text = encode(stage, self.texts)
        digest = digest_of(text)
        key = bytes.fromhex(digest)
        if key not in self.seen:
            self.seen.add(key)
            self.stages[digest] = stage
            self.encoded[digest] = text
        return digest

    def take(self) -> tuple[dict[str, Stage], dict[str, str]]:
        """Return the stages that were added since the last time, and their JSON; the next part begins."""
        made = self.stages, self.encoded
        self.stages, self.encoded = {}, {}
        return made

    def cell(self, cell: Cell) -> PlannedCell:
        dense = self.dense(cell.seed)
        train = dense[-1]
        dense_evaluate = self.dense_evaluate(cell.seed, train)
        algorithm = self.grid.named(cell.algorithm)
        start = self.start(algorithm, cell.seed)
        made = self.rounds(cell, algorithm, start)
        rounds = tuple(one.digest for one in made)
        # What the last round's pruning made or, where masks alone make that, what it pruned.
        before = made[-1].corrected or (start, *rounds)[-2]
        tested = Evaluate(rounds[-1], before, self.dataset, self.model, self.grid.bn_reestimate)
        evaluate = self.add(tested) if self.grid.evaluate else rounds[-1]
        benchmark = self.benchmark(rounds[-1], train)
        return PlannedCell(cell, dense, rounds, evaluate, dense_evaluate, benchmark)

    def dense(self, seed: int) -> tuple[str, ...]:
        """Return the import of given weights, if there are any, and the dense training, one stage from stop to stop."""
        if seed not in self.trained:
            self.trained[seed] = self._train_dense(seed)
        return self.trained[seed]

    def dense_evaluate(self, seed: int, train: str) -> str:
        """Return the test of the dense network; where the grid leaves the test set out, that network itself."""
        if not self.grid.evaluate:
            return train
        if seed not in self.tested:
            self.tested[seed] = self.add(Evaluate(train, "", self.dataset, self.model))
        return self.tested[seed]

    def _train_dense(self, seed: int) -> tuple[str, ...]:
        digests: list[str] = [] if self.imported is None else [self.add(self.imported)]
        if not self.grid.dense_epochs:
            return tuple(digests)
        for start, end in itertools.pairwise((0, *self.stops, self.grid.dense_epochs)):
            parent, after = digests[-1] if digests else "", self.grid.dense_epochs - end
            facts = (self.dataset, self.model, self.recipes.dense, end - start, seed)
            digests.append(self.add(Train(*facts, parent=parent, before=start, after=after)))
        return tuple(digests)

    def train(self, seed: int, epochs: int) -> str:
        """Return the dense network after its first `epochs` epochs: one of the stops, all of them, or none."""
        if epochs == 0 and self.imported is not None:
            return self.add(self.imported)
        if epochs == 0:
            return self.add(Train(self.dataset, self.model, self.recipes.dense, 0, seed))
        trained = self.dense(seed)[0 if self.imported is None else 1 :]
        return trained[(*self.stops, self.grid.dense_epochs).index(epochs)]

    def chain(self, cell: Cell, algorithm: Algorithm) -> RoundChain:
        """Return what the cell's rounds have in common."""
        return RoundChain(
            algorithm.recovery, algorithm.anneal, algorithm.rewind, self.grid.dense_epochs, cell.epochs, cell.iterations
        )

    def rewind(self, seed: int, course: RoundSchedule) -> str:
        """Return the stage whose weights a round takes, "" = they stay."""
        if course.rewind is None:
            return ""
        return self.train(seed + FRESH if course.fresh else seed, course.rewind)

    def find_stops(self, cells: Iterable[Cell]) -> tuple[int, ...]:
        """Return where any round of any cell goes back to, between the dense training's ends."""
        shapes = dict.fromkeys((cell.algorithm, cell.epochs, cell.iterations) for cell in cells)
        courses = (
            self.chain(Cell(name, 0.0, epochs, rounds, 0), self.grid.named(name)).course(number, 0)
            for name, epochs, rounds in shapes
            for number in (1, rounds)
        )
        found = {course.rewind for course in courses if course.rewind is not None}
        return tuple(sorted(found - {0, self.grid.dense_epochs}))

    def rounds(self, cell: Cell, algorithm: Algorithm, parent: str) -> list[_Round]:
        """Return the cell's pruning rounds; `parent` is what the first of them prunes."""
        made: list[_Round] = []
        counted = self.counted(cell, algorithm) if cell.sparsity else ()
        recipe = self.recipes.finetune if algorithm.recovery in ("finetune", "none") else self.recipes.dense
        for number, setting in enumerate(self.settings(cell, algorithm), 1):
            course = setting.course
            added = self.add_round(
                PruneRound(
                    parent=parent,
                    round=number,
                    score=setting.score,
                    allocation=setting.allocation,
                    sparsity=setting.sparsity,
                    epochs=course.epochs,
                    first_epoch=course.first_epoch,
                    recipe=recipe,
                    dataset=self.dataset,
                    model=self.model,
                    seed=cell.seed,
                    rewind=self.rewind(cell.seed, course),
                    before=course.before,
                    after=course.after,
                    layers=setting.layers,
                    counts=counted[number - 1] if counted else "",
                    teacher=self.teacher(cell.seed) if recipe.distill_weight and course.epochs else "",
                    regrow=algorithm.regrow if cell.sparsity else "",
                )
            )
            parent = added.digest
            made.append(added)
        return made

    def settings(self, cell: Cell, algorithm: Algorithm) -> tuple[_RoundSetting, ...]:
        """Return what the cell's rounds have in common with those of other seeds."""
        key = (cell.algorithm, cell.sparsity, cell.epochs, cell.iterations)
        if key not in self.known:
            if len(self.known) >= _KNOWN:
                self.known.clear()
            self.known[key] = tuple(self._settings(cell, algorithm))
        return self.known[key]

    def _settings(self, cell: Cell, algorithm: Algorithm) -> Iterator[_RoundSetting]:
        chain = self.chain(cell, algorithm)
        lived = self.grid.dense_epochs if algorithm.start == "trained" else 0
        for number, sparsity in enumerate(sparsities(algorithm, cell.sparsity, cell.iterations), 1):
            course = chain.course(number, lived)
            layers = encode_rules(self.rules.of(algorithm, cell, number))
            yield _RoundSetting(*self.choice(algorithm, sparsity), sparsity, course, layers)
            lived = course.first_epoch + course.epochs

    def add_round(self, stage: PruneRound) -> _Round:
        """Add a round; where the pruning changes the weights that stay, it is a stage of its own, so
        that it is done once whatever follows, and its accuracy can be measured."""
        if stage.score not in CORRECTING:
            return _Round(self.add(stage), "")
        if stage.epochs or stage.rewind:
            alone = replace(stage, epochs=0, before=0, after=0, rewind="", teacher="", regrow="")
            stage = replace(stage, pruned=self.add(alone))
        digest = self.add(stage)
        return _Round(digest, stage.pruned or digest)

    def teacher(self, seed: int) -> str:
        """Return the dense network, which teaches in recovery if the recipe says so."""
        return self.train(seed, self.grid.dense_epochs)

    def counted(self, cell: Cell, algorithm: Algorithm) -> tuple[str, ...]:
        """Return the rounds of the algorithm whose layer counts this one takes, if it takes any."""
        method = method_of(algorithm)
        if not method:
            return ()
        made = self.grid.named(method)
        start = self.start(made, cell.seed)
        return tuple(one.digest for one in self.rounds(replace(cell, algorithm=method), made, start))

    def start(self, algorithm: Algorithm, seed: int) -> str:
        """Return what the first round prunes."""
        return self.train(seed, self.grid.dense_epochs if algorithm.start == "trained" else 0)

    def choice(self, algorithm: Algorithm, sparsity: float) -> tuple[str, str]:
        """Return score and allocation as the stages write them: the costs' numbers are in it, not where they came from.
        Where nothing goes, every way of choosing is the same work."""
        if sparsity == 0:
            return NOTHING.score, NOTHING.allocation
        return algorithm.score, self.allocation(algorithm)

    def allocation(self, algorithm: Algorithm) -> str:
        choice = parse_allocation(algorithm.allocation)
        if choice.of:
            return COUNTS_OF
        return str(replace(choice, costs=self.profile.batches[choice.batch]) if choice.batch else choice)

    def benchmark(self, parent: str, dense: str) -> str:
        grid = self.grid
        if grid.bench_device == "none":
            return ""
        machine = (grid.bench_device, grid.bench_threads, grid.bench_batch)
        facts = (grid.bench_engines, *machine, self.dataset, self.model)
        return self.add(Benchmark(parent, dense, *facts, repeat=grid.bench_repeat))
