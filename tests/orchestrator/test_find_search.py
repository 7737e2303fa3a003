"""The search of `sweep find` as arithmetic: it finds the border, in few steps, and recommends only what fits."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.grids import GRIDS
from prunesweep.orchestrator.find.search import Known, Trial, best, drops, next_step
from prunesweep.orchestrator.find.space import OBJECTIVES, SPARSITIES, SearchSpace, search_space
from tests.support.examples import examples

BOUND = 0.005
Accuracy = Callable[[Cell], float | None]


def space_of(objective: str = "size", algorithm: str = "oneshot", epochs: str = "3", seeds: str = "0") -> SearchSpace:
    axes = {"algorithm": algorithm, "epochs": epochs, "rounds": "3", "seeds": seeds}
    return search_space(read_axes(axes, GRIDS["full"]), SPARSITIES, BOUND, objective)


def macs_of(cell: Cell) -> int:
    """Some algorithms leave more multiply-adds than others."""
    share = {"flops": 0.5, "erk": 0.7}.get(cell.algorithm, 1.0)
    return round(1_000_000 * (1 - cell.sparsity) * share)


def searched(space: SearchSpace, accuracy: Accuracy, speed: Mapping[str, float] | None = None) -> Known:
    """Carry the search out; every cell is tried once."""
    trials: dict[Cell, Trial] = {}
    speedups: dict[Cell, float] = {}
    while True:
        step = next_step(space, Known(trials, speedups))
        assert not trials.keys() & set(step.trials) and not speedups.keys() & set(step.timings)
        if not step.trials and not step.timings:
            return Known(trials, speedups)
        trials |= {cell: Trial(accuracy(cell), 1000, macs_of(cell)) for cell in step.trials}
        speedups |= {cell: (speed or {}).get(cell.algorithm, 1.0) / (1 - cell.sparsity) for cell in step.timings}


@settings(max_examples=examples(60))
@given(st.integers(-1, len(SPARSITIES) - 1))
def test_one_contender_finds_any_border_exactly_in_the_steps_of_bisection(border: int) -> None:
    space = space_of()
    highest = SPARSITIES[border] if border >= 0 else 0.0
    known = searched(space, lambda cell: 0.9 if cell.sparsity <= highest else 0.9 - 2 * BOUND)
    found = best(space, known)
    assert (found.sparsity if found else 0.0) == highest
    assert len(known.trials) - 1 <= math.ceil(math.log2(len(SPARSITIES) + 1))


NAMES = ("oneshot", "iterative", "erk", "lamp", "flops")


@settings(max_examples=examples(25))
@given(st.lists(st.integers(0, len(SPARSITIES) - 1), min_size=5, max_size=5), st.sampled_from(["size", "macs"]))
def test_the_best_of_several_contenders_wins_and_those_that_cannot_are_not_pursued(
    borders: list[int], objective: str
) -> None:
    space = space_of(objective, ",".join(NAMES))
    highest = {name: SPARSITIES[border] for name, border in zip(NAMES, borders, strict=True)}
    known = searched(space, lambda cell: 0.9 if cell.sparsity <= highest.get(cell.algorithm, 0) else 0.5)
    found = best(space, known)
    assert found is not None
    if objective == "size":
        assert found.sparsity == max(highest.values())
    else:
        ends = [contender.cells[-1][border] for contender, border in zip(space.contenders, borders, strict=True)]
        assert macs_of(found) == min(map(macs_of, ends))
    assert len(known.trials) - 1 <= len(NAMES) * math.ceil(math.log2(len(SPARSITIES) + 1))


@settings(max_examples=examples(25), deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(OBJECTIVES), st.sampled_from(["3", "1,3"]), st.floats(0, 0.03))
def test_noise_and_failures_never_make_it_recommend_what_was_measured_to_drop_further(
    dice: int, objective: str, epochs: str, noise: float
) -> None:
    rng = random.Random(dice)
    space = space_of(objective, "oneshot,iterative,erk,2:4", epochs, "0,1,2")

    def accuracy(cell: Cell) -> float | None:
        if cell.sparsity and rng.random() < 0.1:
            return None
        return 0.9 - 0.05 * cell.sparsity**8 + rng.gauss(0, noise)

    known = searched(space, accuracy, {"erk": 2.0})
    found = best(space, known)
    if found is not None:
        measured = drops(space, known, found)
        assert len(measured) == 3, "the other seeds confirm it"
        assert Fraction(sum(map(Fraction, measured))) / 3 <= Fraction(BOUND) + Fraction(1, 10**8)
        if objective == "latency":
            assert known.speedups[found] > 0


def test_few_epochs_drop_the_worse_half_and_show_the_others_where_to_look() -> None:
    space = space_of("size", "oneshot,iterative,erk,lamp", "1,3")
    highest = {"oneshot": 0.5, "iterative": 0.8, "erk": 0.6, "lamp": 0.7}
    known = searched(space, lambda cell: 0.9 if cell.sparsity <= highest[cell.algorithm] + cell.epochs / 50 else 0.5)
    found = best(space, known)
    assert found == Cell("iterative", 0.86, 3, 3, 0)
    long = [cell for cell in known.trials if cell.epochs == 3]
    assert {cell.algorithm for cell in long} == {"iterative", "lamp"}
    assert len(known.trials) < 4 * math.ceil(math.log2(len(SPARSITIES) + 1))


def test_the_fastest_is_the_one_that_was_timed_and_an_unlucky_seed_lets_the_next_one_win() -> None:
    space = space_of("latency", "oneshot,erk", seeds="0,1")

    def accuracy(cell: Cell) -> float:
        lucky = cell.algorithm == "erk" and cell.seed == 0
        return 0.9 if cell.sparsity <= (0.9 if lucky or cell.algorithm == "oneshot" else 0.2) else 0.5

    known = searched(space, accuracy, {"erk": 1.5})
    found = best(space, known)
    assert found is not None and found.algorithm == "oneshot"
    first = next(cell for cell in known.speedups if cell.algorithm == "erk")
    assert len(drops(space, known, first)) == 2, "it was the fastest until its second seed was trained"


@settings(max_examples=examples(25), deadline=None)
@given(st.integers(0, 198), st.integers(0, 198))
def test_a_lucky_first_seed_costs_a_search_with_all_seeds_and_no_more(one: int, other: int) -> None:
    space = space_of(seeds="0,1")
    lucky, usual = SPARSITIES[max(one, other)], SPARSITIES[min(one, other)]
    known = searched(space, lambda cell: 0.9 if cell.sparsity <= (usual if cell.seed else lucky) else 0.5)
    found = best(space, known)
    assert found is not None and found.sparsity == usual
    steps = math.ceil(math.log2(len(SPARSITIES) + 1))
    assert len(known.trials) - 2 <= steps + 2 * 2 * steps + 2


def test_without_a_dense_accuracy_nothing_is_recommended() -> None:
    space = space_of()
    known = searched(space, lambda cell: None if cell == space.reference(0) else 0.9)
    assert best(space, known) is None


def test_algorithms_with_one_sparsity_have_one_cell_and_no_sparsity_is_refused() -> None:
    (contender,) = space_of(algorithm="2:4").contenders
    assert contender.cells == ((replace(Cell("2:4", 0.5, 3, 1, 0)),),)
    with pytest.raises(UserError, match="above 0"):
        search_space(GRIDS["full"], (0.0,), BOUND, "size")
