"""Submitting: one transaction, stages shared by digest, the same again does nothing."""

import os
import signal
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, func, select

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import cells, edges, stages, sweeps
from prunesweep.core.ledger.queries.sweeps import find_sweep, list_sweeps
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.outcome import cancelled, fail
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan import dag
from prunesweep.core.plan.dag import plan, plan_of
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.order import ranks
from prunesweep.core.settings import Settings

CHAIN = {"a": [], "b": ["a"], "c": ["b"]}


def count(engine: Engine, table) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_real_grid(ledger: Engine) -> None:
    full = plan(GRIDS["full"])
    done = add_sweep(ledger, full, None, "0.1.0", "full")
    assert (done.name, done.cells, done.stages, done.new, done.done) == ("full-1", 18, len(full.stages), 92, 0)
    assert done.ready == (full.cells[0].train,)
    assert count(ledger, edges) == len(set(full.edges()))
    with ledger.connect() as connection:
        rows = connection.execute(select(cells).order_by(cells.c.position)).all()
    assert [row.position for row in rows] == list(range(1, 19))
    assert [tuple(row.rounds) for row in rows] == [cell.rounds for cell in full.cells]
    sweep = find_sweep(ledger, "full-1")
    assert sweep.grid["sparsity"] == [0.5, 0.75, 0.9]
    assert not sweep.cancelled


def test_the_same_grid_again_adds_a_sweep_and_no_stage(ledger: Engine) -> None:
    first = add_sweep(ledger, plan(GRIDS["classic"]), None, "0", "classic")
    second = add_sweep(ledger, plan(GRIDS["classic"]), None, "0", "classic")
    assert (second.name, second.new, second.ready) == ("classic-2", 0, ())
    assert second.stages == first.new
    wider = add_sweep(ledger, plan(GRIDS["full"]), None, "0", "full")
    assert wider.new == wider.stages - first.stages


def test_only_stages_without_parents_are_ready(world) -> None:
    submitted = world.submit(CHAIN)
    assert world.labels(submitted.ready) == ["a"]
    assert world.states() == {"a": "READY", "b": "PENDING", "c": "PENDING"}


def test_a_child_of_done_parents_is_ready_at_once(world) -> None:
    world.submit({"a": []})
    world.done(world.claim("a"))
    submitted = world.submit(CHAIN)
    assert (submitted.new, submitted.done) == (2, 1)
    assert world.labels(submitted.ready) == ["b"]


def test_names_count_up_past_gaps_and_look_alikes(world) -> None:
    for name in ("sweep-7", "sweep-x", "sweep-1x", "sweepy-9"):
        world.submit({name: []}, name)
    assert world.submit({"n": []}).name == "sweep-8"


def test_a_taken_name_is_refused_and_nothing_is_written(world) -> None:
    world.submit({"a": []}, "mine")
    with pytest.raises(UserError, match="another grid; choose another name"):
        world.submit({"a": [], "b": []}, "mine", seed=1)
    assert count(world.engine, stages) == 1
    assert count(world.engine, sweeps) == 1


def test_a_bad_name_is_refused(world) -> None:
    with pytest.raises(UserError, match="name"):
        world.submit({"a": []}, "no spaces")
    assert count(world.engine, sweeps) == 0


def test_the_same_name_and_grid_goes_on(world) -> None:
    first = world.submit(CHAIN, "mine")
    world.done(world.claim("a"))
    again = world.submit(CHAIN, "mine")
    assert (again.id, again.new, again.done, again.ready) == (first.id, 0, 1, ())
    assert world.states() == {"a": "DONE", "b": "READY", "c": "PENDING"}
    assert len(list_sweeps(world.engine)) == 1


def test_the_same_name_and_grid_with_other_stages_is_refused(world) -> None:
    """A folder of images has changed, say."""
    world.submit({"a": []}, "mine")
    with pytest.raises(UserError, match="has changed since"):
        world.submit({"other": []}, "mine")


def test_submitting_again_retries_what_failed(world) -> None:
    world.submit(CHAIN, "mine")
    fail(world.engine, world.digests["a"], world.claim("a").attempt, "no luck", "")
    assert world.states() == {"a": "FAILED", "b": "CANCELLED", "c": "CANCELLED"}
    again = world.submit(CHAIN, "mine")
    assert world.labels(again.ready) == ["a"]
    assert world.states() == {"a": "READY", "b": "PENDING", "c": "PENDING"}
    row = world.row("a")
    assert (row.failures, row.error, row.ended_at) == (0, None, None)
    assert world.claim("a").attempt == 2


