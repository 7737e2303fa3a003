"""The ledger's clock is stepped by hours, in both directions, and nothing waits for it."""

import math

import pytest

from prunesweep.core.ledger.db.clock import read_clock
from prunesweep.core.ledger.queries.references import unreferred
from prunesweep.core.ledger.queue.claims import claim, heartbeat
from prunesweep.core.ledger.queue.outcome import crash
from prunesweep.core.ledger.queue.reaper import due, reap
from prunesweep.core.ledger.queue.workers import list_workers, register
from tests.clocks import SteppedClock

HOURS = 7_200.0


@pytest.fixture
def clock(world, tmp_path):
    made = SteppedClock(world.engine, tmp_path / "clock")
    yield made
    made.remove()


def test_the_clock_is_really_stepped(world, clock) -> None:
    before = read_clock(world.engine)
    clock.jump(HOURS)
    assert read_clock(world.engine) - before == pytest.approx(HOURS, abs=5.0)
    clock.jump(-HOURS)
    assert read_clock(world.engine) - before == pytest.approx(0.0, abs=5.0)


def test_after_a_step_back_nothing_lies_in_the_future_for_long(world, clock) -> None:
    world.submit({"killed": [], "lives": [], "hinted": [], "rests": []})
    register(world.engine, "gone", "h", 1, ["cpu"], "0")
    world.claim("killed", worker="gone")
    lives = world.claim("lives")
    crashed = world.claim("rests")
    crash(world.engine, crashed.digest, crashed.attempt, "boom", "", 9, 100.0)
    assert world.labels(due(world.engine, "cpu", 9, 5.0)) == ["hinted"]
    clock.jump(-HOURS)
    # Who lives prolongs its lease by its next heartbeat, and a worker reaps nothing before that (see
    # `prunesweep.worker.reap_guard`).
    assert heartbeat(world.engine, "w", [(lives.digest, lives.attempt)], 60.0)[0].held
    assert world.labels(reap(world.engine, 3, 1.0)) == ["killed"]
    assert world.state("lives") == "RUNNING"
    assert world.labels(due(world.engine, "cpu", 9, 5.0)) == ["hinted", "rests"]
    assert claim(world.engine, crashed.digest, "w", "cpu", "cpu", 60.0) is not None
    assert list_workers(world.engine, 60.0) == []


def test_gc_leaves_what_a_stage_may_have_written_before_the_step(world, clock) -> None:
    world.submit({"a": []})
    world.claim("a")
    with unreferred(world.engine, []) as free:
        assert free.unsettled is not None and 0.0 <= free.unsettled < 60.0
    clock.jump(-HOURS)
    with unreferred(world.engine, []) as free:
        assert free.unsettled == math.inf


def test_how_far_ahead_a_lease_may_end_is_for_its_own_length_to_say(world, clock) -> None:
    world.submit({"long": [], "short": []})
    world.claim("long", lease=10_000.0)
    world.claim("short", lease=10.0)
    assert reap(world.engine, 3, 1.0) == []
    clock.jump(-30.0)
    assert world.labels(reap(world.engine, 3, 1.0)) == ["short"]


def test_a_step_while_somebody_takes_leases_back_takes_none(world, clock) -> None:
    """The chaos campaign found it: on a busy machine a second passes between a look at the clock and the reaper."""
    world.submit({"lives": [], "lost": []})
    world.claim("lives")
    world.claim("lost", lease=0.0)
    seen = []

    def believe(read) -> bool:
        seen.append(read())
        clock.jump(HOURS)
        return True

    assert world.labels(reap(world.engine, 3, 1.0, believe)) == ["lost"]
    assert reap(world.engine, 3, 1.0, lambda read: read() < seen[0] + 60.0) == []
    assert world.state("lives") == "RUNNING"
