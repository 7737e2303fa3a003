"""Calls that a ledger does not answer, and the last resort of a worker that is to stop and does not."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from prunesweep.core.ledger.db.open_connections import OpenConnections
from prunesweep.worker import stop_limit
from prunesweep.worker.stop_limit import StopLimit


def test_a_worker_that_does_not_stop_kills_its_trainers_and_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_limit, "STOP_SECONDS", 0.1)
    done: list[object] = []
    stopping, left = threading.Event(), threading.Event()

    def leave(code: int) -> None:
        done.append(code)
        left.set()

    connections = OpenConnections(create_engine("sqlite://"))
    limit = StopLimit(stopping, connections, lambda: 0.0, lambda: done.append("killed"), leave)
    limit.start()
    assert not left.wait(0.3)  # nobody has asked it to stop
    stopping.set()
    assert left.wait(60)
    assert done == ["killed", stop_limit.EXIT_CODE]


def test_a_working_worker_gives_up_a_call_without_an_answer_and_asks_again(
    postgres_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stop_limit, "CALL_SECONDS", 0.2)
    monkeypatch.setattr(stop_limit, "_SELDOM_SECONDS", 0.05)
    engine = create_engine(postgres_database())
    stopping, left = threading.Event(), threading.Event()
    limit = StopLimit(stopping, OpenConnections(engine), lambda: 0.0, left.set, lambda code: None)
    limit.start()
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(600)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2
    assert not left.is_set(), "it works on"
    monkeypatch.setattr(stop_limit, "STOP_SECONDS", 0.0)
    stopping.set()
    assert left.wait(60)
    engine.dispose()
