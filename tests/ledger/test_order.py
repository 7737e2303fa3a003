"""The order in which the stages of a grid are claimed, in each of its two ways, on both databases."""

import pytest

from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.extend import extend_sweep
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Benchmark, Evaluate, PruneRound

AXES = {"sparsity": "50,90", "algorithm": "oneshot,iterative", "epochs": "1", "rounds": "2", "seeds": "0,1"}


@pytest.fixture
def planned():
    return plan(read_axes(AXES, GRIDS["demo"]))


def _claimed(world, most=1_000):
    """Claim what is due, one after the other as a single slot does, and end it at once; the digests."""
    claimed = []
    while len(claimed) < most and (found := due(world.engine, "cpu", 1, 0.0)):
        taken = claim(world.engine, found[0], "w", "cpu", "cpu", 60.0)
        assert taken is not None
        world.done(taken, taken.digest)
        claimed.append(taken.digest)
    return claimed


def _row_ends(planned, claimed):
    """Return the place at which each cell's row is complete, ascending."""
    place = {digest: number for number, digest in enumerate(claimed, 1)}
    return sorted(max(place[digest] for digest in cell.stages) for cell in planned.cells)


def test_by_rows_a_cell_is_complete_before_the_next_one_begins(world, planned):
    add_sweep(world.engine, planned, "rows", "0")
    claimed = _claimed(world)
    assert set(claimed) == set(planned.stages)
    # Dense training and its evaluation, then pruning, evaluation and benchmark of the first cell.
    assert _row_ends(planned, claimed)[0] == 5
    open_chains = 0
    for digest in claimed:
        stage = planned.stages[digest]
        if isinstance(stage, PruneRound):
            open_chains += stage.round == 1
            assert open_chains <= 1
            last = any(digest == cell.rounds[-1] for cell in planned.cells)
            open_chains -= last


def test_for_throughput_all_training_comes_before_evaluations_and_these_before_benchmarks(world, planned):
    add_sweep(world.engine, planned, "fast", "0", throughput=True)
    claimed = [planned.stages[digest] for digest in _claimed(world)]
    order = [1 if isinstance(stage, Evaluate) else 2 if isinstance(stage, Benchmark) else 0 for stage in claimed]
    assert order == sorted(order)
    rounds = [stage.round for stage in claimed if isinstance(stage, PruneRound)]
    assert len(rounds) == len([stage for stage in planned.stages.values() if isinstance(stage, PruneRound)])


@pytest.mark.parametrize("throughput", [False, True])
def test_a_sweep_keeps_its_order_when_it_is_continued_or_grown(world, planned, throughput):
    sweep = add_sweep(world.engine, planned, "mine", "0", throughput=throughput).id
    before = _ranks(world, planned)
    cancel(world.engine, sweep)
    add_sweep(world.engine, planned, "mine", "0")
    assert _ranks(world, planned) == before
    grown = plan(read_axes({**AXES, "seeds": "0,1,2"}, GRIDS["demo"]))
    extend_sweep(world.engine, sweep, find_sweep(world.engine, "mine").grid, grown)
    added = _ranks(world, grown)
    assert {digest: added[digest] for digest in before} == before
    kinds = {type(grown.stages[digest]): priority for digest, priority in added.items()}
    assert kinds[Benchmark] == (9 if throughput else 0)


def test_a_sweep_can_be_given_the_other_order(world, planned):
    add_sweep(world.engine, planned, "mine", "0", throughput=True)
    add_sweep(world.engine, planned, "mine", "0", throughput=False)
    claimed = _claimed(world)
    assert _row_ends(planned, claimed)[0] == 5


def test_what_two_sweeps_share_comes_as_early_as_either_wants_it(world, planned):
    add_sweep(world.engine, planned, "fast", "0", throughput=True)
    add_sweep(world.engine, planned, "rows", "0")
    shared = _ranks(world, planned)
    assert {shared[digest] for digest, stage in planned.stages.items() if isinstance(stage, Benchmark)} == {0}


def _ranks(world, planned):
    return in_order(world.engine, planned.stages)
