"""Grows a sweep: more points of its axes under the same name; what it had keeps its numbers and results."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.bulk import bulk
from prunesweep.core.ledger.db.schema import cells, sweep_stages, sweeps
from prunesweep.core.ledger.db.sweep_rows import cell_rows, digests, of
from prunesweep.core.ledger.db.transactions import lock_structure, writing_on
from prunesweep.core.ledger.queue.cascade import revive
from prunesweep.core.ledger.queue.staging import cell_row, in_plan_order, staged
from prunesweep.core.ledger.queue.submit import SubmitSummary, count_done, insert_stages
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.planned_cells import PlannedCell

_SWEEP = "sweep"
_KEY = ("algorithm", "sparsity", "epochs", "iterations", "seed")
"""The columns that identify a cell within its sweep."""


def extend_sweep(engine: Engine, sweep_id: int, before: Mapping[str, Any], plan: Plan) -> SubmitSummary:
    """Give the sweep the plan's grid, which holds all that it had; only what is new is added.

    before: the sweep's grid as it was read when the plan was made.

    Cells keep their numbers; new ones follow. Stages that failed or were cancelled are given a new start.

    Raises:
        UserError: the sweep is gone or has changed since, or the plan lacks stages of it; nothing has been written.
    """
    with engine.connect() as connection, staged(connection, plan) as made, writing_on(connection):
        lock_structure(connection)
        asked = select(sweeps.c.name, sweeps.c.grid, sweeps.c.throughput).where(sweeps.c.id == sweep_id)
        row = connection.execute(asked).one_or_none()
        if row is None or row.grid != before:
            raise UserError(
                _SWEEP,
                sweep_id if row is None else row.name,
                "was removed or extended meanwhile; look at it and try again: sweep list",
            )
        had = digests(connection, sweep_id)
        if not had <= plan.stages.keys():
            what = (
                "its stages would change (an axis that others depend on, its recipe, its cost profile or the program)"
            )
            raise UserError(_SWEEP, row.name, f"{what}; submit that as a sweep of its own: what both need is done once")
        new = insert_stages(connection, throughput=row.throughput)
        wanted = ({"sweep_id": sweep_id, "digest": digest} for digest in sorted(plan.stages.keys() - had))
        bulk(connection, insert(sweep_stages), wanted)
        _add_cells(connection, plan, sweep_id)
        grid = json.loads(json.dumps(asdict(plan.grid)))
        connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(cancelled=False, grid=grid))
        ready = in_plan_order(connection, revive(connection, sweep_id))
        done = count_done(connection, sweep_id)
    return SubmitSummary(sweep_id, row.name, made.cells, made.stages, new, done, ready)


def _add_cells(connection: Connection, plan: Plan, sweep_id: int) -> None:
    """Add the cells that the sweep does not have, numbered after those that it has."""
    rows = connection.execute(cell_rows("position", *_KEY), of(sweep_id)).all()
    had = {tuple(row[1:]) for row in rows}
    last = rows[-1].position if rows else 0
    added = [planned for planned in plan.cells if _key(planned) not in had]
    new = (cell_row(position, planned, plan.grid) for position, planned in enumerate(added, last + 1))
    bulk(connection, insert(cells), ({"sweep_id": sweep_id, **row} for row in new))


def _key(planned: PlannedCell) -> tuple[object, ...]:
    return tuple(getattr(planned.cell, name) for name in _KEY)
