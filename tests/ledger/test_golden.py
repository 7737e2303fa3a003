"""Ledgers as each earlier release left them: brought up to date with every row kept, and gone on with.

The files are made by `tests/ledger/golden/make.py`, which says what is in them.
"""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, create_engine, func, select, update

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import attempts, cells, edges, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.reaper import due, reap
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.planned_cells import PlannedCell
from prunesweep.core.plan.stages import Sleep
from prunesweep.core.settings import Settings
from tests.ledger.conftest import World

GOLDEN = Path(__file__).parent / "golden"
DATABASES = ("sqlite", "postgresql")


@pytest.mark.parametrize("revision", migrate.REVISIONS)
@pytest.mark.parametrize("database", DATABASES)
def test_every_revision_has_its_golden_ledger(revision: str, database: str) -> None:
    file = GOLDEN / f"{revision}.{database}.sql"
    assert file.exists(), "run: python tests/ledger/golden/make.py (with the code that has this revision as its newest)"
    assert file.stat().st_size < 60_000


def contents(engine: Engine, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """Every row of these tables, with these columns of theirs."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            name: sorted(
                tuple(map(repr, row))
                for row in connection.execute(select(*(found.tables[name].c[column] for column in wanted)))
            )
            for name, wanted in columns.items()
        }


def columns_of(engine: Engine) -> dict[str, list[str]]:
    """Every table but the version's, and its columns."""
    found = MetaData()
    found.reflect(engine)
    return {name: list(table.c.keys()) for name, table in found.tables.items() if name != "alembic_version"}


@pytest.fixture(params=migrate.REVISIONS)
def old(request: pytest.FixtureRequest, load_golden: Callable[[str], Settings]) -> Settings:
    """A ledger of each revision."""
    return load_golden(request.param)


def status_and_report_say_what_they_said(upgraded: Engine) -> None:
    status = sweep_status(upgraded, find_sweep(upgraded, "study").id)
    shown = {state: number for state, number in status.counts.items() if number}
    assert shown == {State.DONE: 8, State.RUNNING: 1, State.READY: 1, State.PENDING: 6}
    [running] = status.running
    assert (running.epoch, running.loss, running.top1, running.worker) == (1, 0.5, 0.75, "old-host:1")
    naps = sweep_status(upgraded, find_sweep(upgraded, "naps").id)
    assert {one.reason for one in naps.failed} == {"it cannot succeed", "killed by SIGSEGV"}
    assert naps.counts[State.CANCELLED] == 1
    rows = report_rows(upgraded, find_sweep(upgraded, "study").id)
    assert [(row.algorithm, row.sparsity, row.state) for row in rows if row.state == "DONE"] == [
        ("oneshot", 0.5, "DONE"),
        ("oneshot", 0.9, "DONE"),
    ]
    done = next(row for row in rows if row.state == "DONE")
    assert (done.top1, done.top1_dense, done.top1_before, done.nonzero) == (0.9, 0.95, 0.5, 69_906)
    assert (done.latency_speedup, done.flop_speedup, done.train_seconds) == (1.25, 8.0, 12.5)


def work_goes_on(upgraded: Engine, world: World) -> None:
    lost = reap(upgraded, 3, 0.0)
    assert len(lost) == 3, "the stage under way and two naps"
    with upgraded.connect() as connection:
        left = dict(connection.execute(select(stages.c.digest, stages.c.attempt).where(stages.c.state == "DONE")).all())
    finished = 0
    while digests := due(upgraded, "cpu", 100, 0.0):
        for digest in digests:
            taken = claim(upgraded, digest, "new:1", "cpu", "cpu", 60.0)
            assert taken is not None
            record_snapshot(upgraded, digest, taken.attempt, artifact="b" * 64, artifact_bytes=1, epoch=0, step=1)
            assert world.done(taken, artifact="c" * 64) is not None
            finished += 1
    assert finished == 8 + 3, "the rest of the study, and the naps that had not ended"
    assert sweep_status(upgraded, find_sweep(upgraded, "study").id).ended
    with upgraded.connect() as connection:
        again = select(func.count()).select_from(attempts)
        for digest, attempt in left.items():
            assert connection.execute(again.where(attempts.c.digest == digest)).scalar() == attempt


def test_every_row_is_kept_and_work_goes_on(old: Settings, make_world: Callable[[Engine], World]) -> None:
    raw = create_engine(old.database_url or f"sqlite:///{old.ledger_file}")
    columns, revision = columns_of(raw), migrate.current(raw)
    before = contents(raw, columns)
    raw.dispose()
    engine = open_ledger(old, upgrade=True)
    assert migrate.current(engine) == migrate.HEAD
    assert migrate.check(engine) == []
    assert all(before.values()), f"an empty table in the golden ledger of {revision}"
    assert contents(engine, columns) == before
    status_and_report_say_what_they_said(engine)
    work_goes_on(engine, make_world(engine))
    engine.dispose()


def test_a_saved_state_is_gone_on_from(load_golden: Callable[[str], Settings]) -> None:
    engine = open_ledger(load_golden("0002"), upgrade=True)
    reap(engine, 3, 0.0)
    found = [claim(engine, digest, "new:1", "cpu", "cpu", 60.0) for digest in due(engine, "cpu", 100, 0.0)]
    assert [taken.snapshot for taken in found if taken and taken.snapshot] == ["5a" * 32]
    engine.dispose()


def plan_of(engine: Engine, sweep_id: int) -> Plan:
    """The sweep's plan out of the ledger itself: a later release may plan the same grid in other stages."""
    with engine.connect() as connection:
        wanted = select(stages.c.digest, stages.c.spec).join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
        specs = dict(connection.execute(wanted.where(sweep_stages.c.sweep_id == sweep_id)).all())
        links = connection.execute(select(edges).where(edges.c.child.in_(specs))).all()
        grid = connection.execute(select(sweeps.c.grid).where(sweeps.c.id == sweep_id)).scalar_one()
        rows = connection.execute(select(cells).where(cells.c.sweep_id == sweep_id).order_by(cells.c.position)).all()
    parents = {child: tuple(link.parent for link in links if link.child == child) for child in specs}
    planned = tuple(
        PlannedCell(
            Cell(**{field.name: getattr(row, field.name) for field in fields(Cell)}),
            (row.train,),
            tuple(row.rounds),
            row.evaluate,
            row.dense_evaluate,
            row.benchmark or "",
        )
        for row in rows
    )
    stand_ins = {digest: Sleep(digest, 0.0, parents[digest]) for digest in specs}
    return Plan(Grid(**grid), planned, stand_ins, specs)


def test_a_grid_that_is_submitted_again_runs_only_what_is_missing(old: Settings) -> None:
    engine = open_ledger(old, upgrade=True)
    study = find_sweep(engine, "study")
    with engine.connect() as connection:
        failing = connection.execute(
            select(stages.c.digest)
            .join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
            .where(sweep_stages.c.sweep_id == study.id, stages.c.state == "RUNNING")
        ).scalar_one()
    plan = plan_of(engine, study.id)
    for name in ("study-again", "study"):
        with engine.begin() as connection:
            failed = update(stages).where(stages.c.digest == failing)
            connection.execute(failed.values(state="FAILED", lease_until=None))
        made = add_sweep(engine, plan, name, "9")
        assert (made.cells, made.stages, made.new, made.done) == (4, 16, 0, 8)
        assert made.ready == (failing,), "the stage that failed; the other READY one was so before"
        assert sweep_status(engine, made.id).counts[State.DONE] == 8
        assert [row.top1 for row in report_rows(engine, made.id)] == [0.9, 0.9, None, None]
    engine.dispose()
