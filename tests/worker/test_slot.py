"""What a slot makes of its trainer's words and deaths. The trainers are scripts that speak the protocol."""

import signal
import sys
import threading
import time
from dataclasses import replace

import pytest

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages as table
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from prunesweep.worker.context import StopReason, WorkerContext
from prunesweep.worker.incidents import Incidents
from prunesweep.worker.protocol import Done, Epoch, Failed, Owner, Progress, Ready, Saved, write_event
from prunesweep.worker.retry import LedgerRetry
from prunesweep.worker.slot import Slot
from prunesweep.worker.slot_rest import SlotRest

STAGE = Sleep("one", 0.0)
CHILD = Sleep("two", 0.0, (digest_of(encode(STAGE)),))
DIGEST, CHILD_DIGEST = (digest_of(encode(stage)) for stage in (STAGE, CHILD))
DONE = Done("", 0, 0.0, {}, {})


class Stand:
    """A slot on a ledger that holds STAGE and CHILD; published: the hints that it sent."""

    def __init__(self, settings, monkeypatch, tmp_path):
        self.engine = open_ledger(settings)
        encoded = {DIGEST: encode(STAGE), CHILD_DIGEST: encode(CHILD)}
        add_sweep(self.engine, Plan(GRIDS["demo"], (), {DIGEST: STAGE, CHILD_DIGEST: CHILD}, encoded), "one", "test")
        self.published, self.discarded = [], []
        ledger_retry = LedgerRetry(threading.Event())
        context = WorkerContext(
            settings,
            self.engine,
            "here:1",
            ledger_retry,
            self.published.extend,
            self.discarded.append,
            lambda: None,
            Incidents(),
        )
        self.slot = Slot("cpu", context)
        self._monkeypatch, self._program = monkeypatch, tmp_path / "trainer"

    def trainer(self, *answers):
        """From now on trainers are programs that answer a request with these events; None = by dying."""
        lines = [f"echo '{write_event(answer).decode().strip()}'" if answer else "kill -9 $$" for answer in answers]
        ready = write_event(Ready("cpu", "none", "0")).decode().strip()
        body = f"echo '{ready}'\nwhile read line; do\necho working >&2\n{chr(10).join(lines) or ':'}\ndone\n"
        self.program(body)
        self.slot.keep_warm()
        while not self.slot.ready:
            time.sleep(0.01)

    def program(self, body):
        self._program.write_text(f"#!/bin/sh\n{body}")
        self._program.chmod(0o755)
        self._monkeypatch.setattr(sys, "executable", str(self._program))

    def row(self, digest=DIGEST):
        with self.engine.connect() as connection:
            return connection.execute(table.select().where(table.c.digest == digest)).one()


@pytest.fixture
def stand(settings, monkeypatch, tmp_path):
    stand = Stand(settings, monkeypatch, tmp_path)
    yield stand
    stand.slot.close(1.0)
    stand.engine.dispose()


def test_done_writes_the_row_and_hints_the_children(stand):
    stand.trainer(Epoch(1, 0.5, None, 0.1, 1.0, 10.0), DONE)
    assert stand.slot.run(DIGEST)
    assert stand.row().state == State.DONE
    assert stand.published == [CHILD_DIGEST]
    assert not stand.slot.run(DIGEST), "it is done; a second hint finds nothing"


def test_a_stage_that_cannot_succeed_fails_at_once(stand):
    stand.trainer(Failed("no such thing", "work"))
    stand.slot.run(DIGEST)
    assert (stand.row().state, stand.row().error) == (State.FAILED, "no such thing")
    assert stand.row(CHILD_DIGEST).state == State.CANCELLED


def test_a_failure_that_may_pass_is_tried_again(stand):
    stand.trainer(Failed("it surprised us", "unknown"))
    stand.slot.run(DIGEST)
    assert (stand.row().state, stand.row().failures) == (State.READY, 1)
    assert stand.row().not_before > 0


def test_a_trainer_that_dies_counts_as_a_crash_and_is_replaced(stand):
    stand.trainer(None)
    stand.slot.run(DIGEST)
    assert (stand.row().state, stand.row().failures) == (State.READY, 1)
    assert "SIGKILL" in stand.row().error
    while not stand.slot.ready:
        time.sleep(0.01)


def test_a_trainer_that_was_asked_to_end_by_others_is_no_crash(stand):
    stand.trainer(Saved("ab" * 32, 10, 1, 2))
    stand.program(stand._program.read_text().replace("done\n", "kill -TERM $$\ndone\n"))
    stand.slot._trainer.process.kill()
    while stand.slot.ready:
        time.sleep(0.01)
    stand.slot.keep_warm()
    while not stand.slot.ready:
        time.sleep(0.01)
    stand.slot.run(DIGEST)
    assert (stand.row().state, stand.row().failures) == (State.READY, 0)
    assert stand.row().losses == 1
    assert claim(stand.engine, DIGEST, "there:1", "cpu", "cpu", 60.0).snapshot == "ab" * 32


