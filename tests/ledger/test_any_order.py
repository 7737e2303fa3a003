"""Whatever happens in whatever order, the ledger's rules hold and every sweep ends."""

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.settings import load_settings
from tests.clocks import SteppedClock
from tests.ledger.play import ACTIONS, WEIGHTS, Player, finish
from tests.support.examples import examples

_OFTEN = tuple(action for action in ACTIONS for _ in range(WEIGHTS.get(action, 1)))


@st.composite
def graphs(draw) -> dict[str, list[str]]:
    """Up to seven stages, each with any of the earlier ones as parents."""
    labels = [f"s{n}" for n in range(draw(st.integers(1, 7)))]
    return {label: sorted(draw(st.sets(st.sampled_from(labels[:n])))) if n else [] for n, label in enumerate(labels)}


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("template")
    engine = open_ledger(load_settings({"SWEEP_HOME": str(home)}))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return home / "ledger.sqlite3"


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), actions=st.lists(st.sampled_from(_OFTEN), max_size=50), seed=st.integers(0, 2**32))
def test_any_order(graph, actions, seed, template: Path, tmp_path_factory) -> None:
    home = tmp_path_factory.mktemp("home")
    shutil.copy(template, home / "ledger.sqlite3")
    engine = open_ledger(load_settings({"SWEEP_HOME": str(home)}))
    try:
        clock = SteppedClock(engine, home / "clock")
        player = Player(engine, graph, clock.jump, random.Random(seed))
        player.submit(len(graph))
        for action in actions:
            player.move(action)
            assert violations(engine) == [], action
        assert finish(player)
        assert violations(engine) == []
    finally:
        engine.dispose()
        shutil.rmtree(home)
