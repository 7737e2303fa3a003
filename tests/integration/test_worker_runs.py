"""A worker that stays up: stages run, fail, crash, are cancelled; queues and leases get lost."""

import contextlib
import os
import signal

import psutil
import pytest
import redis
from sqlalchemy import select, update

from prunesweep.core.broker import embedded, hints
from prunesweep.core.ledger.db.schema import metrics, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import PruneRound, Sleep, Train, digest, encode

DIGITS = {
    "dataset": "digits",
    "width": "1",
    "dense_epochs": "1",
    "sparsity": "90",
    "algorithm": "iterative",
    "epochs": "1",
    "iterations": "2",
    "bench_engines": "torch",
}


@pytest.fixture(scope="module")
def training(make_shared_site):
    """A site with one warm worker that trains."""
    return make_shared_site(trains=True)


def attempts(site, stage):
    return stage_log(site.engine, digest(stage)).attempts


def test_children_run_after_their_parents(shared):
    first = Sleep("first", 0.0)
    second = Sleep("second", 0.0, (digest(first),))
    last = Sleep("last", 0.0, (digest(first), digest(second)))
    shared.submit("chain", [first, second, last])
    shared.wait(last, State.DONE)
    assert shared.stage(first).ended_at <= shared.stage(second).started_at
    assert shared.stage(second).ended_at <= shared.stage(last).started_at
    outcomes = {attempt.outcome for stage in (first, second, last) for attempt in attempts(shared, stage)}
    assert outcomes == {"DONE"}


def test_stages_that_nobody_hinted_are_found(shared):
    lonely = [Sleep(f"lonely {number}", 0.0) for number in range(40)]
    shared.submit("lonely", lonely, hint=False)
    for stage in lonely:
        shared.wait(stage, State.DONE)


def test_hints_do_not_pile_up_behind_a_busy_worker(shared):
    """Each is older than the republish time long before its turn comes."""
    slow = [Sleep(f"slow {number}", 0.1) for number in range(30)]
    seen = [0]

    def ended():
        seen.append(hints.waiting(shared.app))
        return all(shared.stage(stage).state == State.DONE for stage in reversed(slow))

    with shared.hold():
        shared.submit("slow", slow, hint=False)
        shared.until(lambda: hints.waiting(shared.app), "a hint behind a busy worker")
    shared.until(ended, "the end of all")
    assert max(seen) <= 16
    assert {attempt.outcome for stage in slow for attempt in attempts(shared, stage)} == {"DONE"}


def test_a_killed_trainer_is_replaced_and_its_stage_run_again(shared):
    stage = Sleep("killed", 0.0)
    with shared.hold():
        shared.submit("killed", [stage])
        shared.wait(stage, State.RUNNING)
        os.kill(shared.trainer(shared.workers[0]).pid, signal.SIGKILL)
    shared.wait(stage, State.DONE)
    assert shared.stage(stage).attempt == 2
    first, second = attempts(shared, stage)
    assert first.outcome == "CRASHED" and "SIGKILL" in first.reason
    assert second.outcome == "DONE"


def test_a_trainer_that_is_asked_to_end_in_a_stage_leaves_it_to_be_done_again(shared):
    stage, after = Sleep("asked", 0.0), Sleep("after asked", 0.0)
    with shared.hold():
        shared.submit("asked", [stage])
        shared.wait(stage, State.RUNNING)
        os.kill(shared.trainer(shared.workers[0]).pid, signal.SIGTERM)
        shared.until(lambda: shared.stage(stage).attempt == 2, "the next attempt")
    shared.submit("after-asked", [after])
    for one, tried in ((stage, ["INTERRUPTED", "DONE"]), (after, ["DONE"])):
        shared.wait(one, State.DONE)
        assert [attempt.outcome for attempt in attempts(shared, one)] == tried
        assert shared.stage(one).failures == 0


def test_a_stage_that_kills_every_trainer_is_quarantined(shared):
    stage = Sleep("poison", 60.0)
    shared.submit("poison", [stage])
    for attempt in range(1, shared.settings.max_attempts + 1):
        shared.until(lambda number=attempt: shared.stage(stage).attempt == number, "the next attempt")
        os.kill(shared.trainer(shared.workers[0]).pid, signal.SIGKILL)
    shared.wait(stage, State.QUARANTINED)


def test_a_cancelled_sweep_stops_its_running_stage(shared):
    stage = Sleep("cancelled", 60.0)
    after = Sleep("after cancelled", 0.0, (digest(stage),))
    submitted = shared.submit("cancelled", [stage, after])
    shared.wait(stage, State.RUNNING)
    cancel(shared.engine, submitted.id)
    shared.wait(stage, State.CANCELLED)
    shared.wait(after, State.CANCELLED)


