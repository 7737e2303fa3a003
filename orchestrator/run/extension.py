"""More points of a sweep's axes: the grid that it then has, and its plan."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.images.folders import FoundDataset, candidates, find_images
from prunesweep.core.ledger.queries.lookup import dataset_of, imported_of
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.plan.axes import field_of
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import AnyPlan, GridPlan, plan_of
from prunesweep.core.plan.datasets import DatasetRef, folder_of
from prunesweep.core.plan.grid_files import stored_grid
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.networks import read_network
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.networks import FoundNetwork, look_at, not_looked_at


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


def look_again(engine: Engine, sweep: SweepRow, grid: Grid, settings: Settings) -> FoundNetwork:
    """Return what the network of a grown grid can do, for what it is asked now and was not before: `sweep submit` has
    looked at it for the rest. Of networks of ours, and for more seeds or epochs, there is nothing to ask.

    Raises:
        UserError: it cannot be made or trained here.
    """
    network, old = read_network(grid.model), stored_grid(sweep.grid)
    if network is None or all(getattr(old, axis) == getattr(grid, axis) for axis in _OF_LAYERS):
        return FoundNetwork()
    ref, found = DatasetRef(**dataset_of(engine, sweep.id)), None
    if (folder := folder_of(grid.dataset)) is not None and not ref.size:
        try:
            found = find_images(ref, candidates((folder,), settings.image_folders), settings.data)
        except StageError:
            return not_looked_at(network, "its images, which say how large they are, are not on this machine")
    return look_at(grid, FoundDataset(ref, grid.dataset, found), settings)


def plan_grown(engine: Engine, sweep: SweepRow, grid: Grid, like: AnyPlan | FoundNetwork | None = None) -> GridPlan:
    """Return the plan of a grown grid, on the images that the sweep has; its folder need not be on this machine.

    Args:
        like: what knows the layers of the sweep's network, None = if it is not ours they are not known.
    """
    layers = (like.shapes, like.channels) if like is not None else ()
    return plan_of(grid, DatasetRef(**dataset_of(engine, sweep.id)), imported_of(engine, sweep.id), *layers)


_OF_LAYERS = ("algorithm", "sparsity", "iterations")
"""Axes whose values the layers of a network may not allow."""
_FIX = "give what to add, e.g. --seeds 3,4 or --sparsity 95"
