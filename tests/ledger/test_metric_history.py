"""What a cell went through, on both databases."""

import pytest

from prunesweep.core.ledger.queries.curves import learning_curves
from prunesweep.core.ledger.queries.lineage import origins
from prunesweep.core.ledger.queries.metric_history import histories
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS

AXES = {"sparsity": "0.75", "algorithm": "iterative", "epochs": "2", "iterations": "2", "dense_epochs": "4"}


@pytest.fixture
def cell(world):
    made = plan(read_axes(AXES, GRIDS["demo"]))
    world.sweep = add_sweep(world.engine, made, "grid", "0").id
    world.digests = {digest: digest for digest in made.stages}
    return made.cells[0]


def train(world, digest: str, epochs: int, done: bool = False) -> None:
    taken = world.claim(digest)
    for epoch in range(1, epochs + 1):
        found = {"loss": 1.0, "top1": None, "lr": 0.1, "seconds": 1.0, "images_per_s": 9.0}
        assert record_epoch(world.engine, digest, taken.attempt, epoch=epoch, **found)
    if done:
        assert world.done(taken, "a" * 64) is not None


def test_a_dense_training_in_several_stages_is_one(world) -> None:
    """A ticket's early weights are an artifact on the way of the dense training."""
    made = plan(read_axes({**AXES, "algorithm": "lottery"}, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, "tickets", "0").id
    world.digests = {digest: digest for digest in made.stages}
    (cell,) = made.cells
    early, rest = cell.dense
    train(world, early, 1, done=True)
    train(world, rest, 2)
    (history,) = histories(world.engine, sweep)
    assert (history.dense_steps, history.steps) == (4, 4 + 2 * 3)
    assert [(one.step, one.round) for one in history.epochs] == [(1, 0), (2, 0), (3, 0)]
    curves = learning_curves(world.engine, sweep)
    assert curves.path[1] == (early, rest, *cell.rounds)
    assert curves.dense == {1: 2}
    (row,) = report_rows(world.engine, sweep)
    assert (row.state, row.dense_train_seconds, row.epochs) == ("PENDING", None, 3)
    (origin,) = origins(world.engine, sweep)
    assert [stage.digest for stage in origin.chain] == [early, rest, *cell.rounds]


def test_rounds_follow_one_another_wherever_they_stand(world, cell) -> None:
    (new,) = histories(world.engine, world.sweep)
    assert (new.cell, new.evaluate, new.dense_steps, new.steps) == (1, cell.evaluate, 4, 8)
    assert (new.epochs, new.started_at, new.ended_at, new.result_at) == ((), None, None, None)
    train(world, cell.train, 3)
    (begun,) = histories(world.engine, world.sweep)
    assert [(one.step, one.round) for one in begun.epochs] == [(1, 0), (2, 0), (3, 0)]
    assert begun.started_at is not None
    assert begun.ended_at is None
