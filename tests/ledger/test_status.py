"""Status, sweeps, workers: what people see."""

import pytest
from sqlalchemy import event, update

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.schema import stages, workers
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import writing
from prunesweep.core.ledger.queries.labels import label_of
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.ledger.queries.recent import ended_since
from prunesweep.core.ledger.queries.status import epoch_seconds, sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep, list_sweeps
from prunesweep.core.ledger.queue.claims import heartbeat
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.outcome import crash, fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import SlotUsage, gone, list_workers, register
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import epochs_of, workload_of

SMALL = {"sparsity": "0.5,0.9", "algorithm": "iterative", "epochs": "2", "iterations": "2", "dense_epochs": "4"}


@pytest.fixture
def small(world):
    """A grid of two cells of two rounds each; labels are digests."""
    made = plan(read_axes(SMALL, GRIDS["demo"]))
    submitted = add_sweep(world.engine, made, "small", "0")
    world.digests = {digest: digest for digest in made.stages}
    return made, submitted


def epoch(world, taken, number: int, seconds: float, loss: float = 1.0) -> None:
    measured = {"loss": loss, "top1": 0.5, "lr": 0.1, "seconds": seconds, "images_per_s": 100.0}
    assert record_epoch(world.engine, taken.digest, taken.attempt, epoch=number, **measured)


def unmeasured(made, epoch: float) -> float:
    """Seconds that the plan's evaluations and benchmarks count with before one of them has ended."""
    kinds = [stage.kind for stage in made.stages.values()]
    return kinds.count("evaluate") * 0.3 * epoch + kinds.count("benchmark") * 6.0


def test_a_new_sweep(world, small) -> None:
    made, submitted = small
    status = sweep_status(world.engine, submitted.id)
    assert (status.name, status.ended, status.running, status.failed) == ("small", False, (), ())
    assert status.counts == {**dict.fromkeys(State, 0), State.READY: 1, State.PENDING: len(made.stages) - 1}
    assert (status.epochs_done, status.epochs_total) == (0, 4 + 2 * 2 * 2)
    assert status.eta_seconds is None


def test_progress_and_eta(world, small) -> None:
    made, submitted = small
    taken = world.claim(made.cells[0].train, device="cpu")
    [running] = sweep_status(world.engine, submitted.id).running
    assert (running.epoch, running.loss, running.eta_seconds) == (0, None, None)
    epoch(world, taken, 1, 10.0)
    epoch(world, taken, 2, 10.0, loss=0.5)
    status = sweep_status(world.engine, submitted.id)
    [running] = status.running
    assert (running.kind, running.label, running.worker, running.device) == (
        "train",
        "train · 4 epochs · seed 0",
        "w",
        "cpu",
    )
    assert (running.epoch, running.epochs, running.loss, running.top1) == (2, 4, 0.5, 0.5)
    assert running.eta_seconds == pytest.approx(20.0, abs=2.0)
    assert status.epochs_done == 2
    left = 100.0 + unmeasured(made, 10.0)
    assert left > 112.0, "what was never measured counts from the start"
    assert status.eta_seconds == pytest.approx(left)
    register(world.engine, "w", "host", 1, ["cuda:0", "cuda:1"], "0")
    assert sweep_status(world.engine, submitted.id).eta_seconds == pytest.approx(left / 2)
    register(world.engine, "x", "host", 2, [f"cuda:{number}" for number in range(64)], "0")
    many = sweep_status(world.engine, submitted.id)
    assert many.eta_seconds == many.running[0].eta_seconds, "no slot helps the stage that takes longest"


def test_evaluations_count_as_those_of_the_sweep_itself(world, small) -> None:
    def evaluated(made, seconds: float) -> None:
        world.done(world.claim(made.cells[0].train))
        taken = world.claim(made.cells[0].dense_evaluate)
        world.done(taken)
        with writing(world.engine) as connection:
            own = stages.c.digest == taken.digest
            connection.execute(update(stages).where(own).values(started_at=stages.c.ended_at - seconds))

    def left(sweep_id: int, evaluations: int) -> float:
        seconds = sweep_status(world.engine, sweep_id).least_seconds
        assert seconds is not None
        return (seconds - benchmarks) / evaluations

    made, submitted = small
    kinds = [stage.kind for stage in made.stages.values()]
    benchmarks, evaluations = kinds.count("benchmark") * 6.0, kinds.count("evaluate")
    evaluated(made, 50.0)
    assert left(submitted.id, evaluations - 1) == pytest.approx(50.0)
    others = plan(read_axes({**SMALL, "seeds": "7"}, GRIDS["demo"]))
    world.digests |= {digest: digest for digest in others.stages}
    other = add_sweep(world.engine, others, None, "0")
    assert left(other.id, evaluations) == pytest.approx(50.0), "those of others, until one of its own has ended"
    evaluated(others, 2.0)
    assert left(other.id, evaluations - 1) == pytest.approx(2.0)
    assert left(submitted.id, evaluations - 1) == pytest.approx(50.0)


