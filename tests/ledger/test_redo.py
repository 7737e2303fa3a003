"""Stages that run again after they were DONE, and what that means for the others."""

import pytest
from sqlalchemy import func, select

from prunesweep.core.ledger.db.schema import latencies, results, snapshots
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim, heartbeat
from prunesweep.core.ledger.queue.control import cancel, retry
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, fail, interrupted, release
from prunesweep.core.ledger.queue.reaper import reap
from prunesweep.core.ledger.queue.redo import RedoSummary, redo
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Benchmark, Evaluate, PruneRound, Train

CHAIN = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"]}


def sha(label: str, version: int = 1) -> str:
    return f"{label}{version}".ljust(64, "0")


def run(world, *labels: str, version: int = 1) -> None:
    for label in labels:
        assert world.done(world.claim(label), sha(label, version)) is not None


def again(world, *labels: str) -> RedoSummary:
    return redo(world.engine, {world.digests[label]: sha(label) for label in labels}, {})


def test_a_lost_artifact_runs_again_and_the_same_bytes_change_nothing_else(world) -> None:
    world.submit(CHAIN)
    run(world, "a", "b", "c", "d")
    redone = again(world, "b")
    assert (world.labels(redone.again), world.labels(redone.ready), redone.revived) == (["b"], ["b"], ())
    assert world.states() == {"a": "DONE", "b": "READY", "c": "DONE", "d": "DONE"}
    assert world.done(world.claim("b"), sha("b")) == ()
    assert set(world.states().values()) == {"DONE"}
    assert [attempt.outcome for attempt in world.attempts("b")] == ["DONE", "DONE"]


def test_children_wait_and_damaged_children_wait_for_damaged_parents(world) -> None:
    world.submit(CHAIN)
    run(world, "a", "b")
    redone = again(world, "a", "b")
    assert world.labels(redone.again) == ["a", "b"]
    assert world.labels(redone.ready) == ["a"]
    assert world.states() == {"a": "READY", "b": "PENDING", "c": "PENDING", "d": "PENDING"}
    run(world, "a", "b", "c", "d")


def test_a_ready_child_goes_back_and_a_running_one_stays(world) -> None:
    world.submit({"a": [], "ready": ["a"], "running": ["a"]})
    run(world, "a")
    world.claim("running")
    again(world, "a")
    assert world.states() == {"a": "READY", "ready": "PENDING", "running": "RUNNING"}
    assert world.labels(world.done(world.claim("a"), sha("a"))) == ["ready"]


def lose(world, taken) -> None:
    world.later(61.0)
    reap(world.engine, 3, 0.0)


def want_again(world, taken) -> None:
    sweep = find_sweep(world.engine, None).id
    cancel(world.engine, sweep)
    retry(world.engine, sweep)
    cancelled(world.engine, taken.digest, taken.attempt, "")


WAYS_BACK = {
    "release": lambda world, one: release(world.engine, one.digest, one.attempt, "the worker stops"),
    "crash": lambda world, one: crash(world.engine, one.digest, one.attempt, "boom", "", 3, 0.0),
    "interrupted": lambda world, one: interrupted(world.engine, one.digest, one.attempt, "TERM", "", 3, 0.0),
    "failed": lambda world, one: fail(world.engine, one.digest, one.attempt, "its input is damaged", ""),
    "lost": lose,
    "cancelled and wanted": want_again,
}


@pytest.mark.parametrize("way", WAYS_BACK)
@pytest.mark.parametrize("version", [1, 2])
def test_a_child_given_back_waits_for_the_parent_that_runs_again(world, way, version) -> None:
    """Else it is claimed with the artifact that was found damaged, and fails for good."""
    world.submit({"a": [], "b": ["a"], "c": ["b"]})
    run(world, "a")
    taken = world.claim("b", lease=60.0)
    again(world, "a")
    parent = world.claim("a", lease=600.0)
    WAYS_BACK[way](world, taken)
    assert world.states() == {"a": "RUNNING", "b": "PENDING", "c": "PENDING"}
    assert violations(world.engine) == []
    assert world.labels(world.done(parent, sha("a", version))) == ["b"]
    run(world, "b", "c", version=version)
    assert violations(world.engine) == []


