"""Calls to a ledger that is away for a while."""

import threading

from sqlalchemy import create_engine, text

from worker.patience import GIVEN_UP, Patience


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
    assert Patience(threading.Event()).call(insert, engine) == "written"
    engine.dispose()


def test_it_gives_up_when_the_worker_stops(tmp_path):
    engine, holder = locked_database(tmp_path / "b.sqlite3")
    stopping = threading.Event()
    threading.Timer(0.3, stopping.set).start()
    assert Patience(stopping).call(insert, engine) is GIVEN_UP
    holder.close()
    assert Patience(stopping).call(insert, engine) == "written"
    engine.dispose()
