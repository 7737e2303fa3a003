"""Cancel and retry, with stages that several sweeps share."""

from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.control import CancelSummary, cancel, retry
from prunesweep.core.ledger.queue.outcome import cancelled, crash, fail

CHAIN = {"a": [], "b": ["a"], "c": ["b"]}


def test_cancel_stops_what_waits_and_asks_what_runs(world) -> None:
    sweep = world.submit({**CHAIN, "x": []})
    world.claim("a")
    assert cancel(world.engine, sweep.id) == CancelSummary(waiting=3, running=1, shared=0)
    assert world.states() == {"a": "RUNNING", "b": "CANCELLED", "c": "CANCELLED", "x": "CANCELLED"}
    assert world.row("a").cancel
    assert find_sweep(world.engine, None).cancelled
    assert cancel(world.engine, sweep.id) == CancelSummary(waiting=0, running=1, shared=0)


def test_what_another_sweep_wants_goes_on(world) -> None:
    first = world.submit({"a": [], "b": ["a"], "only": ["a"]})
    second = world.submit(CHAIN, seed=1)
    running = world.claim("a")
    assert cancel(world.engine, first.id) == CancelSummary(waiting=1, running=0, shared=2)
    assert world.states() == {"a": "RUNNING", "b": "PENDING", "only": "CANCELLED", "c": "PENDING"}
    assert not world.row("a").cancel
    assert cancel(world.engine, second.id) == CancelSummary(waiting=2, running=1, shared=0)
    assert cancelled(world.engine, running.digest, running.attempt, "")
    assert set(world.states().values()) == {"CANCELLED"}


def test_done_stays_done(world) -> None:
    sweep = world.submit(CHAIN)
    world.done(world.claim("a"))
    cancel(world.engine, sweep.id)
    assert world.states() == {"a": "DONE", "b": "CANCELLED", "c": "CANCELLED"}
    assert world.labels(retry(world.engine, sweep.id)) == ["b"]


def test_retry_after_failure_and_quarantine(world) -> None:
    sweep = world.submit({"a": [], "b": ["a"], "x": [], "y": ["x"]})
    a, x = world.claim("a"), world.claim("x")
    fail(world.engine, a.digest, a.attempt, "no", "")
    crash(world.engine, x.digest, x.attempt, "boom", "", 1, 0.0)
    assert world.labels(retry(world.engine, sweep.id)) == ["a", "x"]
    assert world.states() == {"a": "READY", "b": "PENDING", "x": "READY", "y": "PENDING"}
    x = world.claim("x")
    assert crash(world.engine, x.digest, x.attempt, "boom", "", 2, 0.0) == "READY"  # it counts from 0 again
    assert retry(world.engine, sweep.id) == ()


def test_retry_takes_back_a_cancel(world) -> None:
    sweep = world.submit(CHAIN)
    world.claim("a")
    cancel(world.engine, sweep.id)
    assert retry(world.engine, sweep.id) == ()
    assert not world.row("a").cancel
    assert not find_sweep(world.engine, None).cancelled
    assert world.states() == {"a": "RUNNING", "b": "PENDING", "c": "PENDING"}


def test_retry_leaves_other_sweeps_alone(world) -> None:
    first, _ = world.submit({"a": []}), world.submit({"x": []}, seed=1)
    for label in ("a", "x"):
        taken = world.claim(label)
        fail(world.engine, taken.digest, taken.attempt, "no", "")
    retry(world.engine, first.id)
    assert world.states() == {"a": "READY", "x": "FAILED"}
