"""How stages end, and what that means for the others."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from prunesweep.core.errors import StageError
from prunesweep.core.ledger.db.schema import latencies, results
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, fail, release
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Benchmark, Evaluate

DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["d"]}


def test_children_are_ready_when_the_last_parent_is_done(world) -> None:
    world.submit(DIAMOND)
    assert world.labels(world.done(world.claim("a"))) == ["b", "c"]
    assert world.done(world.claim("b")) == ()
    assert world.state("d") == "PENDING"
    assert world.labels(world.done(world.claim("c"))) == ["d"]
    assert world.labels(world.done(world.claim("d"))) == ["e"]


def test_parents_that_complete_at_once_make_the_child_ready_once(world) -> None:
    """On PostgreSQL each would miss the other's DONE without the lock on the child."""
    for round_ in range(5):
        parents = [f"p{round_}{n}" for n in range(6)]
        world.submit({**dict.fromkeys(parents, ()), f"c{round_}": parents})
        taken = [world.claim(parent) for parent in parents]
        with ThreadPoolExecutor(6) as pool:
            ready = [digest for new in pool.map(world.done, taken) for digest in new]
        assert ready == [world.digests[f"c{round_}"]]
        assert world.state(f"c{round_}") == "READY"


def test_done_keeps_every_fact(world) -> None:
    world.submit({"a": []})
    taken = world.claim("a")
    complete(
        world.engine,
        taken.digest,
        taken.attempt,
        artifact="a" * 64,
        artifact_bytes=2**40,
        train_seconds=1.5,
        summary={"nonzero": 3, "name": "ü"},
        result={},
        log="the log",
    )
    row = world.row("a")
    assert (row.state, row.artifact, row.artifact_bytes, row.train_seconds) == ("DONE", "a" * 64, 2**40, 1.5)
    assert row.summary == {"nonzero": 3, "name": "ü"}
    assert row.lease_until is None
    assert row.started_at <= row.ended_at
    [attempt] = world.attempts("a")
    assert (attempt.outcome, attempt.log, attempt.reason) == ("DONE", "the log", None)


def test_a_failure_cancels_all_that_waits_for_it(world) -> None:
    world.submit(DIAMOND)
    world.done(world.claim("a"))
    taken = world.claim("b")
    assert fail(world.engine, taken.digest, taken.attempt, "artifact 0123 has a wrong hash", "the log")
    assert world.states() == {"a": "DONE", "b": "FAILED", "c": "READY", "d": "CANCELLED", "e": "CANCELLED"}
    assert world.row("b").error == "artifact 0123 has a wrong hash"
    assert world.row("e").error == f"upstream {taken.digest[:12]} failed"
    assert world.done(world.claim("c")) == ()
    assert world.state("d") == "CANCELLED"


@pytest.mark.parametrize("most", [1, 3])
def test_the_nth_crash_is_the_last(world, most: int) -> None:
    world.submit({"a": [], "b": ["a"]})
    for number in range(1, most):
        taken = world.claim("a")
        assert crash(world.engine, taken.digest, taken.attempt, f"crash {number}", "", most, 0.0) == "READY"
        assert world.row("a").hinted_at is None
    taken = world.claim("a")
    assert taken.attempt == most
    assert crash(world.engine, taken.digest, taken.attempt, "the end", "", most, 0.0) == "QUARANTINED"
    assert world.states() == {"a": "QUARANTINED", "b": "CANCELLED"}
    assert world.row("a").error == "the end"
    assert [one.outcome for one in world.attempts("a")] == ["CRASHED"] * (most - 1) + ["QUARANTINED"]


def test_crashes_wait_twice_as_long_each_time(world) -> None:
    world.submit({"a": []})
    for wait in (10.0, 20.0, 40.0):
        taken = world.claim("a")
        crash(world.engine, taken.digest, taken.attempt, "boom", "", 9, 10.0)
        row = world.row("a")
        assert row.not_before - world.attempts("a")[-1].ended_at == pytest.approx(wait, abs=1.0)
        world.later(wait - 2.0)
        with pytest.raises(AssertionError, match="a is READY"):
            world.claim("a")
        world.later(2.0)


def test_a_release_is_not_counted_and_not_delayed(world) -> None:
    world.submit({"a": []})
    for _ in range(5):
        taken = world.claim("a")
        assert release(world.engine, taken.digest, taken.attempt, "worker stops")
    row = world.row("a")
    assert (row.state, row.attempt, row.failures, row.losses, row.error) == ("READY", 5, 0, 0, None)


def test_stopped_by_a_cancel_flag(world) -> None:
    from prunesweep.core.ledger.queue.control import cancel

    sweep = world.submit({"a": [], "b": ["a"], "x": [], "y": [], "z": ["y"]})
    a, x, y = world.claim("a"), world.claim("x"), world.claim("y")
    cancel(world.engine, sweep.id)
    assert cancelled(world.engine, a.digest, a.attempt, "the log")
    assert crash(world.engine, x.digest, x.attempt, "killed", "", 3, 0.0) == "CANCELLED"
    assert world.done(y) == ()  # it was quicker than the flag
    assert world.states() == {"a": "CANCELLED", "b": "CANCELLED", "x": "CANCELLED", "y": "DONE", "z": "CANCELLED"}


def facts(world, stage_type):
    grid = read_axes({"sparsity": "0.5", "algorithm": "oneshot", "epochs": "1"}, GRIDS["demo"])
    made = plan(grid)
    add_sweep(world.engine, made, None, "0")
    for digest, stage in made.stages.items():
        world.digests[digest] = digest
        if isinstance(stage, stage_type):
            return world.claim(digest)
        world.done(world.claim(digest), artifact="a" * 64)
    raise AssertionError


@pytest.mark.parametrize(("kind", "table"), [(Evaluate, results), (Benchmark, latencies)])
def test_facts_go_to_the_table_of_the_kind(world, kind, table) -> None:
    taken = facts(world, kind)
    world.done(taken)
    with world.engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.digest == taken.digest)).one()
    assert row.at == world.row(taken.digest).ended_at


@pytest.mark.parametrize("result", [{}, {"top1": 0.9}, "with a NaN"])
def test_wrong_facts_are_refused_whole(world, good_result, result) -> None:
    taken = facts(world, Evaluate)
    if result == "with a NaN":
        result = {**good_result, "top1": float("nan")}
    with pytest.raises(StageError):
        complete(
            world.engine,
            taken.digest,
            taken.attempt,
            artifact="",
            artifact_bytes=0,
            train_seconds=0.0,
            summary={},
            result=result,
            log="",
        )
    assert world.state(taken.digest) == "RUNNING"
    assert world.attempts(taken.digest)[0].outcome is None
