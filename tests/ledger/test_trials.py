"""What a search reads of its trials, on both databases."""

from dataclasses import replace

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queries.trials import trial_rows
from prunesweep.core.ledger.queue.extend import extend_sweep
from prunesweep.core.ledger.queue.outcome import complete, fail
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grid_files import stored_grid
from prunesweep.core.plan.grids import GRIDS, Grid
from prunesweep.core.plan.points import axes_of

DENSE, HALF, MOST = Cell("oneshot", 0.0, 0, 1, 0), Cell("oneshot", 0.5, 1, 1, 0), Cell("erk", 0.9, 1, 1, 0)
FACTS = {"top1_val": 0.5, "val_images": 100, "macs": 7, "macs_dense": 9}


def _grid(*points: Cell) -> Grid:
    base = replace(GRIDS["demo"], evaluate=False, bench_device="none")
    return replace(base, points=points, **axes_of(points))


def test_trials_are_read_in_the_order_in_which_they_came_with_what_their_rounds_said(world) -> None:
    made = plan(_grid(DENSE, HALF))
    sweep = add_sweep(world.engine, made, "seek", "0")
    assert [(row.cell, row.summary) for row in trial_rows(world.engine, sweep.id)] == [(DENSE, {}), (HALF, {})]
    row = find_sweep(world.engine, "seek")
    assert stored_grid(row.grid) == _grid(DENSE, HALF)
    grown = plan(_grid(*stored_grid(row.grid).points, MOST))
    assert extend_sweep(world.engine, sweep.id, row.grid, grown).new == 1
    world.digests = {digest: digest for digest in grown.stages}
    facts = {"artifact": "a" * 64, "artifact_bytes": 1, "train_seconds": 1.0, "result": {}, "log": ""}
    last = {planned.cell: planned.rounds[-1] for planned in grown.cells}
    for digest in grown.stages:
        taken = world.claim(digest)
        if digest == last[MOST]:
            fail(world.engine, digest, taken.attempt, "it cannot be done", "")
        else:
            complete(world.engine, digest, taken.attempt, summary=FACTS, **facts)
    found = [(row.cell, row.state, row.summary) for row in trial_rows(world.engine, sweep.id)]
    assert found == [(DENSE, State.DONE, FACTS), (HALF, State.DONE, FACTS), (MOST, State.FAILED, {})]