def test_history_of_the_workload_counts_for_other_sweeps(world, small) -> None:
    made, _ = small
    workload = workload_of(made.stages[made.cells[0].train])
    assert epoch_seconds(world.engine, workload) is None
    taken = world.claim(made.cells[0].train)
    for number, seconds in ((1, 30.0), (2, 2.0), (3, 2.0), (4, 2.0)):  # the first one warms up
        epoch(world, taken, number, seconds)
    world.done(taken)
    assert epoch_seconds(world.engine, workload) == 2.0
    other = add_sweep(world.engine, plan(read_axes({**SMALL, "seeds": "7"}, GRIDS["demo"])), None, "0")
    left = 2.0 * sum(map(epochs_of, made.stages.values())) + unmeasured(made, 2.0)
    assert sweep_status(world.engine, other.id).eta_seconds == pytest.approx(left)


def test_a_new_attempt_starts_from_its_own_epochs(world, small) -> None:
    made, submitted = small
    taken = world.claim(made.cells[0].train)
    epoch(world, taken, 1, 1.0)
    crash(world.engine, taken.digest, taken.attempt, "boom", "", 3, 0.0)
    assert sweep_status(world.engine, submitted.id).epochs_done == 0
    taken = world.claim(made.cells[0].train)
    assert sweep_status(world.engine, submitted.id).running[0].epoch == 0
    epoch(world, taken, 1, 1.0)
    assert sweep_status(world.engine, submitted.id).running[0].epoch == 1


def test_run_to_the_end(world, small) -> None:
    made, submitted = small
    while not (status := sweep_status(world.engine, submitted.id)).ended:
        for digest in made.stages:
            if world.state(digest) == "READY":
                world.done(world.claim(digest))
    assert status.counts[State.DONE] == len(made.stages)
    assert status.epochs_done == status.epochs_total
    assert status.eta_seconds is None
    ended = ended_since(world.engine, submitted.id, 0.0)
    assert [one.digest for one in ended] == sorted(made.stages, key=lambda one: (world.row(one).ended_at, one))
    assert ended_since(world.engine, submitted.id, ended[-1].ended_at + 1.0) == []


def test_failed_stages_say_why(world, small) -> None:
    made, submitted = small
    taken = world.claim(made.cells[0].train)
    fail(world.engine, taken.digest, taken.attempt, "loss is not finite", "")
    status = sweep_status(world.engine, submitted.id)
    assert status.ended
    [failed] = status.failed
    assert (failed.digest, failed.state, failed.reason) == (taken.digest, State.FAILED, "loss is not finite")
    assert status.counts[State.CANCELLED] == len(made.stages) - 1


def test_a_cancelled_sweep_ends_when_its_own_stages_have_stopped(world) -> None:
    first = world.submit({"a": [], "mine": []})
    world.submit({"a": []}, seed=1)
    taken = world.claim("mine")
    cancel(world.engine, first.id)
    assert not sweep_status(world.engine, first.id).ended
    crash(world.engine, taken.digest, taken.attempt, "killed", "", 3, 0.0)
    status = sweep_status(world.engine, first.id)
    assert status.ended and status.cancelled
    assert status.counts[State.READY] == 1  # the other sweep's


def test_find_sweep(world) -> None:
    with pytest.raises(UserError, match="sweep submit"):
        find_sweep(world.engine, None)
    world.submit({"a": []}, "first-try")
    world.submit({"b": []}, "second")
    third = world.submit({"c": []}, "third")
    assert find_sweep(world.engine, None).id == third.id
    assert find_sweep(world.engine, "2").name == "second"
    assert find_sweep(world.engine, "3").name == "third"
    with pytest.raises(UserError, match='did you mean "first-try"'):
        find_sweep(world.engine, "frist-try")
    for wrong in ("", "99", "9" * 30, "%", "'; drop table sweeps"):
        with pytest.raises(UserError, match="unknown"):
            find_sweep(world.engine, wrong)


