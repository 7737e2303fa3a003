"""The supervisor: when it may take others' stages back, and that nothing ends it."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import NullPool, create_engine, select, text

from prunesweep.core.broker.app import make_app
from prunesweep.core.broker.embedded import Broker
from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.engine import open_ledger, wait_briefly
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.queue.claims import claim, heartbeat
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import register
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from prunesweep.worker.incidents import Incidents
from prunesweep.worker.reap_guard import ReapGuard
from prunesweep.worker.supervisor import TICK, Supervisor
from prunesweep.worker.watchdog import Watchdog
from tests.clocks import SteppedClock

LEASE, HEARTBEAT = 60.0, 10.0


def reap_guard(*beats):
    made = ReapGuard(LEASE, HEARTBEAT)
    for moment in beats:
        made.beat(moment)
    return made


def test_who_has_not_beaten_yet_reaps_nothing():
    assert not reap_guard().may_reap(1e9)


def test_a_new_worker_waits_until_all_that_live_have_beaten():
    made = reap_guard(100.0)
    assert not made.may_reap(119.0)
    made.beat(110.0)
    assert made.may_reap(120.0)


def test_after_an_outage_it_waits_for_a_lease():
    made = reap_guard(100.0, 110.0, 120.0, *map(float, range(220, 280, 10)))
    assert not made.may_reap(279.0)
    made.beat(280.0)
    assert made.may_reap(280.0)


def test_what_waited_between_a_heartbeat_and_the_reaper_was_an_outage():
    """It took back its own stage: a step between the two had waited for a locked ledger, and then the reaper did."""
    made = reap_guard(100.0, 110.0, 120.0, 130.0)
    assert made.may_reap(130.0 + LEASE / 2)
    assert not made.may_reap(130.0 + LEASE / 2 + 1.0)


def test_an_outage_that_every_lease_outlived_is_none():
    made = reap_guard(100.0, 110.0, 120.0, 149.0)
    assert made.may_reap(149.0)


@pytest.mark.parametrize(("lease", "heartbeat"), [(60.0, 30.0), (4.0, 0.2), (60.0, 10.0)])
def test_steady_beats_are_never_taken_for_trouble(lease, heartbeat):
    made = ReapGuard(lease, heartbeat)
    for number in range(10):
        made.beat(number * heartbeat * 1.2)
    assert made.may_reap(10 * heartbeat * 1.2)


class Stub:
    """A slot that is busy with a stage, or not; everything else about it fails."""

    device = name = "cpu"
    held = None
    out = False
    open = True
    silent_seconds = 0.0

    def __init__(self):
        self.closed = threading.Event()
        self.looked = threading.Semaphore(0)

    @property
    def progressing(self):
        return self.held

    def look(self):
        pass

    def stop(self, stop_reason, of=None):
        raise AssertionError("a stage was stopped")

    def keep_warm(self):
        self.looked.release()
        raise RuntimeError("no thread to be had")

    def save_log(self):
        raise MemoryError

    def free_for(self):
        raise ZeroDivisionError

    def begin_close(self):
        self.closed.set()
        raise RuntimeError("it does not close")


@pytest.fixture
def supervisor(ledger_settings):
    """`start(*slots)` starts a supervisor on the test's ledger, with a heartbeat every 20 ms, `end()` ends it."""
    settings = replace(ledger_settings, lease=1.0, heartbeat=0.02, broker_url="redis://127.0.0.1:1/0")
    engine = open_ledger(settings)
    wait_briefly(engine, 0.05)
    register(engine, "me", "here", 1, ["cpu"], "0")
    app, stopping, started = make_app(settings), threading.Event(), []

    def start(*slots, lease=1.0):
        own = replace(settings, lease=lease)
        context = SimpleNamespace(settings=own, engine=engine, worker="me", publish=list, troubles=Incidents())
        started.append(Supervisor(context, app, slots, Broker(settings), stopping, Watchdog(TICK), lambda: None))
        started[-1].start()

    def end():
        stopping.set()
        for one in started:
            one.wake()
            one.join(300)
            assert not one._thread.is_alive()

    yield SimpleNamespace(engine=engine, start=start, end=end)
    end()
    engine.dispose()
    app.close()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_nothing_ends_it_before_the_worker_does(supervisor, caplog):
    first, second = Stub(), Stub()
    supervisor.start(first, second)
    for _ in range(5):
        assert first.looked.acquire(timeout=3000)
    assert not first.closed.is_set()
    assert "dispatch: " in caplog.text
    assert "logs: MemoryError" in caplog.text


def test_a_broker_that_is_away_does_not_work_again_because_nobody_needs_it(supervisor, caplog):
    """A slot was free, then it is not."""
    slot, looks = Stub(), iter((1.0, 1.0))
    slot.free_for = lambda: next(looks, 0.0)
    supervisor.start(slot)
    for _ in range(8):
        assert slot.looked.acquire(timeout=3000)
    told = [record.getMessage() for record in caplog.records if record.getMessage().startswith("dispatch: ")]
    assert len(told) == 1 and told[0].endswith("; trying again"), told