def test_a_child_given_back_ends_with_the_parent_that_could_not_be_done_again(world) -> None:
    world.submit({"a": [], "x": [], "b": ["a"], "c": ["b"], "d": ["a"], "e": ["d", "x"]})
    run(world, "a", "d")
    taken = world.claim("b")
    again(world, "a")
    parent = world.claim("a")
    fail(world.engine, parent.digest, parent.attempt, "no", "")
    # Who is DONE, or runs, keeps what waits for it alive: its result counts.
    assert world.states() == {"a": "FAILED", "b": "RUNNING", "c": "PENDING", "d": "DONE", "e": "PENDING", "x": "READY"}
    assert release(world.engine, taken.digest, taken.attempt, "the worker stops")
    run(world, "x", "e")
    assert world.states() == {"a": "FAILED", "b": "CANCELLED", "c": "CANCELLED", "d": "DONE", "e": "DONE", "x": "DONE"}
    assert violations(world.engine) == []


def test_the_result_of_a_child_that_ran_meanwhile_counts_unless_the_parent_comes_out_different(world) -> None:
    for version in (1, 2):
        graph = {f"{label}{version}": [f"{above}{version}" for above in up] for label, up in CHAIN.items()}
        world.submit(graph, seed=version)
        parent, child = f"a{version}", f"b{version}"
        run(world, parent)
        taken = world.claim(child)
        redo(world.engine, {world.digests[parent]: sha(parent)}, {})
        assert world.labels(world.done(taken, sha(child))) == [f"c{version}"]
        assert violations(world.engine) == []
        world.done(world.claim(parent), sha(parent, version))
        assert world.state(child) == ("DONE" if version == 1 else "READY")
        assert violations(world.engine) == []


def test_what_failed_below_gets_a_new_start(world) -> None:
    """As when a child met the damage first."""
    world.submit(CHAIN)
    run(world, "a")
    taken = world.claim("b")
    fail(world.engine, taken.digest, taken.attempt, "artifact a has a wrong hash", "")
    redone = again(world, "a")
    assert world.labels(redone.revived) == ["b", "c", "d"]
    assert world.states() == {"a": "READY", "b": "PENDING", "c": "PENDING", "d": "PENDING"}
    assert world.row("b").error is None


def test_what_no_sweep_wants_any_more_stays_cancelled(world) -> None:
    sweep = world.submit({"a": [], "b": ["a"]})
    run(world, "a")
    cancel(world.engine, sweep.id)
    assert again(world, "a").revived == ()
    assert world.states() == {"a": "READY", "b": "CANCELLED"}


def test_an_unwanted_stage_done_again_ends_with_its_parents(world) -> None:
    """Found by `tests.ledger.stress`, after some 10,000 moves."""
    first = world.submit({"a": [], "b": ["a"], "c": ["b"]})
    second = world.submit({"a": []}, seed=1)
    run(world, "a", "b")
    cancel(world.engine, first.id)
    again(world, "a", "b")
    assert world.states() == {"a": "READY", "b": "PENDING", "c": "CANCELLED"}
    cancel(world.engine, second.id)
    assert world.states() == {"a": "CANCELLED", "b": "CANCELLED", "c": "CANCELLED"}
    assert violations(world.engine) == []


def test_nothing_waits_for_ever_behind_another_failure(world) -> None:
    world.submit({"a": [], "x": [], "both": ["a", "x"], "last": ["both"]})
    run(world, "a")
    taken = world.claim("x")
    fail(world.engine, taken.digest, taken.attempt, "no", "")
    assert again(world, "a").revived == ()
    assert world.states() == {"a": "READY", "x": "FAILED", "both": "CANCELLED", "last": "CANCELLED"}


def test_a_parent_that_failed_when_it_ran_again_is_revived_for_its_child(world) -> None:
    world.submit({"a": [], "b": ["a"]})
    run(world, "a", "b")
    again(world, "a")
    taken = world.claim("a")
    fail(world.engine, taken.digest, taken.attempt, "no", "")
    redone = again(world, "b")
    assert (world.labels(redone.revived), world.labels(redone.ready)) == (["a"], ["a"])
    assert world.states() == {"a": "READY", "b": "PENDING"}


def test_only_what_is_done_with_that_very_artifact_runs_again(world) -> None:
    world.submit({"a": [], "b": []})
    run(world, "a", version=2)
    assert again(world, "a", "b") == RedoSummary((), (), (), ())
    assert world.states() == {"a": "DONE", "b": "READY"}


def test_a_bad_saved_state_is_forgotten_unless_it_was_replaced(world) -> None:
    world.submit({"a": [], "b": []})
    for label in ("a", "b"):
        taken = world.claim(label)
        record_snapshot(
            world.engine, taken.digest, taken.attempt, artifact=sha(label), artifact_bytes=1, epoch=1, step=0
        )
    a, b = world.digests["a"], world.digests["b"]
    assert redo(world.engine, {}, {a: sha("a"), b: sha("other")}).snapshots == (a,)
    with world.engine.connect() as connection:
        assert connection.execute(select(snapshots.c.digest)).scalars().all() == [b]