def test_what_a_saved_state_replaces_is_thrown_away_and_the_last_one_at_the_end(stand):
    stand.trainer(Saved("aa" * 32, 10, 1, 0), Saved("bb" * 32, 10, 2, 0), DONE)
    stand.slot.run(DIGEST)
    assert [name for name in stand.discarded if name] == ["aa" * 32, "bb" * 32]


def test_a_spent_trainer_gets_no_other_stage(stand):
    stand.trainer(replace(DONE, spent=True))
    before = stand.slot._trainer.process.pid
    stand.slot.run(DIGEST)
    while not stand.slot.ready:
        time.sleep(0.01)
    assert stand.slot._trainer.process.pid != before
    assert stand.row().state == State.DONE and stand.row().failures == 0


def test_a_stage_that_crashes_each_time_is_quarantined_after_exactly_so_many_attempts(stand, settings):
    quick = replace(settings, lease=0.3, heartbeat=0.1, max_attempts=3)
    stand.slot._context = replace(stand.slot._context, settings=quick)
    stand.trainer(None)
    for number in (1, 2, 3):
        while not (stand.slot.ready and stand.slot.run(DIGEST)):
            time.sleep(0.01)
        assert (stand.row().attempt, stand.row().failures) == (number, number)
    assert stand.row().state == State.QUARANTINED
    assert stand.row(CHILD_DIGEST).state == State.CANCELLED
    last = stage_log(stand.engine, DIGEST).attempts[-1]
    assert (last.attempt, last.outcome) == (3, "QUARANTINED")
    assert "working" in last.log, "its last lines are kept"


def test_facts_that_the_ledger_refuses_fail_the_stage(stand):
    stand.trainer(Done("", 0, 0.0, {"loss": float("inf")}, {}))
    stand.slot.run(DIGEST)
    assert stand.row().state == State.FAILED
    assert "loss is inf" in stand.row().error


def test_a_slot_whose_trainer_does_not_start_claims_nothing(stand):
    stand.program("echo no torch here >&2; exit 1\n")
    stand.slot.keep_warm()
    stand.slot._trainer._start.result()
    assert not stand.slot.ready
    assert not stand.slot.run(DIGEST)
    assert stand.row().state == State.READY and stand.row().attempt == 0


@pytest.mark.parametrize(
    ("stop_reason", "state"),
    [(StopReason.RELEASE, State.READY), (StopReason.CANCEL, State.READY), (StopReason.LOST, State.RUNNING)],
)
def test_a_verdict_stops_the_stage_and_writes_what_it_asks_for(stand, stop_reason, state):
    """Without the cancel flag in the ledger, a cancelled stage is somebody's again, so READY."""
    stand.trainer()
    runner = threading.Thread(target=stand.slot.run, args=(DIGEST,))
    runner.start()
    while stand.slot.held is None:
        time.sleep(0.01)
    stand.slot.stop(stop_reason)
    runner.join()
    assert stand.row().state == state
    assert stand.row().failures == 0
    assert stand.slot.held is None


def test_a_heartbeat_that_finds_the_stage_done_does_not_hit_the_next_one(stand, monkeypatch):
    stand.trainer(DONE)

    def complete_and_beat(*arguments, **named):
        ready = complete(*arguments, **named)
        stand.slot.stop(StopReason.LOST, stand.slot.held)
        return ready

    monkeypatch.setattr("prunesweep.worker.attempt.complete", complete_and_beat)
    for digest in (DIGEST, CHILD_DIGEST):
        assert stand.slot.run(digest)
        assert (stand.row(digest).state, stand.row(digest).attempt) == (State.DONE, 1)


def test_the_log_of_a_running_stage_can_be_read(stand):
    stand.trainer()
    runner = threading.Thread(target=stand.slot.run, args=(DIGEST,))
    runner.start()
    log = ""
    while "working" not in log:
        stand.slot.save_log()
        with stand.engine.connect() as connection:
            log = connection.exec_driver_sql("SELECT coalesce(max(log), '') FROM attempts").scalar_one()
    stand.slot.close(5.0)
    runner.join()
    assert stand.row().state == State.READY


BROKEN = Failed("AcceleratorError: CUDA error: an illegal memory access", Owner.MACHINE, spent=True)


def test_a_machine_that_fails_costs_the_stage_no_crash_and_the_slot_a_rest(stand):
    stand.trainer(BROKEN)
    stand.slot.run(DIGEST)
    row = stand.row()
    assert (row.state, row.failures, row.losses) == (State.READY, 0, 1)
    assert row.error == BROKEN.reason
    assert not stand.slot.ready
    assert "illegal memory access" in stand.slot._context.troubles.now()["cpu"]
    assert not stand.slot.out, "it only rests"


