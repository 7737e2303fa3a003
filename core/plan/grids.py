"""Grids: the axes of a sweep and the cells that they come to; and the built-in ones by name."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from prunesweep.core.errors import UserError
from prunesweep.core.plan import engines
from prunesweep.core.plan.algorithms import FRESH_TICKET, REWINDING, TICKETS, Algorithm, with_built_in
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.controls import controls_of, find, method_of
from prunesweep.core.plan.fair_cells import fair_cells
from prunesweep.core.plan.layer_rules import LayerRule

MAX_CELLS = 1_000_000
MAX_ROUNDS = 2_000_000
"""Pruning rounds of a grid before sharing; each is a stage of about 2 kB in the ledger."""


@dataclass(frozen=True)
class Grid:
    """The axes of a sweep (tuples) and what they share (single values).

    Attributes:
        bench_device: `cpu` or `cuda`, where latency is measured; `none` to leave it out.
        bench_engines: names of `prunesweep.core.plan.engines`, what it is measured with.
        bench_repeat: which measurement of latency it is: 0 the first; with another number everything is measured again.
        fair: add the controls that train as many epochs in all: to every cell the dense network (sparsity 0), to one of
            several rounds also the one-shot cell, the random controls, and itself with one learning-rate schedule over
            all rounds.
        bn_reestimate: measure accuracy right after pruning also with re-estimated batch-norm statistics.
        algorithms: compositions of the grid's own, beside the built-in ones.
        costs: the profile that `latency` allocates by, a name or a file.
        controls: add to every cell those that keep as many weights in each layer (`prunesweep.core.plan.controls`).
        layers: which layers lose weights, and how many (`prunesweep.core.plan.layer_rules`).
        looked: those of the seeds whose results had been looked at when the others were added, () = none; no stage
            depends on it, but the tests of `sweep compare` do.
        weights: a checkpoint file, or published weights such as `torchvision:NAME`, that the dense network has, "" = it
            is trained from its seed.
        dense_epochs: 0 only with weights.
        mean, std: how pixels are normalised, "" = by those of the training images.
        image_size: side in pixels of the squares that an image folder's images are resized to, 0 = they are used as
            they are.
        resize: how (`prunesweep.core.plan.resize_rules`); without a size it means nothing.
        head: `new`: given weights lose their classifier, and one for the dataset's classes takes its place; `keep`: it
            must fit.
        test_share: part of an undivided dataset that is its test set, "" = the dataset is divided.
        evaluate: whether the test set is read; without, a cell ends with its last round, and its accuracy is that on
            the validation images.
        points: the only cells, () = every combination of the axes, whose values are then those of the points
            (`prunesweep.core.plan.points`).
    """

    sparsity: tuple[float, ...]
    algorithm: tuple[str, ...]
    epochs: tuple[int, ...]
    iterations: tuple[int, ...]
    seeds: tuple[int, ...] = (0,)
    dataset: str = "cifar10"
    model: str = "resnet18"
    width: int = 64
    dense_epochs: int = 30
    recipe: str = "default"
    bench_device: str = "cpu"
    bench_threads: int = 1
    bench_batch: int = 1
    bench_engines: tuple[str, ...] = engines.DEFAULT
    fair: bool = False
    bn_reestimate: bool = False
    algorithms: tuple[Algorithm, ...] = ()
    costs: str = "avx512"
    controls: bool = False
    layers: tuple[LayerRule, ...] = ()
    looked: tuple[int, ...] = ()
    weights: str = ""
    mean: str = ""
    std: str = ""
    image_size: int = 0
    resize: str = "crop"
    test_share: str = ""
    head: str = "keep"
    evaluate: bool = True
    points: tuple[Cell, ...] = ()
    bench_repeat: int = 0

    @property
    def known(self) -> tuple[Algorithm, ...]:
        """All algorithms that the grid can name, the built-in ones first."""
        return with_built_in(self.algorithms)

    def named(self, algorithm: str) -> Algorithm:
        """Return the algorithm of that name, a control such as `random@snip` too.

        Raises:
            KeyError: there is none.
        """
        return _named(algorithm, self.algorithms)

    def base(self, algorithm: str) -> Algorithm:
        """Return the algorithm of that name, or the one whose layer counts it takes: it decides what sparsities there
        are."""
        made = self.named(algorithm)
        return self.named(method_of(made)) if method_of(made) else made

    def cells(self) -> tuple[Cell, ...]:
        """Return every grid point once, see `each_cell`."""
        return tuple(self.each_cell())

    def each_cell(self) -> Iterator[Cell]:
        """Yield every grid point once, seeds outermost; `iterations` is 1 for algorithms without rounds, `epochs` 0
        for those that don't recover, and sparsity their own for those that have but one.

        Raises:
            UserError: more than a million points, or two million pruning rounds.
        """
        if self.points:
            yield from self.points
            return
        self.check_size()
        for seed in dict.fromkeys(self.seeds):  # cells of two seeds are never the same
            product = itertools.product(self.algorithm, self.sparsity, self.epochs, self.iterations)
            yield from dict.fromkeys(cell for point in product for cell in self._at(seed, *point))

    def check_size(self) -> None:
        """Raise UserError for more than a million points, or two million pruning rounds."""
        points = len(self.sparsity) * len(self.algorithm) * len(self.epochs) * len(self.iterations) * len(self.seeds)
        if points > MAX_CELLS:
            raise UserError("grid", f"{points:,} points", f"at most {MAX_CELLS:,} fit in one sweep; split it")
        rounds = sum(self._rounds(name) for name in self.algorithm)
        rounds *= len(self.sparsity) * len(self.epochs) * len(self.seeds)
        if rounds > MAX_ROUNDS:
            raise UserError("grid", f"{rounds:,} rounds", f"at most {MAX_ROUNDS:,} fit in one sweep; split it")

    def reached(self, cell: Cell) -> Cell:
        """Return the cell that comes of asking for `cell`: see `cells`.

        Raises:
            UserError: no schedule is that long.
        """
        algorithm = self.named(cell.algorithm)
        rounds = cell.iterations if algorithm.rounds else 1
        sparsity = cell.sparsity and (self.base(cell.algorithm).sparsity or cell.sparsity)
        return Cell(cell.algorithm, sparsity, self._epochs(algorithm, cell.epochs), rounds, cell.seed)

    def _at(self, seed: int, name: str, sparsity: float, epochs: int, iterations: int) -> Iterator[Cell]:
        algorithm = self.named(name)
        cell = self.reached(Cell(name, sparsity, epochs, iterations, seed))
        yield cell
        if self.controls and cell.sparsity:
            yield from (replace(cell, algorithm=control) for control in controls_of(algorithm))
        if self.fair:
            yield from fair_cells(cell, algorithm, self.known, self.dense_epochs)

    def _epochs(self, algorithm: Algorithm, asked: int) -> int:
        """Return epochs that the last round trains.

        Raises:
            UserError: no schedule is that long.
        """
        if algorithm.recovery == "none":
            return 0
        if algorithm.recovery in TICKETS:
            if algorithm.rewind >= self.dense_epochs:
                fix = f"goes back to epoch {algorithm.rewind} of {self.dense_epochs}; give more dense epochs"
                raise UserError("algorithm", algorithm.name, f"{fix}, or one of your own with a smaller rewind")
            return self.dense_epochs if algorithm.recovery == FRESH_TICKET else self.dense_epochs - algorithm.rewind
        if algorithm.recovery in REWINDING and asked > self.dense_epochs:
            fix = f"{algorithm.name} goes back at most the {self.dense_epochs} epochs of the dense training"
            raise UserError("epochs", asked, f"{fix}; give {self.dense_epochs} or fewer, or more dense epochs")
        return asked

    def _rounds(self, algorithm: str) -> int:
        return sum(self.iterations) if self.named(algorithm).rounds else 1


@lru_cache(maxsize=1024)
def _named(name: str, own: tuple[Algorithm, ...]) -> Algorithm:
    """Once for a name, not for each of a million points."""
    found = find(name, with_built_in(own))
    if found is None:
        raise KeyError(name)
    return found


_STUDY = Grid(sparsity=(0.5, 0.75, 0.9), algorithm=("oneshot", "iterative"), epochs=(3, 5), iterations=(3, 5))

GRIDS: Mapping[str, Grid] = MappingProxyType(
    {
        "full": _STUDY,
        "classic": replace(_STUDY, iterations=(3,)),
        "fair": replace(_STUDY, algorithm=("iterative",), epochs=(3,), iterations=(3,), seeds=(0, 1, 2), fair=True),
        "demo": replace(
            _STUDY,
            epochs=(1, 2),
            iterations=(2, 3),
            dataset="digits",
            width=16,
            dense_epochs=10,
            recipe="digits",
            # Two engines, so that the demo is short: each one adds to every benchmark.
            bench_engines=("onnxruntime", "sparse"),
        ),
    }
)