def test_another_artifact_sends_everything_below_back(world) -> None:
    world.submit({**CHAIN, "aside": ["a"], "ready": ["b"], "running": ["b"], "failed": ["b"]})
    run(world, "a", "aside", "b", "c", "d")
    held = world.claim("running")
    record_snapshot(world.engine, held.digest, held.attempt, artifact=sha("s"), artifact_bytes=1, epoch=1, step=0)
    broken = world.claim("failed")
    fail(world.engine, broken.digest, broken.attempt, "no", "")
    redo(world.engine, {world.digests["b"]: sha("b")}, {})
    assert world.state("running") == "RUNNING"
    assert world.state("failed") == "PENDING"
    ready = world.done(world.claim("b"), sha("b", 2))
    assert world.labels(ready) == ["c", "failed", "ready", "running"]
    assert world.states() == {
        "a": "DONE",
        "aside": "DONE",
        "b": "DONE",
        "c": "READY",
        "d": "PENDING",
        "ready": "READY",
        "running": "READY",
        "failed": "READY",
    }
    assert world.row("b").artifact == sha("b", 2)
    [attempt] = world.attempts("running")
    assert (attempt.outcome, attempt.reason) == ("LOST", f"upstream {world.digests['b'][:12]} gave another artifact")
    assert not heartbeat(world.engine, "w", [(held.digest, held.attempt)], 60.0)[0].held
    assert world.done(held, sha("running")) is None
    assert world.claim("running").snapshot == ""


def test_a_child_that_was_to_be_stopped_is_stopped(world) -> None:
    first = world.submit({"a": [], "b": ["a"], "c": ["b"]})
    world.submit({"a": []}, seed=1)
    run(world, "a")
    world.claim("b")
    cancel(world.engine, first.id)
    again(world, "a")
    world.done(world.claim("a"), sha("a", 2))
    assert world.states() == {"a": "DONE", "b": "CANCELLED", "c": "CANCELLED"}


def test_a_late_writer_cannot_complete_it_with_another_artifact(world) -> None:
    world.submit({"a": [], "b": ["a"]})
    late = world.claim("a")
    world.done(late, sha("a"))
    run(world, "b")
    assert world.done(late, sha("a", 2)) is None
    assert set(world.states().values()) == {"DONE"}


@pytest.fixture
def cell(world, good_result, good_latency):
    """A grid of one cell, done; `do()` does what is ready, with artifacts of the version given."""
    made = plan(read_axes({"sparsity": "50", "algorithm": "oneshot", "epochs": "1"}, GRIDS["demo"]))
    add_sweep(world.engine, made, "one", "0")

    def do(version: int = 1) -> int:
        count = 0
        for digest in made.stages:
            taken = claim(world.engine, digest, "w", "cpu", "cpu", 60.0)
            if taken is None:
                continue
            makes = isinstance(made.stages[digest], Train | PruneRound)
            complete(
                world.engine,
                digest,
                taken.attempt,
                artifact=f"{version}{digest[1:]}" if makes else "",
                artifact_bytes=1 if makes else 0,
                train_seconds=1.0,
                summary={},
                result={"evaluate": good_result, "benchmark": good_latency}.get(taken.kind, {}),
                log="",
            )
            count += 1
        return count

    while do():
        pass
    return made, do


def facts(world) -> list[int]:
    with world.engine.connect() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar() for table in (results, latencies)]


def test_facts_of_a_network_that_is_gone_are_deleted_and_found_again(world, cell) -> None:
    made, do = cell
    whole = facts(world)
    train = next(digest for digest, stage in made.stages.items() if isinstance(stage, Train))
    redo(world.engine, {train: f"1{train[1:]}"}, {})
    assert facts(world) == whole
    while do(version=2):
        pass
    assert facts(world) == whole
    attempts = {digest: len(world_attempts(world, digest)) for digest in made.stages}
    assert min(attempts.values()) >= 2


def world_attempts(world, digest: str) -> list[int]:
    from prunesweep.core.ledger.db.schema import attempts

    with world.engine.connect() as connection:
        return list(connection.execute(select(attempts.c.attempt).where(attempts.c.digest == digest)).scalars())


@pytest.mark.parametrize("kind", [Evaluate, Benchmark])
def test_a_stage_of_facts_only_runs_again(world, cell, kind) -> None:
    made, do = cell
    whole = facts(world)
    digest = next(digest for digest, stage in made.stages.items() if isinstance(stage, kind))
    assert redo(world.engine, {digest: ""}, {}).ready == (digest,)
    assert sum(facts(world)) == sum(whole) - 1
    assert do() == 1
    assert facts(world) == whole
