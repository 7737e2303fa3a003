"""What planners, exporters and watchers look up."""

from sqlalchemy import Engine

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.lookup import cell_artifacts, done_among
from prunesweep.core.ledger.queries.recent import ended_since
from prunesweep.core.ledger.queries.sweeps import unfinished_besides
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.outcome import complete, fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS

TINY = plan(read_axes({"sparsity": "50,90", "epochs": "1", "iterations": "2"}, GRIDS["demo"]))


def finish(ledger: Engine, digest: str, artifact: str) -> tuple[str, ...]:
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    record_epoch(ledger, digest, held.attempt, epoch=1, loss=2.0, top1=0.5, lr=0.1, seconds=2.0, images_per_s=700.0)
    facts = {"artifact": artifact, "artifact_bytes": 10, "train_seconds": 2.0, "summary": {}, "result": {}, "log": ""}
    ready = complete(ledger, digest, held.attempt, **facts)
    assert ready is not None
    return ready


def test_done_among_knows_only_what_is_done(ledger: Engine) -> None:
    submitted = add_sweep(ledger, TINY, "a", "1")
    finish(ledger, submitted.ready[0], "a" * 64)
    many = [*TINY.stages, *(f"{number:064x}" for number in range(3_000))]
    assert done_among(ledger, many) == {submitted.ready[0]}
    assert done_among(ledger, []) == set()


def test_cell_artifacts_are_those_of_done_stages(ledger: Engine) -> None:
    submitted = add_sweep(ledger, TINY, "a", "1")
    assert {cell.dense_artifact for cell in cell_artifacts(ledger, submitted.id)} == {None}
    train = submitted.ready[0]
    finish(ledger, train, "a" * 64)
    oneshot = TINY.cells[0]
    finish(ledger, oneshot.rounds[0], "b" * 64)
    found = cell_artifacts(ledger, submitted.id)
    assert [cell.cell for cell in found] == [planned.cell for planned in TINY.cells]
    assert [cell.digest for cell in found] == [planned.rounds[-1] for planned in TINY.cells]
    assert {(cell.dense_digest, cell.dense_artifact) for cell in found} == {(train, "a" * 64)}
    assert [cell.artifact for cell in found] == ["b" * 64, None, None, None]


def test_work_left_of_other_sweeps_is_what_this_one_does_not_want(ledger: Engine) -> None:
    first = add_sweep(ledger, TINY, "a", "1")
    assert unfinished_besides(ledger, first.id) == {}
    other = add_sweep(ledger, plan(read_axes({"sparsity": "50,90,95"}, TINY.grid)), "b", "1")
    assert unfinished_besides(ledger, other.id) == {}
    more = len(plan(read_axes({"sparsity": "50,90,95"}, TINY.grid)).stages) - len(TINY.stages)
    assert unfinished_besides(ledger, first.id) == {"b": more}
    cancel(ledger, other.id)
    assert unfinished_besides(ledger, first.id) == {}


def test_ended_since_tells_each_end(ledger: Engine) -> None:
    submitted = add_sweep(ledger, TINY, "a", "1")
    other = add_sweep(ledger, plan(read_axes({"seeds": "9"}, TINY.grid)), "b", "1")
    assert ended_since(ledger, submitted.id, 0.0) == []
    train = submitted.ready[0]
    finish(ledger, train, "a" * 64)
    broken = TINY.cells[0].rounds[0]
    held = claim(ledger, broken, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    fail(ledger, broken, held.attempt, "no", "")
    ended = ended_since(ledger, submitted.id, 0.0)
    assert (ended[0].digest, ended[0].state, ended[0].top1) == (train, State.DONE, 0.5)
    assert ended[0].label == "train · 10 epochs · seed 0"
    assert ended[0].seconds is not None
    # The failure and what it takes along may bear the same time.
    failed = [(stage.digest, stage.error) for stage in ended if stage.state == State.FAILED]
    assert failed == [(broken, "no")]
    cancelled = [stage.seconds for stage in ended if stage.state == State.CANCELLED]
    assert cancelled
    assert set(cancelled) == {None}
    assert ended_since(ledger, submitted.id, ended[-1].ended_at + 1.0) == []
    assert ended_since(ledger, other.id, 0.0) == []
