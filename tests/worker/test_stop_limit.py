"""The last resort of a worker that is to stop and does not."""

import threading

import pytest
from sqlalchemy import create_engine

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
    assert not left.wait(0.3)  # nobody has told it to stop
    stopping.set()
    assert left.wait(60)
    assert done == ["killed", stop_limit.EXIT_CODE]
