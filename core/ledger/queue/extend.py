"""Grows a sweep: more points of its axes under the same name; what it had keeps its numbers and results."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, insert, literal, select, update

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.schema import cells, sweeps
from prunesweep.core.ledger.db.sweep_rows import cell_rows, count_stages, of
from prunesweep.core.ledger.db.transactions import lock_structure, writing_on
from prunesweep.core.ledger.queue.cascade import revive
from prunesweep.core.ledger.queue.staging import CELL_KEY, count_shared, drop_cells, in_plan_order, select_cells, staged
from prunesweep.core.ledger.queue.submit import SubmitSummary, count_done, insert_stages, insert_wishes
from prunesweep.core.plan.dag import AnyPlan

_SWEEP = "sweep"


def extend_sweep(engine: Engine, sweep_id: int, before: Mapping[str, Any], plan: AnyPlan) -> SubmitSummary:
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
        if count_shared(connection, sweep_id) != count_stages(connection, sweep_id):
            what = (
                "its stages would change (an axis that others depend on, its recipe, its cost profile or the program)"
            )
            raise UserError(_SWEEP, row.name, f"{what}; submit that as a sweep of its own: what both need is done once")
        new = insert_stages(connection, throughput=row.throughput)
        insert_wishes(connection, sweep_id)
        _add_cells(connection, sweep_id)
        grid = json.loads(json.dumps(asdict(plan.grid)))
        connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(cancelled=False, grid=grid))
        done = count_done(connection, sweep_id)
        ready = in_plan_order(connection, revive(connection, sweep_id, any_done=done > 0))
    return SubmitSummary(sweep_id, row.name, made.cells, made.stages, new, done, ready)


def _add_cells(connection: Connection, sweep_id: int) -> None:
    """Add the staged cells that the sweep does not have, numbered after those that it has."""
    rows = connection.execute(cell_rows("position", *CELL_KEY), of(sweep_id)).all()
    last = rows[-1].position if rows else 0
    drop_cells(connection, {tuple(row[1:]) for row in rows})
    names, added = select_cells(literal(sweep_id), after=last)
    connection.execute(insert(cells).from_select(["sweep_id", *names], added))
