"""What the dashboard asks for, on both databases."""

from sqlalchemy import Engine

from bench.dashboard_scene import LOG, SLOTS, WORKERS, break_, finish, submit, take, train
from prunesweep.core.ledger.db.states import State, most_telling
from prunesweep.core.ledger.queries.cell_paths import cell_paths, standing
from prunesweep.core.ledger.queries.curves import stage_curves
from prunesweep.core.ledger.queries.logs import last_logs
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.stage_detail import stage_facts
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.worker_slots import busy_slots


def test_the_cells_paths_are_the_sweeps_stages(ledger: Engine) -> None:
    sent = submit(ledger, 8)
    paths, now = cell_paths(ledger, sent.id), standing(ledger, sent.id)
    assert [path.number for path in paths] == list(range(1, 9))
    assert {digest for path in paths for digest in path.digests} == set(now.states)
    assert len(now.states) == sent.stages
    assert now.top1 == {}
    (held,) = take(ledger, 1)
    finish(ledger, held)
    for other in take(ledger, 3):
        finish(ledger, other)
    later = standing(ledger, sent.id)
    counts = sweep_status(ledger, sent.id).counts
    assert {state: [*later.states.values()].count(state) for state in State} == counts
    for path, row in zip(paths, report_rows(ledger, sent.id), strict=True):
        assert most_telling({later.states[digest] for digest in path.digests}) == row.state
        assert later.top1.get(path.evaluate) == row.top1


def test_busy_slots_tell_the_rate_of_the_present_attempt(ledger: Engine) -> None:
    submit(ledger, 8)
    assert busy_slots(ledger) == []
    (dense,) = take(ledger, 1)
    (slot,) = busy_slots(ledger)
    assert (slot.worker, slot.slot, slot.digest, slot.images_per_s) == (WORKERS[0], SLOTS[0], dense.digest, None)
    train(ledger, dense, 3)
    (slot,) = busy_slots(ledger)
    assert slot.images_per_s is not None and 1800 < slot.images_per_s < 2100
    curve = stage_curves(ledger, [dense.digest, "0" * 64])
    assert [epoch.epoch for epoch in curve[dense.digest]] == [1, 2, 3] and len(curve) == 1
    finish(ledger, dense)
    assert busy_slots(ledger) == []


def test_a_stages_facts_name_its_kin_and_who_wants_it(ledger: Engine) -> None:
    submit(ledger, 8)
    submit(ledger, 12, name="more")
    (dense,) = take(ledger, 1)
    facts = stage_facts(ledger, dense.digest)
    assert [sweep.name for sweep in facts.sweeps] == ["study", "more"], "the dense training is shared"
    assert facts.parents == () and {child.kind for child in facts.children} >= {"prune", "evaluate"}
    assert {child.state for child in facts.children} == {State.PENDING}
    finish(ledger, dense)
    broken = next(held for held in take(ledger, 30) if held.kind == "prune")
    break_(ledger, broken)
    facts = stage_facts(ledger, broken.digest)
    assert [(parent.digest, parent.state) for parent in facts.parents] == [(dense.digest, State.DONE)]
    assert {child.state for child in facts.children} == {State.CANCELLED}
    assert (facts.result, facts.latency, facts.saved) == (None, None, None)
    assert last_logs(ledger, [broken.digest]) == {broken.digest: LOG}
