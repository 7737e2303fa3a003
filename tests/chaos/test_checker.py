"""The checker finds what it is there to find: each broken promise, in a history that is otherwise good."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.progress import record_epoch
from tests.chaos import checker, costs, work
from tests.chaos.faults import Strike
from tests.chaos.history import Entry, keep_history, read_history
from tests.chaos.verdict import Evidence, judge
from tests.ledger.conftest import World

STAGE = "ab" * 32


def change(old, new, attempt, at, before=None):
    return Entry("stage", STAGE, old, new, attempt, attempt if before is None else before, None, None, at)


def metric(attempt, epoch, at, *, state="RUNNING", held=None):
    return Entry("metric", STAGE, None, state, held or attempt, attempt, epoch, 2.0, at)


def snapshot(attempt, epoch, at, *, state="RUNNING", held=None):
    return Entry("snapshot", STAGE, None, state, held or attempt, attempt, epoch, 3.0, at)


GOOD = (
    Entry("stage", STAGE, None, "PENDING", 0, None, None, None, 0.0),
    change("PENDING", "READY", 0, 1.0),
    change("READY", "RUNNING", 1, 10.0, before=0),
    metric(1, 1, 13.0),
    snapshot(1, 1, 14.0),
    change("RUNNING", "READY", 1, 20.0),
    change("READY", "RUNNING", 2, 21.0, before=1),
    metric(2, 2, 24.0),
    change("RUNNING", "DONE", 2, 26.0),
    Entry("result", STAGE, None, "DONE", 2, None, None, None, 26.0),
    Entry("forgot", STAGE, None, None, None, 1, None, None, 26.0),
)
KILL = Strike(1, "worker kill", 15.0, 4711, ((STAGE, 1),), direct=True)


def evidence(history=GOOD, **changes):
    good = Evidence(
        ledger="sqlite",
        seed=1,
        seconds=30.0,
        history=history,
        strikes=[KILL],
        wanted=frozenset([STAGE]),
        rows=(3, 3),
        different=[],
        damaged=[],
        orphans=[],
        notes=[],
        lease=6.0,
        interval=1.0,
    )
    return replace(good, **changes)


def test_a_good_history_keeps_every_promise():
    verdict = judge(evidence())
    assert verdict.ok and verdict.broken == () and verdict.notes == ()
    assert verdict.facts["faults"] == {"worker kill": 1}
    assert (verdict.facts["attempts_ended"], verdict.facts["attempts_resumed"]) == (1, 1)
    assert (verdict.facts["redone_max_s"], verdict.facts["rerun_p99_s"]) == (1.0, 6.0)
    assert (verdict.facts["rows_identical"], verdict.facts["ok"]) == ([3, 3], True)
    assert "\n" not in verdict.line()


@pytest.mark.parametrize(
    ("number", "entry", "broken"),
    [
        (1, change("PENDING", "RUNNING", 1, 1.0, before=0), "illegal change PENDING → RUNNING"),
        (2, change("READY", "RUNNING", 2, 10.0, before=0), "attempt 0 → 2 at READY → RUNNING"),
        (2, change("READY", "RUNNING", 0, 10.0), "attempt 0 → 0 at READY → RUNNING"),
        (5, change("RUNNING", "READY", 2, 20.0, before=1), "attempt 1 → 2 at RUNNING → READY"),
        (8, change("RUNNING", "FAILED", 2, 26.0), "stage lost: abababababab: FAILED"),
        (8, change("RUNNING", "QUARANTINED", 2, 26.0), "stage lost: abababababab: QUARANTINED"),
        (8, change("RUNNING", "READY", 2, 26.0), "stage lost: abababababab: READY"),
        (7, metric(1, 2, 24.0, held=2), "stale metric of epoch 2 by attempt 1, the stage is RUNNING in attempt 2"),
        (7, metric(2, 2, 24.0, state="DONE"), "stale metric of epoch 2 by attempt 2, the stage is DONE"),
        (4, snapshot(1, 1, 20.5, state="READY"), "stale snapshot of epoch 1 by attempt 1, the stage is READY"),
        (7, metric(2, 1, 24.0), "work thrown away: abababababab: attempt 2 trained epoch 1 again, 1 were saved"),
        (9, replace(GOOD[9], new="RUNNING"), "a result for a stage that is RUNNING"),
    ],
)
def test_a_broken_history_is_found_out(number, entry, broken):
    history = [*GOOD[:number], entry, *GOOD[number + 1 :]]
    verdict = judge(evidence(history))
    assert not verdict.ok and verdict.facts["ok"] is False
    assert any(broken in line for line in verdict.broken), verdict.broken


@pytest.mark.parametrize(
    ("more", "broken"),
    [
        (change("DONE", "RUNNING", 3, 27.0, before=2), "illegal change DONE → RUNNING"),
        (change("DONE", "DONE", 2, 27.0), "illegal change DONE → DONE"),
        (GOOD[8], "DONE 2 times"),
        (GOOD[9], "2 results"),
    ],
)
def test_a_stage_that_goes_on_after_its_end_is_found_out(more, broken):
    lines = judge(evidence([*GOOD, more])).broken
    assert any(broken in line for line in lines), lines


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"wanted": frozenset([STAGE, "cd" * 32])}, "stage lost: cdcdcdcdcdcd: not in the ledger"),
        ({"rows": (2, 3)}, "rows: only 2 of 3"),
        ({"different": ["cell 1: undisturbed 1, here 2"]}, "different: cell 1"),
        ({"damaged": ["artifact abc is not in the store"]}, "artifact: artifact abc"),
        ({"orphans": [99]}, "orphan: trainer 99"),
        ({"strikes": [replace(KILL, at=14.0 - 14.0 + 9.0)], "lease": -9.0}, "rerun: abababababab, attempt 1"),
    ],
)
def test_everything_else_that_is_promised(changes, broken):
    lines = judge(evidence(**changes)).broken
    assert any(line.startswith(broken) for line in lines), lines


def slow(moved):
    """The good history, its kill and all that follows `moved` seconds later: so much more was lost."""
    later = [entry if entry.at < 15.0 else replace(entry, at=entry.at + moved) for entry in GOOD]
    return later, replace(KILL, at=KILL.at + moved)


def test_work_that_was_never_saved_is_found_out_and_outages_excuse_it():
    history, kill = slow(20.0)
    (loss,) = costs.losses(history, [kill], 1.0)
    assert (loss.redone, loss.limit, loss.rerun) == (21.0, 1.0 + 2.0 + costs.SETTLING, 6.0)
    assert any(line.startswith("redone: ") for line in judge(evidence(history, strikes=[kill])).broken)
    assert judge(evidence(history, strikes=[kill], timed=False)).ok
    outages = [
        Strike(2, "store stop", 16.0, 1, (), direct=False, until=26.0),
        Strike(3, "ledger lock", 24.0, 1, (), direct=False, until=30.0),
        Strike(4, "queue lost", 15.0, 1, (), direct=False, until=35.0),
    ]
    (loss,) = costs.losses(history, [kill, *outages], 1.0)
    assert loss.redone == 21.0 - 14.0


def test_a_fault_on_the_process_is_blamed_before_one_on_a_server():
    outage = Strike(2, "ledger restart", 17.0, 0, ((STAGE, 1),), direct=False, until=18.0)
    (loss,) = costs.losses(GOOD, [KILL, outage], 1.0)
    assert (loss.fault, loss.kind) == (1, "worker kill")
    (loss,) = costs.losses(GOOD, [outage], 1.0)
    assert loss.kind == "ledger restart"


def test_recovery_is_told_from_the_cure_to_the_first_progress_of_what_was_hit():
    other = Entry("metric", "cd" * 32, None, "RUNNING", 1, 1, 1, 2.0, 16.0)
    history = (*GOOD[:5], other, *GOOD[5:])
    assert costs.recoveries(history, [KILL]) == {"worker kill": [9.0]}
    assert costs.recoveries(history, [replace(KILL, until=25.0)]) == {"worker kill": [1.0]}
    assert costs.recoveries(history, [replace(KILL, hits=(), kind="queue flush")]) == {"queue flush": [1.0]}
    assert costs.recoveries(history, [replace(KILL, until=99.0)]) == {}


def test_a_lost_attempt_that_nothing_had_hit_is_told():
    verdict = judge(evidence(strikes=[]))
    assert verdict.ok and "attempt 1 was lost without a fault" in verdict.notes[0]


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_percentiles_are_nearest_rank(percent, value):
    assert costs.percentile(list(range(100, 0, -1)), percent) == value


def test_tables_that_differ_are_told_apart():
    table = {"cell": {1: {"top1": 0.5}}, "artifact": {STAGE: ("aa", 1, None)}}
    assert work.differences(table, table) == []
    other = {"cell": {1: {"top1": 0.6}}, "artifact": {}}
    assert len(work.differences(table, other)) == 2
    assert len(work.differences(other, table)) == 2


def test_both_databases_note_what_happens(ledger):
    """The history of a real ledger: a claim, writes of the holder, and one that no code of ours would make."""
    world = World(ledger)
    keep_history(ledger)
    try:
        world.submit({"one": []})
        digest = world.digests["one"]
        taken = world.claim("one")
        facts = {"loss": 1.0, "top1": 0.5, "lr": 0.1, "seconds": 2.5, "images_per_s": 10.0}
        assert record_epoch(world.engine, digest, taken.attempt, epoch=1, **facts)
        assert record_epoch(world.engine, digest, taken.attempt, epoch=1, **facts)
        saved = {"artifact": "cd" * 32, "artifact_bytes": 1, "epoch": 1, "step": 4}
        record_snapshot(world.engine, digest, taken.attempt, **saved)
        world.done(taken)
        with world.engine.begin() as connection:
            connection.execute(text("UPDATE metrics SET attempt = 7"))
        assert claim(world.engine, digest, "w", "cpu", "cpu", 1.0) is None
        history = read_history(world.engine)
    finally:
        forget(world.engine)
    told = [(entry.what, entry.old, entry.new, entry.attempt, entry.wrote) for entry in history]
    assert told == [
        ("stage", None, "PENDING", 0, None),
        ("stage", "PENDING", "READY", 0, 0),
        ("stage", "READY", "RUNNING", 1, 0),
        ("metric", None, "RUNNING", 1, 1),
        ("metric", None, "RUNNING", 1, 1),
        ("snapshot", None, "RUNNING", 1, 1),
        ("stage", "RUNNING", "DONE", 1, 1),
        ("forgot", None, None, None, 1),
        ("metric", None, "DONE", 1, 7),
    ]
    assert history[3].value == 2.5 and (history[5].epoch, history[5].value) == (1, 4.0)
    assert [entry.at for entry in history] == sorted(entry.at for entry in history)
    assert len(checker.stale_writes(history)) == 1
    assert not checker.illegal_changes(history) and not checker.lost_stages(history, [digest])


def forget(engine):
    """The ledger on PostgreSQL is other tests' as well."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION chaos_note CASCADE"))
        connection.execute(text("DROP TABLE chaos_history"))
