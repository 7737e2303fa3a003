"""Every way back has an end with a reason, unless the stage gets further; and what is kept of attempts is bounded."""

import pytest
from sqlalchemy import func, select

from prunesweep.core.ledger.db.schema import attempts
from prunesweep.core.ledger.queue import outcome
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.control import cancel, retry
from prunesweep.core.ledger.queue.giveback import FREE_RETURNS, KEPT_ATTEMPTS, KEPT_LOGS, LONGEST_REST
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, interrupted, release
from prunesweep.core.ledger.queue.reaper import reap
from prunesweep.core.ledger.queue.redo import redo

MOST_RETURNS = 30
"""Instead of a hundred: more than are free, and than are needed for the longest rest."""


@pytest.fixture(autouse=True)
def _fewer_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "MOST_RETURNS", MOST_RETURNS)


def wanted_again(world, one) -> None:
    cancel(world.engine, 1)
    retry(world.engine, 1)
    cancelled(world.engine, one.digest, one.attempt, "a log")


def lost(world, one) -> None:
    world.later(61.0)
    reap(world.engine, 3, 2.0)


WAYS = {
    "crash": (lambda world, one: crash(world.engine, one.digest, one.attempt, "boom", "a log", 3, 2.0), 3, "boom"),
    "term": (
        lambda world, one: interrupted(world.engine, one.digest, one.attempt, "SIGTERM", "a log", 3, 2.0),
        9,
        "SIGTERM; interrupted 9 times without progress",
    ),
    "lost": (lost, 9, "lease ran out: worker w is gone; lost 9 times without progress"),
    "release": (
        lambda world, one: release(world.engine, one.digest, one.attempt, "the worker stops"),
        MOST_RETURNS,
        "the worker stops; handed back 30 times without progress",
    ),
    "wanted again": (wanted_again, MOST_RETURNS, "cancelled; stopped 30 times without progress"),
}


def save(world, one, epoch: int) -> None:
    values = {"artifact": f"{epoch:064x}", "artifact_bytes": 1, "epoch": epoch, "step": 0}
    assert record_snapshot(world.engine, one.digest, one.attempt, **values) is not None


@pytest.mark.parametrize("way", WAYS)
def test_every_way_back_is_counted_rests_and_ends(world, way) -> None:
    act, limit, reason = WAYS[way]
    world.submit({"a": [], "b": ["a"]})
    rests = []
    for _ in range(limit):
        assert world.state("a") == "READY"
        world.later(LONGEST_REST + 1.0)
        one = world.claim("a")
        act(world, one)
        with world.engine.connect() as connection:
            (ended,) = connection.execute(select(func.max(attempts.c.ended_at)))
        rests.append(world.row("a").not_before - ended[0])
    assert world.states() == {"a": "QUARANTINED", "b": "CANCELLED"}
    assert world.row("a").error == reason
    assert violations(world.engine) == []
    free = FREE_RETURNS if limit == MOST_RETURNS else int(way == "term")
    assert all(rest == pytest.approx(0.0, abs=0.5) for rest in rests[:free])
    assert all(later >= sooner - 0.5 for sooner, later in zip(rests[free:-1], rests[free + 1 : -1], strict=False))
    assert 1.0 < rests[free] < max(rests[free:-1]) <= LONGEST_REST + 0.5


@pytest.mark.parametrize("way", WAYS)
def test_a_stage_that_gets_further_comes_back_as_often_as_it_must(world, way) -> None:
    act, limit, _ = WAYS[way]
    world.submit({"a": []})
    for epoch in range(1, 2 * min(limit, 12) + 1):
        world.later(LONGEST_REST + 1.0)
        one = world.claim("a")
        save(world, one, epoch)
        act(world, one)
    assert world.state("a") == "READY"


def test_a_stage_that_saves_and_never_gets_further_ends(world) -> None:
    """Its saved state is damaged each time, say: it begins at its beginning, and gets to the same place."""
    world.submit({"a": []})
    one = world.claim("a")
    save(world, one, 5)
    for _ in range(3):
        crash(world.engine, one.digest, one.attempt, "boom", "", 3, 0.0)
        if world.state("a") == "QUARANTINED":
            break
        one = world.claim("a")
        save(world, one, 2)
    assert world.state("a") == "QUARANTINED"


def test_what_is_kept_of_a_stage_is_bounded(world) -> None:
    """60 attempts, one of which was DONE: its row is kept, as a child may still run on what it made."""
    world.submit({"a": [], "b": ["a"]})
    world.done(world.claim("a"), "a" * 64)
    child = world.claim("b", lease=1e9)
    redo(world.engine, {world.digests["a"]: "a" * 64}, {})
    for number in range(60):
        world.later(LONGEST_REST + 1.0)
        one = world.claim("a")
        save(world, one, number + 1)
        interrupted(world.engine, one.digest, one.attempt, "SIGTERM", "x" * 100_000, 3, 0.0)
    kept = world.attempts("a")
    assert [one.attempt for one in kept] == [1, *range(62 - KEPT_ATTEMPTS, 62)]
    assert [bool(one.log) for one in kept] == [False] * (1 + KEPT_ATTEMPTS - KEPT_LOGS) + [True] * KEPT_LOGS
    assert violations(world.engine) == []
    world.later(LONGEST_REST + 1.0)
    facts = {"artifact": "a" * 64, "artifact_bytes": 1, "train_seconds": 1.0, "summary": {}, "result": {}, "log": ""}
    one = world.claim("a")
    complete(world.engine, one.digest, one.attempt, **facts)
    assert [attempt.attempt for attempt in world.attempts("a")] == list(range(63 - KEPT_ATTEMPTS, 63))
    assert world.done(child) == ()
