"""What a trainer does now, as those see it who watch."""

import pytest

from prunesweep.core.ledger.db.doing import BYTES, STEPS, Doing
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.worker_slots import busy_slots
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import crash
from prunesweep.core.ledger.queue.progress import record_doing
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import epochs_of
from prunesweep.orchestrator.status.view import time_left


def test_what_runs_is_shown_until_its_attempt_ends(world):
    sweep = world.submit({"a": []}).id
    taken = world.claim("a")
    told = Doing("storing", 34_000_000, 120_000_000, BYTES)
    record_doing(world.engine, {(taken.digest, taken.attempt): told, ("f" * 64, 1): told})
    assert sweep_status(world.engine, sweep).running[0].doing == told
    assert busy_slots(world.engine)[0].doing == told

    crash(world.engine, taken.digest, taken.attempt, "boom", "", 3, 0.0)
    again = world.claim("a")
    assert sweep_status(world.engine, sweep).running[0].doing is None
    record_doing(world.engine, {(taken.digest, taken.attempt): told})
    assert sweep_status(world.engine, sweep).running[0].doing is None
    assert again.attempt == taken.attempt + 1


def test_the_first_steps_say_how_long_epochs_take_and_before_them_the_rest_is_a_least(world):
    made = plan(read_axes({"sparsity": "0.9", "algorithm": "oneshot", "epochs": "2"}, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, "mine", "0").id
    taken = claim(world.engine, made.cells[0].train, "w", "cpu", "cpu", 60.0)
    before = sweep_status(world.engine, sweep)
    assert before.eta_seconds is None
    assert before.least_seconds is not None and before.least_seconds > 5.0
    assert time_left(before).startswith("at least ")

    epochs = made.stages[taken.digest].epochs
    told = Doing("training", 20, 100 * epochs, STEPS, rate=50.0)
    record_doing(world.engine, {(taken.digest, taken.attempt): told})
    during = sweep_status(world.engine, sweep)
    # Two seconds an epoch, and what is no training.
    assert during.eta_seconds is not None
    assert during.eta_seconds > before.least_seconds + 2.0 * (sum(map(epochs_of, made.stages.values())) - 1)
    assert during.running[0].eta_seconds == pytest.approx((epochs - 0.2) * 2.0)
    assert during.least_seconds is None and time_left(during).startswith("about ")
