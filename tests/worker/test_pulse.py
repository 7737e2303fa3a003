"""The pulse: when it may take others' stages back, and that nothing ends it."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from core.broker.app import make_app
from core.broker.embedded import Broker
from core.ledger.claims import claim
from core.ledger.engine import open_ledger, wait_briefly
from core.ledger.submit import add_sweep
from core.ledger.workers import register
from core.plan.dag import Plan
from core.plan.grids import GRIDS
from core.plan.stages import Sleep, digest_of, encode
from worker.pulse import Calm, Pulse

LEASE, HEARTBEAT = 60.0, 10.0


def calm(*beats):
    made = Calm(LEASE, HEARTBEAT)
    for moment in beats:
        made.beat(moment)
    return made


def test_who_has_not_beaten_yet_reaps_nothing():
    assert not calm().may_reap(1e9)


def test_a_new_worker_waits_until_all_that_live_have_beaten():
    made = calm(100.0)
    assert not made.may_reap(119.0)
    made.beat(110.0)
    assert made.may_reap(120.0)


def test_after_an_outage_it_waits_for_a_lease():
    made = calm(100.0, 110.0, 120.0, 220.0, 230.0)
    assert not made.may_reap(279.0)
    assert made.may_reap(280.0)


def test_an_outage_that_every_lease_outlived_is_none():
    made = calm(100.0, 110.0, 120.0, 149.0)
    assert made.may_reap(149.0)


@pytest.mark.parametrize(("lease", "heartbeat"), [(60.0, 30.0), (4.0, 0.2), (60.0, 10.0)])
def test_steady_beats_are_never_taken_for_trouble(lease, heartbeat):
    made = Calm(lease, heartbeat)
    for number in range(10):
        made.beat(number * heartbeat * 1.2)
    assert made.may_reap(10 * heartbeat * 1.2)


class Stub:
    """A slot that is busy with a stage, or not; everything else about it fails."""

    device = "cpu"
    held = None

    def __init__(self):
        self.closed = threading.Event()
        self.looked = threading.Semaphore(0)

    def stop(self, verdict, of=None):
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
def pulse_of(ledger_settings):
    """Starts a pulse on the test's ledger with the given slots; heartbeats every 20 ms."""
    settings = replace(ledger_settings, lease=1.0, heartbeat=0.02, broker_url="redis://127.0.0.1:1/0")
    engine = open_ledger(settings)
    wait_briefly(engine, 0.05)
    register(engine, "me", "here", 1, ["cpu"], "0")
    app, stopping, started = make_app(settings), threading.Event(), []

    def start(*slots):
        desk = SimpleNamespace(settings=settings, engine=engine, worker="me", publish=list)
        pulse = Pulse(desk, app, slots, Broker(settings), stopping)
        pulse.start()
        started.append(pulse)
        return engine

    yield start
    stopping.set()
    for pulse in started:
        pulse.wake()
        pulse.join(10)
        assert not pulse._thread.is_alive()
    engine.dispose()
    app.close()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_nothing_ends_it_before_the_worker_does(pulse_of, caplog):
    first, second = Stub(), Stub()
    pulse_of(first, second)
    for _ in range(5):
        assert first.looked.acquire(timeout=10)
    assert not first.closed.is_set()
    assert "dispatch failed" in caplog.text
    assert "logs failed" in caplog.text


def test_at_its_end_every_slot_is_closed(pulse_of, request):
    slots = Stub(), Stub()
    pulse_of(*slots)
    request.addfinalizer(lambda: [slot.closed.is_set() for slot in slots] == [True, True] or pytest.fail("not closed"))


def hold(engine, name):
    """Another worker's stage, whose lease has run out long ago."""
    stage = Sleep(name, 0.0)
    digest = digest_of(encode(stage))
    add_sweep(engine, Plan(GRIDS["demo"], (), {digest: stage}, {digest: encode(stage)}), name, "0")
    return claim(engine, digest, "other", "cpu", "cpu", -5.0)


def state_of(engine, taken):
    with engine.connect() as connection:
        query = text("SELECT state, attempt, lease_until FROM stages WHERE digest = :of")
        return connection.execute(query, {"of": taken.digest}).one()


def test_its_own_lease_is_renewed_when_it_ran_out_meanwhile(pulse_of):
    """And a ledger that is locked, or whose connections drop, does not keep it from beating for good."""
    slot = Stub()
    slot.keep_warm = slot.looked.release
    engine = pulse_of(slot)
    slot.held = taken = hold(engine, "mine")
    if engine.dialect.name == "sqlite":
        other = create_engine(engine.url)
        with other.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for _ in range(10):
                assert slot.looked.acquire(timeout=10)
        other.dispose()
    else:
        with engine.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            connection.execute(text(f"{others} AND datname = current_database()"))
    renewed = threading.Event()
    for _ in range(1000):
        state, attempt, until = state_of(engine, taken)
        assert (state, attempt) == ("RUNNING", 1)
        with engine.connect() as connection:
            clock = "extract(epoch from clock_timestamp())" if engine.dialect.name != "sqlite" else "unixepoch()"
            if until > float(connection.execute(text(f"SELECT {clock}")).scalar()):
                renewed.set()
                break
        slot.looked.acquire(timeout=1)
    assert renewed.is_set()
