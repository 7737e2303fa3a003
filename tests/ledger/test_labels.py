"""What a person reads of a stage says what it is for: an evaluation is of a cell, not of a digest."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import writing
from prunesweep.core.ledger.queries import subjects
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.ledger.queries.recent import ended_since
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.worker_slots import busy_slots
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS

AXES = {"algorithm": "oneshot,snip", "sparsity": "50", "epochs": "1", "iterations": "1", "seeds": "0,1"}
WANTED = {
    "benchmark oneshot 50 % · 1 × 1 · seed 0 · cpu × 1 · batch 1",
    "benchmark oneshot 50 % · 1 × 1 · seed 1 · cpu × 1 · batch 1",
    "benchmark snip 50 % · 1 × 1 · seed 0 · cpu × 1 · batch 1",
    "benchmark snip 50 % · 1 × 1 · seed 1 · cpu × 1 · batch 1",
    "evaluate dense network · seed 0",
    "evaluate dense network · seed 1",
    "evaluate oneshot 50 % · 1 × 1 · seed 0",
    "evaluate oneshot 50 % · 1 × 1 · seed 1",
    "evaluate snip 50 % · 1 × 1 · seed 0",
    "evaluate snip 50 % · 1 × 1 · seed 1",
}


@pytest.mark.parametrize("asked", [500, 0], ids=["few", "many"])
def test_evaluations_and_benchmarks_are_named_by_their_cells(
    world, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    monkeypatch.setattr(subjects, "_ASKED", asked)
    made = plan(read_axes(AXES, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, "one", "0")
    add_sweep(world.engine, plan(read_axes({**AXES, "sparsity": "0.5,0.9"}, GRIDS["demo"])), "later", "0")
    chosen = [digest for digest, stage in made.stages.items() if stage.kind in ("evaluate", "benchmark")]

    def put(state: State) -> None:
        with writing(world.engine) as connection:
            facts = {"state": state, "started_at": 1.0, "ended_at": 2.0, "worker": "w", "slot": "cpu"}
            connection.execute(update(stages).where(stages.c.digest.in_(chosen)).values(**facts))

    put(State.RUNNING)
    readers: tuple[Callable[[], object], ...] = (
        lambda: sweep_status(world.engine, sweep.id).running,
        lambda: busy_slots(world.engine),
    )
    found = [[stage.label for stage in read()] for read in readers]
    put(State.FAILED)
    found.append([stage.label for stage in sweep_status(world.engine, sweep.id).failed])
    found.append([stage.label for stage in ended_since(world.engine, sweep.id, 1.0)])
    found.append([stage_log(world.engine, digest).label for digest in chosen])
    for labels in found:
        assert sorted(labels) == sorted(WANTED)
