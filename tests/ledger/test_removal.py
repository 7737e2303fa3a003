"""Sweeps that are removed, and what is forgotten in time: nothing of them is left, and what others want stays."""

import pytest
from sqlalchemy import func, select

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.schema import METADATA, attempts, workers
from prunesweep.core.ledger.queries.holdings import SweepStorage, holdings
from prunesweep.core.ledger.queries.logs import save_log
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import heartbeat
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.outcome import cancelled, crash, fail, release
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.ledger.queue.removal import remove_sweeps
from prunesweep.core.ledger.queue.retention import RetentionSummary, forget_old
from prunesweep.core.ledger.queue.workers import gone, register

DAY = 86_400.0


def counts(world) -> dict[str, int]:
    with world.engine.connect() as connection:
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }
    return {name: count for name, count in rows.items() if count and name != "identity"}


def sha(label: str) -> str:
    return label.encode().hex().ljust(64, "0")


def save(world, one, name: str) -> None:
    record_epoch(
        world.engine, one.digest, one.attempt, epoch=1, loss=1.0, top1=0.5, lr=0.1, seconds=1.0, images_per_s=1.0
    )
    record_snapshot(world.engine, one.digest, one.attempt, artifact=sha(name), artifact_bytes=7, epoch=1, step=0)


def test_what_others_share_stays_and_the_rest_is_gone(world) -> None:
    first = world.submit({"a": [], "b": ["a"], "x": ["a"]}, "first")
    second = world.submit({"a": [], "b": ["a"]}, "second", seed=1)
    for label in ("a", "b", "x"):
        world.done(world.claim(label), sha(label))
    assert holdings(world.engine) == [SweepStorage("first", 192, 64), SweepStorage("second", 128, 0)]
    before = counts(world)
    planned = remove_sweeps(world.engine, [first.id], dry_run=True)
    assert counts(world) == before
    assert remove_sweeps(world.engine, [first.id], dry_run=False) == planned
    assert (planned.sweeps, planned.stages, planned.shared) == (("first",), 1, 2)
    assert planned.artifacts == {sha("x"): 64}
    assert planned.rows == sum(before.values()) - sum(counts(world).values())
    assert (world.state("a"), world.state("b")) == ("DONE", "DONE")
    assert violations(world.engine) == []
    assert set(remove_sweeps(world.engine, [second.id], dry_run=False).artifacts) == {sha("a"), sha("b")}
    assert counts(world) == {}


def test_an_artifact_that_another_stage_made_too_is_not_freed(world) -> None:
    first = world.submit({"a": []}, "first")
    world.submit({"b": []}, "second")
    world.done(world.claim("a"), sha("same"))
    world.done(world.claim("b"), sha("same"))
    assert remove_sweeps(world.engine, [first.id], dry_run=False).artifacts == {}


def test_what_waits_or_runs_is_not_removed(world) -> None:
    sweep = world.submit({"a": [], "b": ["a"]}, "mine")
    one = world.claim("a")
    with pytest.raises(UserError, match="sweep cancel"):
        remove_sweeps(world.engine, [sweep.id], dry_run=True)
    save(world, one, "saved")
    cancel(world.engine, sweep.id)
    with pytest.raises(UserError, match="still run"):
        remove_sweeps(world.engine, [sweep.id], dry_run=False)
    cancelled(world.engine, one.digest, one.attempt, "")
    assert remove_sweeps(world.engine, [sweep.id], dry_run=False).artifacts == {sha("saved"): 7}
    assert counts(world) == {}


def test_a_cancelled_stage_whose_worker_is_gone_holds_nothing_up(world) -> None:
    sweep = world.submit({"a": []}, "mine")
    one = world.claim("a")
    cancel(world.engine, sweep.id)
    world.later(61.0)
    assert remove_sweeps(world.engine, [sweep.id], dry_run=False).stages == 1
    assert world.done(one) is None


