"""Calls to a ledger that is away for a while."""

import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from prunesweep.core.ledger.db.engine import open_ledger, wait_briefly
from prunesweep.core.ledger.queue.workers import register
from prunesweep.worker.retry import GIVEN_UP, LedgerRetry, is_away


def locked_database(path):
    """An engine on a SQLite file, and a connection that keeps everybody else from writing to it."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.01})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE facts (x)"))
    holder = engine.connect()
    holder.exec_driver_sql("BEGIN IMMEDIATE")
    return engine, holder


def insert(engine):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO facts VALUES (1)"))
    return "written"


def test_it_waits_until_the_ledger_is_back(tmp_path):
    engine, holder = locked_database(tmp_path / "a.sqlite3")
    threading.Timer(0.3, holder.close).start()
    assert LedgerRetry(threading.Event()).call(insert, engine) == "written"
    engine.dispose()


def test_it_gives_up_when_the_worker_stops(tmp_path):
    engine, holder = locked_database(tmp_path / "b.sqlite3")
    stopping = threading.Event()
    threading.Timer(0.3, stopping.set).start()
    assert LedgerRetry(stopping).call(insert, engine) is GIVEN_UP
    holder.close()
    assert LedgerRetry(stopping).call(insert, engine) == "written"
    engine.dispose()


def test_a_worker_that_stops_asks_a_ledger_that_is_away_only_once(tmp_path):
    """A trainer's last words may be many, and each call may take seconds."""
    engine, holder = locked_database(tmp_path / "c.sqlite3")
    stopping = threading.Event()
    stopping.set()
    retry, asked = LedgerRetry(stopping), []

    def ask():
        asked.append("asked")
        return insert(engine)

    assert [retry.call(ask) for _ in range(3)] == [GIVEN_UP] * 3
    assert asked == ["asked"]
    holder.close()
    engine.dispose()


def test_a_locked_ledger_is_one_that_is_away(settings):
    engine = open_ledger(settings)
    wait_briefly(engine, 0.01)
    holder = create_engine(engine.url).connect()
    holder.exec_driver_sql("BEGIN IMMEDIATE")
    who = (engine, "me", "here", 1, ["cpu"], "0")
    with pytest.raises(OperationalError, match="database is locked") as error:
        register(*who)
    assert is_away(error.value)
    threading.Timer(0.3, holder.close).start()
    assert LedgerRetry(threading.Event()).call(register, *who) is None
    engine.dispose()


def test_a_server_that_drops_its_connections_is_away(postgres):
    engine = create_engine(postgres.url)
    with engine.connect() as connection, postgres.connect() as admin:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(OperationalError) as error:
            connection.execute(text("SELECT 1"))
    assert is_away(error.value)
    engine.dispose()


def test_a_pool_whose_connections_all_wait_is_away(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'c.sqlite3'}", pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect(), pytest.raises(Exception, match="QueuePool") as error:
        engine.connect()
    assert is_away(error.value)
    assert not is_away(ValueError())
    engine.dispose()
