"""Writes a plan into the ledger: one transaction, stages that are there already are shared."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, literal, select, text, update

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.bulk import CHUNK, bulk
from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.identity import removed_attempt
from prunesweep.core.ledger.db.schema import cells, edges, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import digests, of, wanted
from prunesweep.core.ledger.db.transactions import insert_into, lock_structure, writing
from prunesweep.core.ledger.queue.cascade import revive
from prunesweep.core.plan.dag import Plan, PlannedCell
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.names import parse_name
from prunesweep.core.plan.networks import label_of
from prunesweep.core.plan.order import ranks
from prunesweep.core.plan.stages import Import, Stage, device_of, epochs_of, workload_of

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
    plan: Plan,
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
    with writing(engine) as connection:
        lock_structure(connection)
        name = name or _free_name(connection, prefix)
        sweep_id = _resumed(connection, plan, name, grid)
        new = 0
        if sweep_id is None:
            sweep_id = _insert_sweep(connection, name, grid, version, throughput=bool(throughput))
            new = insert_stages(connection, plan, throughput=bool(throughput))
            _insert_wishes(connection, plan, sweep_id)
            if new > CHUNK:
                _analyze(connection)
        elif throughput is not None:
            _reorder(connection, plan, sweep_id, throughput=throughput)
        revived = set(revive(connection, sweep_id))
        done = count_done(connection, sweep_id)
    ready = tuple(digest for digest in plan.stages if digest in revived)
    return SubmitSummary(sweep_id, name, len(plan.cells), len(plan.stages), new, done, ready)


def _free_name(connection: Connection, prefix: str) -> str:
    start = prefix[:50] + "-"
    taken = connection.execute(select(sweeps.c.name).where(sweeps.c.name.startswith(start, autoescape=True))).scalars()
    numbers = [int(tail) for name in taken if (tail := name.removeprefix(start)).isdecimal() and len(tail) < 12]
    return parse_name(f"{start}{max(numbers, default=0) + 1}")


def _resumed(connection: Connection, plan: Plan, name: str, grid: Mapping[str, Any]) -> int | None:
    """Return the sweep of this name, if it is the same work; None if the name is free."""
    row = connection.execute(select(sweeps.c.id, sweeps.c.grid).where(sweeps.c.name == name)).one_or_none()
    if row is None:
        return None
    before = {**_defaults(), **row.grid}
    if _without_places(before) != _without_places(grid):
        raise UserError(_NAME, name, "a sweep of this name has another grid; choose another name")
    if digests(connection, row.id) != set(plan.stages):
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


_set_rank = update(stages).where(stages.c.digest == bindparam("of")).values(rank=bindparam("to"))


def _reorder(connection: Connection, plan: Plan, sweep_id: int, *, throughput: bool) -> None:
    """Give a sweep that is there the other order, if it has not this one."""
    changed = update(sweeps).where(sweeps.c.id == sweep_id, sweeps.c.throughput != throughput)
    if connection.execute(changed.values(throughput=throughput)).rowcount:
        found = ranks(plan.stages, throughput=throughput)
        bulk(connection, _set_rank, ({"of": digest, "to": found[digest]} for digest in sorted(found)))


def insert_stages(connection: Connection, plan: Plan, *, throughput: bool) -> int:
    """Insert the stages that aren't there, and all edges; how many stages are new. Those that are there come as early
    as the earlier of their sweeps wants them.

    In the order of their digests: B-trees are then filled from one end, and read later in the order they lie in.
    """
    before = connection.execute(select(func.count()).select_from(stages)).scalar_one()
    found = ranks(plan.stages, throughput=throughput)
    now, attempt = connection.execute(select(DatabaseNow())).scalar_one(), removed_attempt(connection)
    rows = (
        {
            "digest": digest,
            "kind": stage.kind,
            "spec": plan.encoded[digest],
            "device": device_of(stage),
            "workload": workload_of(stage),
            "epochs": epochs_of(stage),
            "state": State.PENDING.value,
            "attempt": attempt,
            "rank": found[digest],
            **_stored(stage),
            "created_at": now,
        }
        for digest, stage in sorted(plan.stages.items(), key=itemgetter(0))
    )
    added = insert_into(connection, stages)
    earlier = {"set_": {"rank": added.excluded.rank}, "where": added.excluded.rank < stages.c.rank}
    bulk(connection, added.on_conflict_do_update(index_elements=["digest"], **earlier), rows)
    links = ({"parent": parent, "child": child} for parent, child in sorted(set(plan.edges())))
    bulk(connection, insert_into(connection, edges).on_conflict_do_nothing(), links)
    return int(connection.execute(select(func.count()).select_from(stages)).scalar_one() - before)


def _stored(stage: Stage) -> dict[str, Any]:
    """Return the artifact that was stored before its stage runs, so that nothing takes it for unreferred: an
    import's."""
    if isinstance(stage, Import):
        return {"artifact": stage.artifact, "artifact_bytes": stage.size}
    return {"artifact": None, "artifact_bytes": None}


def _insert_wishes(connection: Connection, plan: Plan, sweep_id: int) -> None:
    wishes = ({"sweep_id": sweep_id, "digest": digest} for digest in sorted(plan.stages))
    bulk(connection, insert(sweep_stages), wishes)
    grid = plan.grid
    rows = (cell_row(sweep_id, position, planned, grid) for position, planned in enumerate(plan.cells, 1))
    bulk(connection, insert(cells), rows)


def cell_row(sweep_id: int, position: int, planned: PlannedCell, grid: Grid) -> dict[str, Any]:
    """Return a cell as a row of its table; position: its number in the sweep, from 1."""
    return {
        "sweep_id": sweep_id,
        "position": position,
        **vars(planned.cell),
        "dataset": grid.dataset,
        "model": label_of(grid.model),
        "width": grid.width,
        "train": planned.train,
        "rounds": list(planned.rounds),
        "evaluate": planned.evaluate,
        "dense_evaluate": planned.dense_evaluate,
        "benchmark": planned.benchmark or None,
    }


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
