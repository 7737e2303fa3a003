"""More points of a sweep's axes: the grid that it then has, and its plan."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.queries.lookup import dataset_of, imported_of
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.grid_files import stored_grid
from prunesweep.core.plan.grids import Grid, field_of, read_axes


def grown(sweep: SweepRow, added: Mapping[str, object], *, looked: bool) -> Grid:
    """Return the sweep's grid with these values beside those that it has.

    Args:
        added: axis → values, as typed.
        looked: whether results of the sweep could have been looked at: more seeds are then a second look, and the tests
            of `sweep compare` count with that.

    Raises:
        UserError: a bad value, nothing new, or seeds after a second look.
    """
    old = stored_grid(sweep.grid)
    if old.points:
        fix = "has chosen cells instead of axes, as sweep find makes them; continue it with sweep find"
        raise UserError("sweep", sweep.name, fix)
    asked = read_axes(added, old)
    values: dict[str, Any] = {
        axis: tuple(dict.fromkeys((*getattr(old, axis), *getattr(asked, axis)))) for axis in map(field_of, added)
    }
    found = replace(old, **values)
    if found == old:
        shown = ", ".join(f"--{axis} {value}" for axis, value in added.items())
        raise UserError("sweep", sweep.name, f"has all of {shown} already" if shown else _FIX)
    new_seeds = [seed for seed in found.seeds if seed not in old.seeds]
    if not new_seeds or not looked:
        return found
    if old.looked:
        fix = (
            "seeds were added after a look before, and there is no valid third look; submit its grid with seeds that it"
            f" has not had as a sweep of their own (--seeds {','.join(map(str, new_seeds))}), and compare only these"
        )
        raise UserError("sweep", sweep.name, fix)
    # A single seed has no spread, so that nothing can have been decided by it: the next look is the first.
    return replace(found, looked=old.seeds if len(old.seeds) > 1 else ())


def plan_grown(engine: Engine, sweep: SweepRow, grid: Grid, like: Plan | None = None) -> Plan:
    """Return the plan of a grown grid, on the images that the sweep has; its folder need not be on this machine.

    Args:
        like: a plan that knows the layers of the sweep's network, None = if it is not ours they are not known.
    """
    layers = (like.shapes, like.channels) if like is not None else ()
    return plan(grid, DatasetRef(**dataset_of(engine, sweep.id)), imported_of(engine, sweep.id), *layers)


_FIX = "give what to add, e.g. --seeds 3,4 or --sparsity 95"
