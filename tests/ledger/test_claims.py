"""Claims, heartbeats and fencing."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from prunesweep.core.ledger.db.schema import metrics
from prunesweep.core.ledger.queries.logs import save_log, stage_log
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim, heartbeat
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, fail, release
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import reap
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Benchmark

EPOCH = {"loss": 1.0, "top1": 0.5, "lr": 0.1, "seconds": 2.0, "images_per_s": 100.0}


def test_a_claim_hands_over_what_the_stage_needs(world) -> None:
    world.submit({"a": [], "b": [], "c": ["a", "b"]})
    world.done(world.claim("a"), artifact="f" * 64)
    world.done(world.claim("b"))
    taken = world.claim("c")
    assert taken.inputs == {world.digests["a"]: "f" * 64, world.digests["b"]: ""}
    assert (taken.attempt, taken.kind, taken.epochs) == (1, "sleep", 0)
    assert taken.spec == world.row("c").spec
    assert [(one.attempt, one.worker, one.slot, one.outcome) for one in world.attempts("c")] == [(1, "w", "cpu", None)]


def test_only_a_ready_stage_can_be_claimed(world) -> None:
    world.submit({"a": [], "b": ["a"]})
    assert claim(world.engine, world.digests["b"], "w", "cpu", "cpu", 60.0) is None
    world.claim("a")
    assert claim(world.engine, world.digests["a"], "w", "cpu", "cpu", 60.0) is None
    assert claim(world.engine, "0" * 64, "w", "cpu", "cpu", 60.0) is None


def test_claims_at_once_have_one_winner(world) -> None:
    labels = [f"s{n}" for n in range(8)]
    world.submit({label: [] for label in labels})
    with ThreadPoolExecutor(8) as pool:
        for label in labels:
            wanted = [world.digests[label]] * 8
            takers = range(8)
            taken = pool.map(lambda d, n: claim(world.engine, d, f"w{n}", "cpu", "cpu", 60.0), wanted, takers)
            assert sum(one is not None for one in taken) == 1
            assert len(world.attempts(label)) == 1


def test_a_stage_for_a_gpu_is_for_a_gpu(ledger) -> None:
    grid = read_axes({"bench_device": "cuda", "sparsity": "0.5", "algorithm": "oneshot"}, GRIDS["demo"])
    made = plan(grid)
    add_sweep(ledger, made, None, "0")
    bench = next(digest for digest, stage in made.stages.items() if isinstance(stage, Benchmark))
    with ledger.begin() as connection:
        connection.exec_driver_sql(f"UPDATE stages SET state = 'READY' WHERE digest = '{bench}'")
    assert claim(ledger, bench, "w", "cpu", "cpu", 60.0) is None
    assert claim(ledger, bench, "w", "cuda:1", "cuda:1", 60.0) is not None


def test_heartbeat_prolongs_what_is_held(world) -> None:
    world.submit({"a": [], "b": []})
    a, b = world.claim("a", lease=10.0), world.claim("b", lease=10.0)
    before = world.row("a").lease_until
    world.later(9.0)
    beats = heartbeat(world.engine, "w", [(a.digest, a.attempt), (b.digest, b.attempt)], 60.0)
    assert [(beat.digest, beat.held, beat.cancel) for beat in beats] == [
        (a.digest, True, False),
        (b.digest, True, False),
    ]
    assert world.row("a").lease_until > before + 40.0
    world.later(30.0)
    assert reap(world.engine, 3, 1.0) == []


def test_heartbeat_tells_of_a_lost_lease(world) -> None:
    world.submit({"a": []})
    old = world.claim("a", lease=10.0)
    world.later(11.0)
    reap(world.engine, 3, 1.0)
    [beat] = heartbeat(world.engine, "w", [(old.digest, old.attempt)], 60.0)
    assert (beat.held, beat.cancel) == (False, False)
    world.later(60.0)
    new = world.claim("a", worker="other")
    until = world.row("a").lease_until
    beats = heartbeat(world.engine, "w", [(old.digest, old.attempt), (new.digest, new.attempt)], 1000.0)
    assert [beat.held for beat in beats] == [False, True]
    assert world.row("a").lease_until > until


def test_a_late_heartbeat_before_anyone_noticed_keeps_the_lease(world) -> None:
    world.submit({"a": []})
    taken = world.claim("a", lease=10.0)
    world.later(100.0)
    assert heartbeat(world.engine, "w", [(taken.digest, taken.attempt)], 60.0)[0].held
    assert reap(world.engine, 3, 1.0) == []


def test_heartbeat_carries_the_cancel_flag(world) -> None:
    sweep = world.submit({"a": []})
    taken = world.claim("a")
    cancel(world.engine, sweep.id)
    [beat] = heartbeat(world.engine, "w", [(taken.digest, taken.attempt)], 60.0)
    assert beat.held and beat.cancel


def test_heartbeat_with_nothing_in_hand(world) -> None:
    assert heartbeat(world.engine, "w", [], 60.0) == []


def test_a_stale_attempt_writes_nothing(world) -> None:
    """The fence: every kind of write by an attempt whose lease went to another."""
    world.submit({"a": [], "b": ["a"]})
    old = world.claim("a", lease=1.0)
    world.later(2.0)
    reap(world.engine, 3, 1.0)
    world.later(60.0)
    new = world.claim("a", worker="other")
    before, tries = world.row("a"), world.attempts("a")
    stale = (world.engine, old.digest, old.attempt)
    facts = {"artifact": "e" * 64, "artifact_bytes": 1, "train_seconds": 1.0, "summary": {}, "result": {}}
    assert complete(*stale, **facts, log="old") is None
    assert fail(*stale, "old", "old") is False
    assert crash(*stale, "old", "old", 3, 1.0) is None
    assert release(*stale, "old") is False
    assert cancelled(*stale, "old") is False
    assert save_log(*stale, "old") is False
    assert record_epoch(*stale, epoch=1, **EPOCH) is False
    assert world.row("a") == before
    assert world.attempts("a") == tries
    assert world.state("b") == "PENDING"
    assert world.labels(world.done(new) or ()) == ["b"]


def test_a_completed_stage_cannot_be_completed_again(world) -> None:
    world.submit({"a": []})
    taken = world.claim("a")
    assert world.done(taken) == ()
    assert world.done(taken) is None
    assert heartbeat(world.engine, "w", [(taken.digest, taken.attempt)], 60.0)[0].held is False


def test_epochs_are_kept_and_overwritten_by_a_later_attempt(world) -> None:
    world.submit({"a": []})
    first = world.claim("a", lease=1.0)
    for number in (1, 2):
        assert record_epoch(world.engine, first.digest, first.attempt, epoch=number, **EPOCH)
    world.later(2.0)
    reap(world.engine, 3, 1.0)
    world.later(60.0)
    second = world.claim("a")
    assert record_epoch(world.engine, second.digest, second.attempt, epoch=1, **{**EPOCH, "loss": float("nan")})
    with world.engine.connect() as connection:
        rows = connection.execute(select(metrics).order_by(metrics.c.epoch)).all()
    assert [(row.epoch, row.attempt, row.loss) for row in rows] == [(1, 2, float("inf")), (2, 1, 1.0)]


def test_logs_of_every_attempt_are_kept_clean_and_short(world) -> None:
    world.submit({"a": []})
    first = world.claim("a")
    assert save_log(world.engine, first.digest, first.attempt, "half a log")
    assert stage_log(world.engine, first.digest[:8]).attempts[0].log == "half a log"
    crash(world.engine, first.digest, first.attempt, "ended by \0 signal", "x" * 100_000 + "\0end\ud800", 3, 0.0)
    release(world.engine, first.digest, world.claim("a").attempt, "worker stops")
    log = stage_log(world.engine, first.digest)
    assert [(one.attempt, one.outcome, one.reason) for one in log.attempts] == [
        (1, "CRASHED", "ended by \N{REPLACEMENT CHARACTER} signal"),
        (2, "RELEASED", "worker stops"),
    ]
    assert log.attempts[0].log.endswith("x\N{REPLACEMENT CHARACTER}end?")
    assert len(log.attempts[0].log) == 64 * 1024


def test_a_claim_goes_on_from_its_own_saved_state_only(world) -> None:
    world.submit({"a": [], "b": [], "c": ["a"]})
    for label in ("a", "b"):
        taken = world.claim(label)
        record_snapshot(world.engine, taken.digest, taken.attempt, artifact=label, artifact_bytes=1, epoch=1, step=0)
        release(world.engine, taken.digest, taken.attempt, "the worker stops")
    assert world.claim("b").snapshot == "b"
    world.done(world.claim("a"), artifact="of a")
    last = world.claim("c")
    assert last.snapshot == ""
    assert last.inputs == {world.digests["a"]: "of a"}
