"""A call that a database does not answer is ended from another thread."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from prunesweep.core.ledger.db.open_connections import OpenConnections


def test_a_call_without_an_answer_ends_and_the_next_one_gets_through(postgres_database: Callable[[], str]) -> None:
    engine = create_engine(postgres_database())
    with engine.connect() as before:  # what was opened before it is watched as well, once it is used again
        assert before.execute(text("SELECT 1")).scalar() == 1
    connections = OpenConnections(engine)
    begun = threading.Event()

    def wait() -> None:
        with engine.connect() as connection:
            begun.set()
            connection.execute(text("SELECT pg_sleep(600)"))

    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(wait)
        assert begun.wait(60)
        assert connections.cut(3600.0) == 0
        cut = 0
        while not call.done():
            cut += connections.cut(0.0)
            time.sleep(0.01)
        assert cut > 0
        with pytest.raises(OperationalError):
            call.result()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2
    assert connections.cut(0.0) == 0  # nobody uses one
    engine.dispose()