def test_a_worker_that_lost_its_lease_writes_nothing(shared):
    stage = Sleep("stolen", 60.0)
    shared.submit("stolen", [stage])
    shared.wait(stage, State.RUNNING)
    trainer = shared.trainer(shared.workers[0])
    with shared.engine.begin() as connection:
        # A lease as long as that is sound if its worker asked for so long a one.
        values = {"attempt": 5, "worker": "another", "slot": "cpu", "lease_seconds": 9e9}
        connection.execute(update(stages).where(stages.c.digest == digest(stage)).values(**values, lease_until=9e9))
    psutil.wait_procs([trainer])
    other = Sleep("after stolen", 0.0)
    shared.submit("after-stolen", [other])
    shared.wait(other, State.DONE)
    row = shared.stage(stage)
    assert (row.state, row.attempt, row.worker) == (State.RUNNING, 5, "another")


def test_a_flushed_queue_and_nonsense_on_it_cost_nothing_but_time(shared):
    path = embedded.socket_path(shared.settings)
    many = [Sleep(f"flushed {number}", 0.05) for number in range(20)]
    shared.submit("flushed", many)
    with redis.Redis(unix_socket_path=str(path)) as client:
        client.flushall()
    hints.publish(shared.app, ["not a digest", "ab" * 32, digest(many[0]), digest(many[0])])
    for stage in many:
        shared.wait(stage, State.DONE)
    assert {shared.stage(stage).attempt for stage in many} == {1}


def test_a_killed_broker_is_started_again(shared):
    pid = int((shared.home / "broker" / "valkey.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(300)
    stage = Sleep("after the broker", 0.0)
    shared.submit("broker", [stage], hint=False)
    shared.wait(stage, State.DONE)
    assert encode(stage) == shared.stage(stage).spec


def test_the_celery_process_has_not_loaded_torch(training):
    worker = psutil.Process(training.workers[0].pid)
    loaded = [region.path for region in worker.memory_maps()]
    assert not [path for path in loaded if "libtorch" in path]
    trainer = training.trainer(training.workers[0])
    assert [region.path for region in trainer.memory_maps() if "libtorch" in region.path]
    assert os.getpgid(trainer.pid) == trainer.pid


def test_a_digits_sweep_ends_in_a_full_report_and_again_runs_nothing(training):
    planned = plan(read_axes(DIGITS, GRIDS["demo"]))
    submitted = add_sweep(training.engine, planned, "digits", "test")
    for cell in planned.cells:
        for stage in cell.stages:
            training.wait(stage, State.DONE)
    rows = report_rows(training.engine, submitted.id)
    assert len(rows) == 1
    for row in rows:
        assert row.state == State.DONE
        assert 0 <= row.top1 <= 1 and 0 <= row.top1_before <= 1 and 0 <= row.top1_dense <= 1
        assert row.total - row.nonzero == round(row.total * 0.9)
        assert row.latency_speedup_low <= row.latency_speedup <= row.latency_speedup_high
        assert row.artifact_bytes > 0 and row.train_seconds > 0
    with training.engine.connect() as connection:
        epochs = connection.execute(select(metrics.c.digest, metrics.c.epoch)).all()
    expected = {(name, n + 1) for name, s in planned.stages.items() for n in range(getattr(s, "epochs", 0))}
    assert set(epochs) == {tuple(row) for row in expected}
    again = add_sweep(training.engine, planned, "again", "test")
    assert (again.new, again.ready, again.done) == (0, (), again.stages)


def test_a_damaged_artifact_fails_its_stage_and_others_go_on(training):
    grid = read_axes({**DIGITS, "seeds": "7", "algorithm": "oneshot", "bench_device": "none"}, GRIDS["demo"])
    planned = plan(grid)
    train = next(stage for stage in planned.stages.values() if isinstance(stage, Train))
    training.submit("dense-only", [train])
    training.wait(train, State.DONE)
    sha = training.stage(train).artifact
    (training.home / "artifacts" / "sha256" / sha[:2] / sha).write_bytes(b"not what was written")
    add_sweep(training.engine, planned, "damaged", "test")
    prune = next(stage for stage in planned.stages.values() if isinstance(stage, PruneRound))
    training.wait(prune, State.FAILED)
    assert "wrong hash" in training.stage(prune).error
    assert training.stage(planned.cells[0].evaluate).state == State.CANCELLED
    other = Sleep("other", 0.0)
    training.submit("other", [other])
    training.wait(other, State.DONE)