def test_submitting_again_takes_back_a_cancel(world) -> None:
    sweep = world.submit(CHAIN, "mine")
    running = world.claim("a")
    cancel(world.engine, sweep.id)
    world.submit(CHAIN, "mine")
    assert not find_sweep(world.engine, "mine").cancelled
    # The worker has seen the flag and stops the stage all the same: it is wanted, so it waits for the next.
    assert cancelled(world.engine, running.digest, running.attempt, "")
    assert world.states() == {"a": "READY", "b": "PENDING", "c": "PENDING"}


def test_submits_at_once_share_every_stage(ledger: Engine) -> None:
    """Overlapping grids from many hosts: no deadlock, no stage twice, names all different."""
    grids = [replace(GRIDS["classic"], seeds=(0, 1, 2)[: 1 + i % 3]) for i in range(6)]
    plans = [plan(grid) for grid in grids]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda one: add_sweep(ledger, one, None, "0", "classic"), plans))
    assert sorted(one.name for one in done) == [f"classic-{n}" for n in range(1, 7)]
    assert sum(one.new for one in done) == count(ledger, stages) == len(plans[2].stages)


def test_a_child_submitted_while_its_parent_completes_is_not_forgotten(world) -> None:
    """The race that the structure lock is for."""
    for round_ in range(10):
        parent, child = f"p{round_}", f"c{round_}"
        world.submit({parent: []})
        taken = world.claim(parent)
        with ThreadPoolExecutor(2) as pool:
            completing = pool.submit(world.done, taken)
            pool.submit(world.submit, {parent: [], child: [parent]}).result()
            completing.result()
        assert world.state(child) == "READY"
        assert claim(world.engine, world.digests[child], "w", "cpu", "cpu", 60.0) is not None


def test_a_submit_that_is_killed_leaves_nothing(ledger: Engine, ledger_settings: Settings) -> None:
    """After all its stages were written, before its cells were; the next submit finds nothing in its way."""
    ledger.dispose()
    child = os.fork()
    if child == 0:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            event.listen(Engine, "before_cursor_execute", _die_at_the_cells)
            add_sweep(open_ledger(ledger_settings), plan_of(GRIDS["full"]), None, "0", "full")
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert [count(ledger, table) for table in (sweeps, stages, edges, cells)] == [0, 0, 0, 0]
    assert add_sweep(ledger, plan_of(GRIDS["full"]), None, "0", "full").new == 92


def _die_at_the_cells(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if statement.startswith("INSERT INTO cells"):
        os.kill(os.getpid(), signal.SIGKILL)


def test_many_parts_are_written_as_one_plan(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = replace(GRIDS["full"], seeds=(0, 1))
    whole = plan(grid)
    monkeypatch.setattr(dag, "_PART", 5)
    done = add_sweep(ledger, plan_of(grid), None, "0", "full")
    assert (done.cells, done.stages, done.new) == (len(whole.cells), len(whole.stages), len(whole.stages))
    assert done.ready == tuple(digest for digest, stage in whole.stages.items() if not stage.parents)
    with ledger.connect() as connection:
        made = connection.execute(select(stages.c.digest, stages.c.spec, stages.c.rank).order_by(stages.c.digest)).all()
        links = connection.execute(select(edges.c.parent, edges.c.child)).all()
        rows = connection.execute(select(cells.c.evaluate).order_by(cells.c.position)).scalars().all()
    expected = ranks(whole.stages, throughput=False)
    assert [tuple(row) for row in made] == [(d, whole.encoded[d], expected[d]) for d in sorted(whole.stages)]
    assert sorted(map(tuple, links)) == sorted(set(whole.edges()))
    assert rows == [cell.evaluate for cell in whole.cells]
    again = add_sweep(ledger, plan_of(grid), done.name, "0", "full", throughput=True)
    assert (again.id, again.new, again.ready) == (done.id, 0, ())
    with ledger.connect() as connection:
        order = connection.execute(select(stages.c.digest, stages.c.rank)).all()
    assert {row.digest: row.rank for row in order} == ranks(whole.stages, throughput=True)