def test_a_slot_whose_machine_fails_again_and_again_withdraws(stand):
    stand.slot._rest = SlotRest(0.0, time.monotonic)
    stand.slot._context = replace(stand.slot._context, settings=replace(stand.slot._context.settings, lease=0.001))
    stand.trainer(BROKEN)
    with stand.engine.begin() as connection:
        connection.execute(table.update().where(table.c.digest == CHILD_DIGEST).values(state=State.READY))
    for digest in (DIGEST, CHILD_DIGEST, DIGEST):
        while not (stand.slot.ready and stand.slot.run(digest)):
            stand.slot.keep_warm()
            time.sleep(0.01)
    assert stand.slot.out
    assert "3 errors of its machine in a row" in stand.slot._context.troubles.now()["cpu"]
    assert not stand.slot.ready
    assert (stand.row().failures, stand.row().losses) == (0, 2)


def test_one_stage_alone_takes_no_slot_out_of_work(stand):
    rest = SlotRest(0.0, time.monotonic)
    for _ in range(10):
        rest.failed(DIGEST, "ECC")
    rest.failed(CHILD_DIGEST, "out of memory", may_withdraw=False)
    assert not rest.withdrawn
    rest.failed(CHILD_DIGEST, "ECC")
    assert rest.withdrawn


def test_a_trainer_that_its_driver_aborts_blames_the_machine(stand):
    stand.trainer(None)
    stand.program(stand._program.read_text().replace("echo working", "echo 'what(): CUDA error: ECC error'"))
    stand.slot._trainer.process.kill()
    while stand.slot.ready:
        time.sleep(0.01)
    while not stand.slot.ready:
        stand.slot.keep_warm()
        time.sleep(0.01)
    stand.slot.run(DIGEST)
    assert (stand.row().state, stand.row().failures, stand.row().losses) == (State.READY, 0, 1)
    assert not stand.slot.ready


def test_a_trainer_that_makes_no_progress_is_ended_and_counts_as_a_crash(stand):
    context = stand.slot._context
    stand.slot._context = replace(context, settings=replace(context.settings, silence=0.2))
    stand.trainer(Progress("training"))
    runner = threading.Thread(target=stand.slot.run, args=(DIGEST,))
    runner.start()
    while stand.slot.held is None or stand.slot._trainer.process.log.last_line() != "working":
        time.sleep(0.01)
    stand.slot._trainer.process._process.send_signal(signal.SIGSTOP)
    while runner.is_alive():
        stand.slot.look()
        time.sleep(0.01)
    assert (stand.row().state, stand.row().failures) == (State.READY, 1)
    assert "silent for" in stand.row().error and "while training" in stand.row().error


def test_a_trainer_that_does_not_come_up_has_a_deadline(stand, monkeypatch):
    monkeypatch.setattr("prunesweep.worker.warm_trainer._START_SECONDS", 0.2)
    context = stand.slot._trainer._context
    stand.slot._trainer._context = replace(context, settings=replace(context.settings, silence=0.2))
    stand.program("exec sleep 600\n")
    stand.slot.keep_warm()
    while not stand.slot._trainer._start.done():
        stand.slot.look()
        time.sleep(0.01)
    assert "silent for" in context.troubles.now()["cpu"]


def test_a_ledger_that_is_away_is_no_silence_of_the_trainer(stand, monkeypatch):
    """The slot waits for the ledger, and so hears nothing; its trainer may be at work all the while."""
    context = stand.slot._context
    stand.slot._context = replace(context, settings=replace(context.settings, silence=0.1))
    written = threading.Event()

    def wait(*_arguments, **_named):
        for _ in range(30):
            stand.slot.look()
            time.sleep(0.01)
        written.set()
        return True

    monkeypatch.setattr("prunesweep.worker.attempt.record_epoch", wait)
    stand.trainer(Epoch(1, 1.0, None, 0.1, 1.0, 1.0), DONE)
    stand.slot.run(DIGEST)
    assert written.is_set()
    assert stand.row().state == State.DONE


def test_a_trainer_has_as_long_to_save_as_saving_took_before(stand, monkeypatch):
    """One that needs a second is not killed after a tenth of one, when its last saving took two."""
    monkeypatch.setattr("prunesweep.worker.warm_trainer.GRACE", 0.1)
    stand.slot._trainer.saving_seconds = 0.0
    ready, first, last = (
        write_event(event).decode().strip()
        for event in (
            Ready("cpu", "none", "0"),
            Saved("aa" * 32, 10, 1, 0, seconds=2.0),
            Saved("bb" * 32, 10, 1, 5, seconds=2.0),
        )
    )
    words = stand._program.with_name("last")
    words.write_text(f"{last}\n")
    trap = f"trap 'sleep 1; cat {words}; trap - TERM; kill -TERM $$' TERM"
    stand.program(f"{trap}\necho '{ready}'\nread line\necho '{first}'\nwhile :; do sleep 0.1; done\n")
    stand.slot.keep_warm()
    while not stand.slot.ready:
        time.sleep(0.01)
    runner = threading.Thread(target=stand.slot.run, args=(DIGEST,))
    runner.start()
    while stand.slot._trainer.saving_seconds < 2.0:
        time.sleep(0.01)
    assert 4.0 <= stand.slot.grace <= 20.0
    stand.slot.stop(StopReason.RELEASE)
    runner.join()
    assert claim(stand.engine, DIGEST, "there:1", "cpu", "cpu", 60.0).snapshot == "bb" * 32
