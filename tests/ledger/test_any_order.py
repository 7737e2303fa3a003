"""Whatever happens in whatever order, the ledger's rules hold and every sweep ends."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.ledger.claims import claim
from core.ledger.control import cancel, retry
from core.ledger.engine import open_ledger
from core.ledger.outcome import cancelled, crash, fail, release
from core.ledger.reaper import due, reap
from core.ledger.tables import attempts, edges, stages
from core.settings import load_settings

ACTIONS = ("claim", "done", "crash", "fail", "release", "lose", "cancel", "retry", "submit", "stop")


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


def check(world) -> None:
    """What must be true at any moment."""
    with world.engine.connect() as connection:
        rows = {row.digest: row for row in connection.execute(select(stages))}
        links = connection.execute(select(edges)).all()
        under_way = connection.execute(select(attempts).where(attempts.c.outcome.is_(None))).all()
    parents: dict[str, list[str]] = {digest: [] for digest in rows}
    for parent, child in links:
        parents[child].append(rows[parent].state)
    for digest, row in rows.items():
        fit = all(state == "DONE" for state in parents[digest])
        assert fit or row.state in ("PENDING", "CANCELLED"), (row.state, parents[digest])
        assert not (fit and row.state == "PENDING"), "forgotten"
        assert not (row.state == "PENDING" and {"FAILED", "QUARANTINED", "CANCELLED"} & set(parents[digest])), "stuck"
        assert (row.ended_at is None) == (row.state in ("PENDING", "READY", "RUNNING"))
        assert (row.lease_until is None) == (row.state != "RUNNING")
        assert not row.cancel or row.state == "RUNNING"
    running = {(row.digest, row.attempt) for row in rows.values() if row.state == "RUNNING"}
    assert {(one.digest, one.attempt) for one in under_way} == running


def act(world, action: str, pick: int, graph, sweeps: list[int], held: list) -> None:
    engine = world.engine
    if action == "claim":
        labels = list(graph)
        taken = claim(engine, world.digests[labels[pick % len(labels)]], "w", "cpu", "cpu", 10.0)
        held += [taken] if taken else []
    elif action == "submit":
        # Part of the graph (parents come first), as another sweep that shares its stages.
        part = dict(list(graph.items())[: 1 + pick % len(graph)])
        sweeps.append(world.submit(part, seed=len(sweeps)).id)
    elif action in ("cancel", "retry"):
        (cancel if action == "cancel" else retry)(engine, sweeps[pick % len(sweeps)])
    elif action == "lose":
        world.later(11.0)
        reap(engine, 2, 1.0)
        world.later(60.0)
    elif held:
        one = held[pick % len(held)]
        ends = {
            "done": lambda: world.done(one),
            "crash": lambda: crash(engine, one.digest, one.attempt, "boom", "", 2, 0.0),
            "fail": lambda: fail(engine, one.digest, one.attempt, "no", ""),
            "release": lambda: release(engine, one.digest, one.attempt, "bye"),
            "stop": lambda: cancelled(engine, one.digest, one.attempt, ""),
        }
        ends[action]()  # `held` keeps ended claims, too: their writes must bounce off


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), actions=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 20)), max_size=40))
def test_any_order(graph, actions, template: Path, make_world, tmp_path_factory) -> None:
    home = tmp_path_factory.mktemp("home")
    shutil.copy(template, home / "ledger.sqlite3")
    world = make_world(open_ledger(load_settings({"SWEEP_HOME": str(home)})))
    try:
        sweeps = [world.submit(graph).id]
        held: list = []
        for action, pick in actions:
            done = {label for label, state in world.states().items() if state == "DONE"}
            act(world, action, pick, graph, sweeps, held)
            check(world)
            assert done <= {label for label, state in world.states().items() if state == "DONE"}, "done again"
        # A patient worker brings it to its end: retry, then run whatever the dispatcher finds.
        world.later(100.0)
        reap(world.engine, 1_000, 1.0)
        retry(world.engine, sweeps[0])
        world.later(1_000.0)
        while ready := due(world.engine, "cpu", 3, 0.0):
            for digest in ready:
                taken = claim(world.engine, digest, "w", "cpu", "cpu", 10.0)
                assert taken is not None
                world.done(taken)
        assert {world.state(label) for label in graph} == {"DONE"}
    finally:
        world.engine.dispose()
        shutil.rmtree(home)