def test_list_sweeps(world) -> None:
    assert list_sweeps(world.engine) == []
    made = plan(GRIDS["classic"])
    add_sweep(world.engine, made, "grid", "0")
    world.submit({"a": [], "b": ["a"]}, "tiny")
    tiny, grid = list_sweeps(world.engine)
    assert (tiny.sweep.name, tiny.cells, tiny.counts[State.READY], tiny.counts[State.PENDING]) == ("tiny", 0, 1, 1)
    assert (grid.sweep.name, grid.cells, sum(grid.counts.values())) == ("grid", 12, len(made.stages))


def test_workers_come_and_go(world) -> None:
    register(world.engine, "one", "host", 11, ["cpu"], "0")
    register(world.engine, "two", "host", 12, ["cuda:0"], "0")
    assert [(one.id, one.pid, one.slots) for one in list_workers(world.engine, 60.0)] == [
        ("one", 11, ("cpu",)),
        ("two", 12, ("cuda:0",)),
    ]
    gone(world.engine, "one")
    assert [one.id for one in list_workers(world.engine, 60.0)] == ["two"]
    world.later(61.0)
    assert list_workers(world.engine, 60.0) == []
    register(world.engine, "one", "host", 13, ["cpu"], "0")
    assert [one.pid for one in list_workers(world.engine, 60.0)] == [13]


def test_a_heartbeat_carries_what_the_slots_use(world) -> None:
    def used() -> tuple[SlotUsage, ...]:
        return list_workers(world.engine, 60.0)[0].usage

    register(world.engine, "one", "host", 11, ["cpu", "cuda:0"], "0")
    nothing = (SlotUsage(), SlotUsage())
    assert used() == nothing
    busy = (SlotUsage(99.5, 200_000_000), SlotUsage(None, 3_000_000_000, 87.0, 5_000_000_000))
    written: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda _c, _k, statement, *_: written.append(statement))
    heartbeat(world.engine, "one", [], 60.0, busy)
    assert used() == busy
    assert sum(statement.startswith("UPDATE") for statement in written) == 1, "one write, as without it"
    heartbeat(world.engine, "one", [], 60.0)  # of one that knows nothing of it
    assert used() == busy
    heartbeat(world.engine, "one", [], 60.0, ())
    assert used() == nothing, "not known now: no old figure stays"
    for odd in ([], [{"cpu_percent": 1.0}], {"cpu": 1}, [{"cpu_percent": "much", "memory_bytes": -1}, 3]):
        with writing(world.engine) as connection:
            connection.execute(update(workers).values(usage=odd))
        assert used() == nothing
    heartbeat(world.engine, "one", [], 60.0, busy)
    register(world.engine, "one", "host", 12, ["cpu", "cuda:0"], "0")
    assert used() == nothing, "it has started anew"


def test_stage_log_finds_by_prefix(world) -> None:
    world.submit({f"s{n}": [] for n in range(40)})
    whole = world.digests["s0"]
    assert stage_log(world.engine, whole).attempts == ()
    assert stage_log(world.engine, whole[:20]).label == "sleep s0 · 0 s"
    for prefix in ("", "xyz", "%", whole + "0"):
        with pytest.raises(UserError, match="stage"):
            stage_log(world.engine, prefix)
    with pytest.raises(UserError, match="no stage starts so"):
        stage_log(world.engine, "0" * 63)
    firsts = [digest[0] for digest in world.digests.values()]
    shared = next(digit for digit in firsts if firsts.count(digit) > 1)
    with pytest.raises(UserError, match="give more digits"):
        stage_log(world.engine, shared)


def test_labels() -> None:
    from prunesweep.core.plan.stages import encode

    made = plan(read_axes({**SMALL, "sparsity": "0.9", "iterations": "3"}, GRIDS["demo"]))
    labels = [label_of(encode(stage)) for stage in made.stages.values()]
    assert labels[0] == "train · 4 epochs · seed 0"
    assert labels[1].startswith("evaluate dense ")
    assert labels[3] == "prune 2 → 78.46 % · 2 epochs · seed 0"
    assert labels[-1].endswith("cpu × 1 · batch 1")
    assert label_of('{"kind": "of the future"}') == "stage of another version"
