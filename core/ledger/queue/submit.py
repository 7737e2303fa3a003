"""Writes a plan into the ledger: one transaction, stages that are there already are shared."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, literal, select, text, update

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.bulk import CHUNK
from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.identity import removed_attempt
from prunesweep.core.ledger.db.schema import cells, edges, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import count_stages, of, wanted
from prunesweep.core.ledger.db.transactions import insert_into, lock_structure, writing_on
from prunesweep.core.ledger.queue.cascade import revive
from prunesweep.core.ledger.queue.staging import (
    Staged,
    count_shared,
    in_plan_order,
    select_cells,
    select_edges,
    select_stages,
    stage_columns,
    staged,
)
from prunesweep.core.plan.dag import AnyPlan
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.names import parse_name

_ANALYZE = text("ANALYZE stages, edges, sweep_stages, cells")
_NAME = "name"


@dataclass(frozen=True)
class SubmitSummary:
    """What `add_sweep` did.

    Attributes:
        stages: all that the sweep needs.
        new: those not in the ledger before.
        done: those DONE already.
        ready: digests that became READY now, to be hinted, in the plan's order.
    """

    id: int
    name: str
    cells: int
    stages: int
    new: int
    done: int
    ready: tuple[str, ...]


def add_sweep(
    engine: Engine,
    plan: AnyPlan,
    name: str | None,
    version: str,
    prefix: str = "sweep",
    throughput: bool | None = None,
) -> SubmitSummary:
    """Add a sweep, or continue the one of this name and grid.

    Stages that failed or were cancelled are given a new start; those DONE are never run again. Without a name the
    sweep is called `<prefix>-<next free number>`.

    Args:
        version: of the program that submits.
        throughput: the order in which its stages run (`prunesweep.core.plan.order`); None = as it is for a sweep that
            is there, by rows for a new one.

    Raises:
        UserError: the name is taken by another grid; nothing has been written.
    """
    grid = json.loads(json.dumps(asdict(plan.grid)))
    if name is not None:
        parse_name(name)
    with engine.connect() as connection, staged(connection, plan) as made, writing_on(connection):
        lock_structure(connection)
        name = name or _free_name(connection, prefix)
        sweep_id = _resumed(connection, made, name, grid)
        new = 0
        if sweep_id is None:
            sweep_id = _insert_sweep(connection, name, grid, version, throughput=bool(throughput))
            new = insert_stages(connection, throughput=bool(throughput))
            insert_wishes(connection, sweep_id)
            _insert_cells(connection, sweep_id)
            if new > CHUNK:
                _analyze(connection)
        elif throughput is not None:
            _reorder(connection, sweep_id, throughput=throughput)
        done = count_done(connection, sweep_id)
        ready = in_plan_order(connection, revive(connection, sweep_id, any_done=done > 0))
    return SubmitSummary(sweep_id, name, made.cells, made.stages, new, done, ready)


def _free_name(connection: Connection, prefix: str) -> str:
    start = prefix[:50] + "-"
    taken = connection.execute(select(sweeps.c.name).where(sweeps.c.name.startswith(start, autoescape=True))).scalars()
    numbers = [int(tail) for name in taken if (tail := name.removeprefix(start)).isdecimal() and len(tail) < 12]
    return parse_name(f"{start}{max(numbers, default=0) + 1}")


def _resumed(connection: Connection, made: Staged, name: str, grid: Mapping[str, Any]) -> int | None:
    """Return the sweep of this name, if it is the same work; None if the name is free."""
    row = connection.execute(select(sweeps.c.id, sweeps.c.grid).where(sweeps.c.name == name)).one_or_none()
    if row is None:
        return None
    before = {**_defaults(), **row.grid}
    if _without_places(before) != _without_places(grid):
        raise UserError(
            _NAME,
            name,
            f"a sweep of this name has another grid; choose another name, or add to it: sweep extend {name}",
        )
    if not count_stages(connection, row.id) == made.stages == count_shared(connection, row.id):
        what = "the dataset, the recipe, the cost profile or the program has changed since this sweep was submitted"
        raise UserError(_NAME, name, f"{what}; choose another name: what both need is done once")
    connection.execute(update(sweeps).where(sweeps.c.id == row.id).values(cancelled=False, grid=grid))
    if before["dataset"] != grid["dataset"]:  # the same images, moved: workers look where they lie now
        connection.execute(update(cells).where(cells.c.sweep_id == row.id).values(dataset=grid["dataset"]))
    return int(row.id)


def _without_places(grid: Mapping[str, Any]) -> dict[str, Any]:
    """Return the grid but for where its files lie: what is in its image folder, weights, recipe and cost profile stands
    in the stages, whose digests decide."""
    dataset = grid["dataset"].partition(":")[0]
    return {**grid, "dataset": dataset, "weights": bool(grid["weights"]), "recipe": "", "costs": ""}


def _defaults() -> dict[str, Any]:
    """Return what a sweep's grid means by the axes that there weren't yet when it was submitted."""
    plain = {field.name: field.default for field in fields(Grid) if field.default is not MISSING}
    defaults: dict[str, Any] = json.loads(json.dumps(plain))
    return defaults


def _insert_sweep(connection: Connection, name: str, grid: Mapping[str, Any], version: str, *, throughput: bool) -> int:
    facts = {"name": name, "grid": grid, "version": version[:32], "throughput": throughput}
    row = insert(sweeps).values(created_at=DatabaseNow(), cancelled=False, **facts)
    return int(connection.execute(row.returning(sweeps.c.id)).scalar_one())


def _reorder(connection: Connection, sweep_id: int, *, throughput: bool) -> None:
    """Give a sweep that is there the other order, if it has not this one."""
    changed = update(sweeps).where(sweeps.c.id == sweep_id, sweeps.c.throughput != throughput)
    if connection.execute(changed.values(throughput=throughput)).rowcount:
        staged_ones = stage_columns(throughput=throughput)
        same = stages.c.digest == staged_ones["digest"]
        connection.execute(update(stages).where(same).values(rank=staged_ones["rank"]))


def insert_stages(connection: Connection, *, throughput: bool) -> int:
    """Insert the staged stages that aren't there, and all edges; how many stages are new. Those that are there come as
    early as the earlier of their sweeps wants them."""
    before = connection.execute(select(func.count()).select_from(stages)).scalar_one()
    columns = {
        **stage_columns(throughput=throughput),
        "state": literal(State.PENDING.value),
        "attempt": literal(removed_attempt(connection)),
        "created_at": literal(connection.execute(select(DatabaseNow())).scalar_one()),
    }
    added = insert_into(connection, stages).from_select(list(columns), select_stages(*columns.values()))
    earlier = {"set_": {"rank": added.excluded.rank}, "where": added.excluded.rank < stages.c.rank}
    connection.execute(added.on_conflict_do_update(index_elements=["digest"], **earlier))
    links = insert_into(connection, edges).from_select(["parent", "child"], select_edges())
    connection.execute(links.on_conflict_do_nothing())
    return int(connection.execute(select(func.count()).select_from(stages)).scalar_one() - before)


def insert_wishes(connection: Connection, sweep_id: int) -> None:
    """Let the sweep want all staged stages, those that it wants already once."""
    wishes = select_stages(literal(sweep_id), stage_columns(throughput=False)["digest"])
    added = insert_into(connection, sweep_stages).from_select(["sweep_id", "digest"], wishes)
    connection.execute(added.on_conflict_do_nothing())


def _insert_cells(connection: Connection, sweep_id: int) -> None:
    names, rows = select_cells(literal(sweep_id))
    connection.execute(insert(cells).from_select(["sweep_id", *names], rows))


def _analyze(connection: Connection) -> None:
    """Tell PostgreSQL's planner of many new rows at once; it would learn of them a minute later, and till then walk
    through whole tables to find one stage. SQLite's statements are written so that it needs no such hint."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ANALYZE)


_DONE = wanted(select(func.count()).select_from(stages), stages.c.digest).where(
    stages.c.state == literal(State.DONE.value)
)


def count_done(connection: Connection, sweep_id: int) -> int:
    """Return how many of the sweep's stages are DONE."""
    return int(connection.execute(_DONE, of(sweep_id)).scalar_one())