def test_at_its_end_every_slot_is_closed(supervisor):
    slots = Stub(), Stub()
    supervisor.start(*slots)
    supervisor.end()
    assert all(slot.closed.is_set() for slot in slots)


def hold(engine, name):
    """Another worker's stage, whose lease has run out long ago."""
    stage = Sleep(name, 0.0)
    digest = digest_of(encode(stage))
    add_sweep(engine, Plan(GRIDS["demo"], (), {digest: stage}, {digest: encode(stage)}), name, "0")
    return claim(engine, digest, "other", "cpu", "cpu", -5.0)


def renewed(engine, taken):
    """True when the lease runs again; the stage must not have been taken back."""
    query = select(stages.c.state, stages.c.attempt, stages.c.lease_until > DatabaseNow()).where(
        stages.c.digest == taken.digest
    )
    with engine.connect() as connection:
        state, attempt, runs = connection.execute(query).one()
    assert (state, attempt) == ("RUNNING", 1)
    return runs


def until_renewed(engine, taken):
    deadline = time.monotonic() + 300
    while not renewed(engine, taken):
        assert time.monotonic() < deadline, "the lease was not renewed"
        time.sleep(0.02)


@pytest.fixture
def busy():
    """A slot that lets itself be looked after."""
    slot = Stub()
    slot.keep_warm = slot.looked.release
    return slot


@pytest.mark.parametrize("hours", [2, -2])
def test_a_step_of_the_ledgers_clock_takes_no_stage_from_those_who_live(supervisor, busy, hours, tmp_path, caplog):
    """Another worker holds a stage, and is slow to beat again; the lease of a third had run out before."""
    clock = SteppedClock(supervisor.engine, tmp_path / "clock")
    try:
        lost, peers = hold(supervisor.engine, "lost"), hold(supervisor.engine, "peers")
        heartbeat(supervisor.engine, "other", [(peers.digest, peers.attempt)], 600.0)
        supervisor.start(busy, lease=600.0)
        until(lambda: "lease expired" in caplog.text)
        clock.jump(hours * 3_600.0)
        until(lambda: "clock was stepped" in caplog.text)
        for _ in range(5):
            assert busy.looked.acquire(timeout=300)
        assert heartbeat(supervisor.engine, "other", [(peers.digest, peers.attempt)], 600.0)[0].held
        assert not heartbeat(supervisor.engine, "other", [(lost.digest, lost.attempt)], 600.0)[0].held
    finally:
        supervisor.end()
        clock.remove()


def until(true):
    deadline = time.monotonic() + 300
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("ledger_settings", ["sqlite"], indirect=True)
def test_a_lease_that_ran_out_while_the_ledger_was_locked_is_renewed(supervisor, busy):
    busy.held = hold(supervisor.engine, "mine")
    holder = create_engine(supervisor.engine.url)
    with holder.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        supervisor.start(busy)
        for _ in range(10):
            assert busy.looked.acquire(timeout=300)
        assert not renewed(supervisor.engine, busy.held)
    holder.dispose()
    until_renewed(supervisor.engine, busy.held)


@pytest.mark.parametrize("ledger_settings", ["postgres"], indirect=True)
def test_it_goes_on_when_the_server_drops_its_connections(supervisor, busy, request):
    busy.held = hold(supervisor.engine, "mine")
    supervisor.start(busy)
    until_renewed(supervisor.engine, busy.held)
    drop = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with request.getfixturevalue("postgres").connect() as admin:
        admin.execute(drop, {"name": supervisor.engine.url.database})
    query = select(stages.c.lease_until).where(stages.c.digest == busy.held.digest)
    # Not the supervisor's own engine: it mends its pool itself, and to empty that here would leave open what is in use.
    looker = create_engine(supervisor.engine.url, poolclass=NullPool)
    with looker.connect() as connection:
        before = connection.execute(query).scalar_one()

    def prolonged() -> bool:
        with looker.connect() as connection:
            return connection.execute(query).scalar_one() > before

    until(prolonged)


@pytest.mark.parametrize("step", [7_200.0, -7_200.0, 11.0, -11.0])
def test_after_a_step_of_the_ledgers_clock_it_waits_for_a_lease(step):
    made = reap_guard(100.0, 110.0, 120.0)
    assert made.clock(120.0, 5_000.0, 0.1) == 0.0
    made.beat(130.0)
    assert made.clock(130.0, 5_010.0 + step, 0.1) == pytest.approx(step, abs=0.2)
    for moment in range(140, 190, 10):
        made.beat(float(moment))
        assert not made.may_reap(moment + 9.0)
    made.beat(190.0)
    assert made.may_reap(190.0)


def test_slow_answers_and_small_steps_are_no_trouble():
    made = reap_guard(*map(float, range(100, 171, 10)))
    for now, ledger, doubt in ((120.0, 5_000.0, 0.0), (160.0, 5_010.0, 30.0), (170.0, 5_055.0, 0.0)):
        assert made.clock(now, ledger, doubt) == 0.0
    assert made.may_reap(170.0)
