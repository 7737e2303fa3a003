"""What a cell went through, on both databases."""

import pytest

from core.ledger.histories import histories
from core.ledger.progress import record_epoch
from core.ledger.submit import add_sweep
from core.plan.dag import plan
from core.plan.grids import GRIDS, read_axes

AXES = {"sparsity": "0.75", "algorithm": "iterative", "epochs": "2", "iterations": "2", "dense_epochs": "4"}


@pytest.fixture
def cell(world):
    made = plan(read_axes(AXES, GRIDS["demo"]))
    world.sweep = add_sweep(world.engine, made, "grid", "0").id
    world.digests = {digest: digest for digest in made.stages}
    return made.cells[0]


def train(world, digest: str, epochs: int) -> None:
    taken = world.claim(digest)
    for epoch in range(1, epochs + 1):
        found = {"loss": 1.0, "top1": None, "lr": 0.1, "seconds": 1.0, "images_per_s": 9.0}
        assert record_epoch(world.engine, digest, taken.attempt, epoch=epoch, **found)


def test_rounds_follow_one_another_wherever_they_stand(world, cell) -> None:
    (new,) = histories(world.engine, world.sweep)
    assert (new.cell, new.evaluate, new.dense_steps, new.steps) == (1, cell.evaluate, 4, 8)
    assert (new.epochs, new.started_at, new.ended_at, new.result_at) == ((), None, None, None)
    train(world, cell.train, 3)
    (begun,) = histories(world.engine, world.sweep)
    assert [(one.step, one.round) for one in begun.epochs] == [(1, 0), (2, 0), (3, 0)]
    assert begun.started_at is not None
    assert begun.ended_at is None
