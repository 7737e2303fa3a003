"""How many trials `sweep find` needs, and Optuna's TPE, until the network that either recommends is within one step
(half a percent of sparsity) of the best there is. Nothing is trained: accuracy falls along made-up curves.

A curve is drop(s) = bound · (left* / left(s))^k, in points below the dense network, with left = 1 - s: it grows with
sparsity and meets the bound of 0.5 points at left*, which is drawn evenly in logarithm from 1 to 50 %; k evenly from 1
to 4. Every trial adds noise of its own, with the given standard deviation in points, and says the same when it is asked
for again. One contender has one curve; of five each has its own, and the best is the sparsest of their borders.

Bisection is the program's own search, for size, with one seed and one number of epochs; it ends by itself. TPE (Optuna,
its defaults, the bound as a constraint) chooses contender and sparsity, and has `--trials`; a cell that it asks for
again costs nothing. What either recommends after each trial is the sparsest cell that was measured to fit.

reached       share of the curves on which the recommendation was within one step after some trial
trials        until then; median and the 10th and 90th percentile, of all curves (never: more than any number)
in the end    share of the curves on which the last recommendation is within one step
too far       share on which the last recommendation truly loses more than the bound

    pip install optuna; python bench/find.py --curves 60
"""

import argparse
import json
import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.grids import GRIDS
from prunesweep.orchestrator.find.search import Known, Trial, best, next_step
from prunesweep.orchestrator.find.space import SPARSITIES, STEP, SearchSpace, search_space

BOUND = 0.005
DENSE = 0.9
CONTENDERS = ("oneshot", "iterative", "erk", "lamp", "flops")
NOISES = (0.0, 0.1, 0.3)


@dataclass(frozen=True)
class Curve:
    """Where an algorithm's drop meets the bound, as the fraction of weights left, and how steeply."""

    left: float
    steepness: float

    def drop(self, sparsity: float) -> float:
        """Return the drop as a fraction, at most 0.8."""
        return float(min(0.8, BOUND * (self.left / (1 - sparsity)) ** self.steepness))

    @property
    def border(self) -> float:
        """The highest sparsity of the search within the bound, 0 = none."""
        return max((one for one in SPARSITIES if self.drop(one) <= BOUND + 1e-9), default=0.0)


@dataclass(frozen=True)
class World:
    """One draw of curves and noise."""

    curves: dict[str, Curve]
    noise: float
    seed: int

    def top1(self, cell: Cell) -> float:
        """Return what a trial measures."""
        if not cell.sparsity:
            return DENSE
        dice = random.Random(f"{self.seed} {cell.algorithm} {cell.sparsity}")
        return DENSE - self.curves[cell.algorithm].drop(cell.sparsity) + dice.gauss(0, self.noise)

    @property
    def highest(self) -> float:
        return max(curve.border for curve in self.curves.values())

    def fits(self, cell: Cell) -> bool:
        return self.curves[cell.algorithm].drop(cell.sparsity) <= BOUND + 1e-9


@dataclass(frozen=True)
class Course:
    """How one search went. reached: after how many trials it was within one step, inf = never."""

    reached: float
    near: bool
    too_far: bool
    trials: int


def world(contenders: Sequence[str], noise: float, seed: int) -> World:
    """Return curves that follow from the seed."""
    dice = random.Random(seed)
    drawn = {
        name: Curve(math.exp(dice.uniform(math.log(0.01), math.log(0.5))), dice.uniform(1, 4)) for name in contenders
    }
    return World(drawn, noise, seed)


def space_of(contenders: Sequence[str]) -> SearchSpace:
    """Return the space that both search."""
    axes = {"algorithm": ",".join(contenders), "epochs": "3", "rounds": "3", "seeds": "0"}
    return search_space(read_axes(axes, GRIDS["full"]), SPARSITIES, BOUND, "size")


Proposals = Callable[[SearchSpace, dict[Cell, Trial]], Iterator[Cell]]


