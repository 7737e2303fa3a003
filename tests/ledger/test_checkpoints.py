"""Where running stages stand: written by the attempt that holds the stage only, and gone when it is of no use."""

import pytest

from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.control import cancel, retry
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, fail, release

OUTCOME = {"artifact": "", "artifact_bytes": 0, "train_seconds": 0.0, "summary": {}, "result": {}, "log": ""}


def save(world, taken, artifact, epoch=1, step=0):
    place = {"artifact": artifact, "artifact_bytes": 1, "epoch": epoch, "step": step}
    return record_snapshot(world.engine, taken.digest, taken.attempt, **place)


def test_the_next_attempt_finds_what_the_last_one_saved(world):
    world.submit({"a": ()}, "s")
    first = world.claim("a")
    assert first.snapshot == ""
    assert save(world, first, "1" * 64) == ""
    assert save(world, first, "2" * 64, epoch=2) == "1" * 64
    assert save(world, first, "2" * 64, epoch=2) == "", "the same again replaces nothing"
    assert release(world.engine, first.digest, first.attempt, "stops")
    assert world.claim("a").snapshot == "2" * 64


def test_an_attempt_that_lost_the_stage_saves_nothing(world):
    world.submit({"a": ()}, "s")
    first = world.claim("a")
    release(world.engine, first.digest, first.attempt, "stops")
    assert save(world, first, "1" * 64) is None
    second = world.claim("a")
    assert second.snapshot == ""
    assert save(world, first, "1" * 64) is None
    assert save(world, second, "2" * 64) == ""


def test_getting_further_makes_up_for_crashes(world):
    world.submit({"a": ()}, "s")
    for _ in range(5):
        taken = world.claim("a")
        save(world, taken, "1" * 64)
        assert crash(world.engine, taken.digest, taken.attempt, "boom", "", 2, 0.0) is State.READY
    taken = world.claim("a")
    assert crash(world.engine, taken.digest, taken.attempt, "boom", "", 2, 0.0) is State.QUARANTINED


@pytest.mark.parametrize(
    "end",
    [
        lambda engine, taken: fail(engine, taken.digest, taken.attempt, "no", ""),
        lambda engine, taken: crash(engine, taken.digest, taken.attempt, "no", "", 1, 0.0),
    ],
)
def test_a_stage_that_failed_for_good_starts_at_its_beginning_when_retried(world, end):
    sweep = world.submit({"a": ()}, "s")
    taken = world.claim("a")
    save(world, taken, "1" * 64)
    end(world.engine, taken)
    retry(world.engine, sweep.id)
    assert world.claim("a").snapshot == ""


def test_a_cancelled_stage_goes_on_where_it_was(world):
    sweep = world.submit({"a": ()}, "s")
    taken = world.claim("a")
    cancel(world.engine, sweep.id)
    assert save(world, taken, "1" * 64) == ""
    cancelled(world.engine, taken.digest, taken.attempt, "")
    retry(world.engine, sweep.id)
    assert world.claim("a").snapshot == "1" * 64


def test_a_done_stage_keeps_none(world):
    world.submit({"a": ()}, "s")
    taken = world.claim("a")
    save(world, taken, "1" * 64)
    complete(world.engine, taken.digest, taken.attempt, **OUTCOME)
    with world.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM snapshots").scalar_one() == 0


def test_the_ledger_has_one_name(ledger):
    assert ledger_id(ledger) == ledger_id(ledger)
    assert len(ledger_id(ledger)) == 32