def test_a_worker_of_a_removed_stage_writes_nothing_into_the_one_submitted_again(world) -> None:
    """Its lease ran out while its host slept; it wakes up after the stage was removed, submitted and claimed again."""
    sweep = world.submit({"a": [], "b": ["a"]}, "mine")
    old = world.claim("a", worker="asleep")
    cancel(world.engine, sweep.id)
    world.later(61.0)
    remove_sweeps(world.engine, [sweep.id], dry_run=True)
    remove_sweeps(world.engine, [sweep.id], dry_run=False)
    world.submit({"a": [], "b": ["a"]}, "mine")
    new = world.claim("a", worker="awake")
    assert new.attempt > old.attempt
    place = {"artifact": sha("old"), "artifact_bytes": 7, "epoch": 1, "step": 0}
    assert record_snapshot(world.engine, old.digest, old.attempt, **place) is None
    facts = {"epoch": 1, "loss": 1.0, "top1": 0.5, "lr": 0.1, "seconds": 1.0, "images_per_s": 1.0}
    assert not record_epoch(world.engine, old.digest, old.attempt, **facts)
    assert not any(beat.held for beat in heartbeat(world.engine, "asleep", [(old.digest, old.attempt)], 60.0))
    assert crash(world.engine, old.digest, old.attempt, "boom", "", 3, 0.0) is None
    assert not fail(world.engine, old.digest, old.attempt, "boom", "")
    assert not release(world.engine, old.digest, old.attempt, "stops")
    assert world.done(old, sha("old")) is None
    assert world.done(new, sha("new")) is not None
    assert (world.row("a").artifact, [each.worker for each in world.attempts("a")]) == (sha("new"), ["awake"])
    assert world.claim("b").inputs == {old.digest: sha("new")}
    assert violations(world.engine) == []


def test_high_attempt_numbers_change_nothing_but_the_numbers(world) -> None:
    """After the removal of a stage with 30 attempts: a stage's first saved states are believed, what was never begun
    does not go before what was, and the rows kept are the last ones."""
    sweep = world.submit({"a": []})
    for _ in range(30):
        assert crash(world.engine, *place_of(world.claim("a")), "boom", "", 99, 0.0) == "READY"
    cancel(world.engine, sweep.id)
    world.submit({"z": []})
    assert release(world.engine, *place_of(world.claim("z")), "stops")
    remove_sweeps(world.engine, [sweep.id], dry_run=False)
    world.submit({"a": []})
    assert world.labels(due(world.engine, "cpu", 1, 1.0)) == ["z"]
    for _ in range(25):
        one = world.claim("a")
        place = {"artifact": sha("saved"), "artifact_bytes": 7, "epoch": 0, "step": 0}
        record_snapshot(world.engine, one.digest, one.attempt, **place)
        crash(world.engine, one.digest, one.attempt, "boom", "", 99, 0.0)
    assert (one.attempt, world.row("a").failures) == (55, 6)
    assert [each.attempt for each in world.attempts("a")] == list(range(36, 56))


def place_of(one) -> tuple[str, int]:
    return one.digest, one.attempt


@pytest.mark.slow
def test_a_day_of_a_thousand_sweeps_leaves_nothing_behind(world) -> None:
    """Thirty rounds of it: each registers a worker, trains, crashes, is cancelled, is removed."""
    sizes = []
    for number in range(30):
        name = f"host:{number}"
        register(world.engine, name, "host", number, ["cpu"], "0")
        labels = {f"a{number}": [], f"b{number}": [f"a{number}"]}
        sweep = world.submit(labels, seed=number)
        one = world.claim(f"a{number}", worker=name)
        save(world, one, f"saved{number}")
        crash(world.engine, one.digest, one.attempt, "boom", "x" * 1_000, 3, 0.0)
        world.done(world.claim(f"a{number}", worker=name), sha(f"a{number}"))
        cancel(world.engine, sweep.id)
        gone(world.engine, name)
        remove_sweeps(world.engine, [sweep.id], dry_run=False)
        forget_old(world.engine, 0.0)
        sizes.append(counts(world))
    assert sizes[0] == sizes[-1] == {}


def test_what_is_old_is_forgotten_and_nothing_else(world) -> None:
    sweep = world.submit({"old": [], "done": [], "young": []})
    register(world.engine, "gone", "h", 1, ["cpu"], "0")
    register(world.engine, "did", "h", 2, ["cpu"], "0")
    world.done(world.claim("done", worker="did"), sha("done"))
    young, old = world.claim("young"), world.claim("old")
    save_log(world.engine, young.digest, young.attempt, "a log")
    save(world, old, "saved")
    cancel(world.engine, sweep.id)
    cancelled(world.engine, old.digest, old.attempt, "a log")
    assert forget_old(world.engine, DAY) == RetentionSummary(0, 0, ())
    with world.engine.begin() as connection:
        for table, column in ((attempts, "ended_at"), (workers, "seen_at")):
            connection.execute(table.update().values({column: table.c[column] - 2 * DAY}))
        connection.exec_driver_sql("UPDATE stages SET ended_at = ended_at - 172800")
    forgotten = forget_old(world.engine, DAY)
    assert (forgotten.logs, forgotten.workers, forgotten.snapshots) == (1, 1, (sha("saved"),))
    with world.engine.connect() as connection:
        assert connection.execute(select(workers.c.id)).scalars().all() == ["did"]
    assert world.attempts("young")[0].log == "a log"
    assert violations(world.engine) == []