def bisection(space: SearchSpace, trials: dict[Cell, Trial]) -> Iterator[Cell]:
    """Yield what the program tries, until it tries nothing."""
    while step := next_step(space, Known(trials)).trials:
        yield from step


def tpe(seed: int, most: int) -> Proposals:
    """Return what yields Optuna's proposals, each new cell once, until there are `most`."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def propose(space: SearchSpace, trials: dict[Cell, Trial]) -> Iterator[Cell]:
        yield space.reference(0)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
        cells = [contender.cells[0] for contender in space.contenders]
        asked = 0
        while len(trials) - 1 < most and asked < 10 * most:
            asked += 1
            trial = study.ask()
            chosen = trial.suggest_categorical("contender", range(len(cells))) if len(cells) > 1 else 0
            cell = cells[chosen][trial.suggest_int("place", 0, len(cells[chosen]) - 1)]
            if cell not in trials:
                yield cell
            top1 = trials[cell].top1
            trial.set_constraint("bound", DENSE - (0.0 if top1 is None else top1) - BOUND)
            study.tell(trial, 1 - cell.sparsity)

    return propose


def search(space: SearchSpace, there: World, proposals: Proposals) -> Course:
    """Carry a search out."""
    trials: dict[Cell, Trial] = {}
    reached, near, found = math.inf, False, None
    for cell in proposals(space, trials):
        trials[cell] = Trial(there.top1(cell))
        if space.reference(0) not in trials:
            continue
        found = best(space, Known(trials))
        near = found is not None and abs(found.sparsity - there.highest) <= STEP + 1e-9
        reached = min(reached, len(trials) - 1) if near else reached
    return Course(reached, near, found is not None and not there.fits(found), len(trials) - 1)


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--curves", type=int, default=60)
    parser.add_argument("--trials", type=int, default=64, help="distinct cells that TPE has")
    parser.add_argument("--contenders", type=int, choices=(1, len(CONTENDERS)), help="both when left out")
    options = parser.parse_args()
    sets = [one for one in (CONTENDERS[:1], CONTENDERS) if options.contenders in (None, len(one))]
    rows = []
    print(
        f"{'contenders':>10} {'noise':>5}  {'search':10}{'reached':>8}  {'trials':16}{'in the end':>10}{'too far':>9}"
    )
    for contenders in sets:
        for noise in NOISES:
            for name in ("bisection", "TPE"):
                if name == "TPE" and find_spec("optuna") is None:
                    continue
                row = _row(contenders, noise, name, options.curves, options.trials)
                rows.append(row)
                print(_line(row), flush=True)
    print(json.dumps({"bench": "find", "metrics": {"curves": options.curves, "trials": options.trials, "rows": rows}}))


def _row(contenders: Sequence[str], noise: float, name: str, curves: int, most: int) -> dict[str, object]:
    space = space_of(contenders)
    courses = []
    for seed in range(curves):
        how = bisection if name == "bisection" else tpe(seed, most)
        courses.append(search(space, world(contenders, noise / 100, seed), how))
    reached = sorted(course.reached for course in courses)
    return {
        "contenders": len(contenders),
        "noise": noise,
        "search": name,
        "reached": sum(map(math.isfinite, reached)) / curves,
        "low": _shown(reached[round(0.1 * (curves - 1))]),
        "median": _shown(statistics.median_low(reached)),
        "high": _shown(reached[round(0.9 * (curves - 1))]),
        "near": sum(course.near for course in courses) / curves,
        "too_far": sum(course.too_far for course in courses) / curves,
        "most_trials": max(course.trials for course in courses),
    }


def _shown(trials: float) -> str:
    return f"{trials:.0f}" if math.isfinite(trials) else "never"


def _line(row: dict[str, object]) -> str:
    trials = f"{row['median']} ({row['low']} to {row['high']})"
    return (
        f"{row['contenders']:>10} {row['noise']:>5}  {row['search']:10}{row['reached']:>8.0%}  {trials:16}"
        f"{row['near']:>10.0%}{row['too_far']:>9.0%}"
    )


if __name__ == "__main__":
    main()
