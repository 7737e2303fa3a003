"""Lost leases and forgotten stages."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.outcome import crash, release
from prunesweep.core.ledger.queue.reaper import LOSSES_PER_CRASH, due, reap


def test_a_lost_lease_gives_the_stage_back(world) -> None:
    world.submit({"a": [], "b": []})
    world.claim("a", worker="lost", lease=10.0)
    world.claim("b", lease=60.0)
    assert reap(world.engine, 3, 1.0) == []
    world.later(11.0)
    assert world.labels(reap(world.engine, 3, 1.0)) == ["a"]
    assert reap(world.engine, 3, 1.0) == []
    row = world.row("a")
    assert (row.state, row.failures, row.losses, row.hinted_at) == ("READY", 0, 1, None)
    assert "lost is gone" in row.error
    assert world.attempts("a")[0].outcome == "LOST"
    assert world.state("b") == "RUNNING"
    world.later(1.5)
    assert world.claim("a").attempt == 2


def test_a_stage_that_kills_its_hosts_ends_too(world) -> None:
    world.submit({"a": [], "b": ["a"]})
    for number in range(1, 2 * LOSSES_PER_CRASH + 1):
        assert world.state("a") == "READY", number
        world.claim("a", lease=1.0)
        world.later(1.1)
        assert len(reap(world.engine, 2, 1.0)) == 1
        world.later(60.0)
    assert world.states() == {"a": "QUARANTINED", "b": "CANCELLED"}
    assert "lost 6 times" in world.row("a").error


def test_a_lost_stage_that_was_to_be_stopped_is_cancelled(world) -> None:
    sweep = world.submit({"a": [], "b": ["a"]})
    world.claim("a", lease=1.0)
    cancel(world.engine, sweep.id)
    world.later(2.0)
    reap(world.engine, 3, 1.0)
    assert world.states() == {"a": "CANCELLED", "b": "CANCELLED"}


def test_reapers_at_once_take_a_lease_back_once(world) -> None:
    world.submit({f"s{n}": [] for n in range(6)})
    for n in range(6):
        world.claim(f"s{n}", lease=1.0)
    world.later(2.0)
    with ThreadPoolExecutor(4) as pool:
        taken = [digest for one in pool.map(lambda _: reap(world.engine, 3, 1.0), range(4)) for digest in one]
    assert len(taken) == len(set(taken)) == 6
    assert {world.row(f"s{n}").losses for n in range(6)} == {1}


def test_due_finds_what_was_never_hinted_then_waits(world) -> None:
    world.submit({"a": [], "b": [], "c": ["a"]})
    assert world.labels(due(world.engine, "cpu", 10, 5.0)) == ["a", "b"]
    assert due(world.engine, "cpu", 10, 5.0) == []
    world.later(6.0)
    world.claim("a")
    assert world.labels(due(world.engine, "cuda:0", 10, 5.0)) == ["b"]


def test_due_keeps_to_its_limit_however_the_database_plans_it(world) -> None:
    """PostgreSQL joins in another way when its statistics are of a ledger with one stage."""
    world.submit({"first": []}, seed=1)
    with world.engine.begin() as connection:
        connection.execute(text("ANALYZE stages"))
    world.submit({f"s{n}": [] for n in range(3)})
    assert [len(due(world.engine, "cpu", 1, 5.0)) for _ in range(5)] == [1, 1, 1, 1, 0]


def test_due_keeps_to_its_limit_and_to_time(world) -> None:
    world.submit({f"s{n}": [] for n in range(5)})
    assert due(world.engine, "cpu", 0, 5.0) == []
    first = due(world.engine, "cpu", 2, 5.0)
    assert len(first) == 2
    taken = world.claim(world.labels(first)[0])
    crash(world.engine, taken.digest, taken.attempt, "boom", "", 3, 10.0)
    assert taken.digest not in due(world.engine, "cpu", 10, 5.0)
    world.later(11.0)
    assert taken.digest in due(world.engine, "cpu", 10, 5.0)


def test_what_was_begun_before_is_due_first(world) -> None:
    world.submit({f"s{n}": [] for n in range(5)})
    begun = world.claim("s3")
    release(world.engine, begun.digest, begun.attempt, "the worker stops")
    assert due(world.engine, "cpu", 1, 5.0) == [begun.digest]


@pytest.mark.parametrize("asked", [4, 100])
def test_dispatchers_at_once_get_different_stages(world, asked: int) -> None:
    world.submit({f"s{n}": [] for n in range(20)})
    with ThreadPoolExecutor(4) as pool:
        found = [d for one in pool.map(lambda _: due(world.engine, "cpu", asked, 60.0), range(4)) for d in one]
    assert len(found) == len(set(found))
    assert len(found) == (16 if asked == 4 else 20)
