"""Which artifacts the ledger refers to."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from prunesweep.core.ledger.queries.references import CountedWeights, artifacts_made, referred, still_made, unreferred
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete, fail
from prunesweep.core.ledger.queue.redo import redo
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Evaluate, Train

A, B, C = "a" * 64, "b" * 64, "c" * 64


def snapshot(world, taken, artifact: str) -> None:
    record_snapshot(world.engine, taken.digest, taken.attempt, artifact=artifact, artifact_bytes=9, epoch=1, step=0)


def test_stages_in_whatever_state_and_snapshots_count(world) -> None:
    world.submit({"done": [], "again": [], "saved": [], "none": []})
    world.done(world.claim("done"), A)
    world.done(world.claim("again"), B)
    redo(world.engine, {world.digests["again"]: B}, {})
    snapshot(world, world.claim("saved"), C)
    world.done(world.claim("none"), "")
    assert world.state("again") == "READY"
    assert referred(world.engine) == {A, B, C}
    with unreferred(world.engine, [A, B, C, "d" * 64]) as free:
        assert free.names == {"d" * 64}
    with unreferred(world.engine, []) as free:
        assert free.names == frozenset()


def test_how_long_the_oldest_running_stage_runs(world) -> None:
    world.submit({"a": [], "b": []})
    with unreferred(world.engine, [A]) as free:
        assert free.unsettled is None
    taken = world.claim("a")
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE stages SET started_at = started_at - 100 WHERE state = 'RUNNING'")
    world.claim("b")
    with unreferred(world.engine, [A]) as free:
        assert free.unsettled is not None
        assert 100 <= free.unsettled < 1000
    fail(world.engine, taken.digest, taken.attempt, "no", "")
    with unreferred(world.engine, [A]) as free:
        assert free.unsettled is not None
        assert free.unsettled < 100


def test_no_stage_completes_while_its_artifact_is_looked_at(world) -> None:
    world.submit({"a": []})
    taken = world.claim("a")
    with ThreadPoolExecutor(1) as pool:
        with unreferred(world.engine, [A]) as free:
            assert free.names == {A}
            completing = pool.submit(world.done, taken, A)
            assert not wait_for([completing], timeout=0.3).done
        assert completing.result() == ()
    with unreferred(world.engine, [A]) as free:
        assert free.names == frozenset()


def test_what_there_is_to_verify(world, good_result) -> None:
    made = plan(read_axes({"sparsity": "50", "algorithm": "oneshot", "bench_device": "none"}, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, "one", "0")
    world.submit({"other": []})
    train = next(digest for digest, stage in made.stages.items() if isinstance(stage, Train))
    evaluate = next(d for d, stage in made.stages.items() if isinstance(stage, Evaluate) and stage.parent == train)
    for digest, artifact, summary in ((train, A, {"nonzero": 7, "total": 9}), (evaluate, "", {})):
        taken = claim(world.engine, digest, "w", "cpu", "cpu", 60.0)
        complete(
            world.engine,
            digest,
            taken.attempt,
            artifact=artifact,
            artifact_bytes=5,
            train_seconds=0.0,
            summary=summary,
            result=good_result if taken.kind == "evaluate" else {},
            log="",
        )
    snapshot(world, world.claim("other"), B)
    [one] = artifacts_made(world.engine, sweep.id)
    assert (one.digest, one.artifact, one.size, one.snapshot) == (train, A, 5, False)
    assert one.label.startswith("train · ")
    assert one.counts == (
        CountedWeights(train, one.label, 7, 9),
        CountedWeights(evaluate, "evaluate dense network · seed 0", good_result["nonzero"], good_result["total"]),
    )
    both = artifacts_made(world.engine, None)
    assert [(found.artifact, found.snapshot) for found in both] == [(A, False), (B, True)]


def test_what_has_changed_since_is_told_apart(world) -> None:
    world.submit({"done": [], "again": [], "saved": []})
    world.done(world.claim("done"), A)
    world.done(world.claim("again"), B)
    held = world.claim("saved")
    snapshot(world, held, C)
    made = artifacts_made(world.engine, None)
    assert still_made(world.engine, made) == set(made)
    redo(world.engine, {world.digests["again"]: B}, {})
    snapshot(world, held, "d" * 64)
    assert {one.artifact for one in still_made(world.engine, made)} == {A}
