"""The grids of a comparison with the seeds that would decide it; what is done already is shared by digest."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.queries.lookup import dataset_of, imported_of
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.plan.dag import plan_of
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.grid_files import stored_grid
from prunesweep.orchestrator.compare.paired import PairedTable
from prunesweep.orchestrator.compare.selectors import SelectedCells
from prunesweep.orchestrator.run.submission import CheckedRequest


@dataclass(frozen=True)
class ExtendedGrid:
    """A sweep's grid with more seeds.

    Attributes:
        seeds: all of them.
        added: those that the sweep didn't have.
    """

    sweep: SweepRow
    request: CheckedRequest
    seeds: tuple[int, ...]
    added: tuple[int, ...]


def needed(compared: PairedTable) -> int:
    """Return how many pairs the comparison that needs most should have, of those that more seeds can decide; 0 = none
    does, or these seeds are on their way."""
    wanted = ((one.found.n, one.found.more) for one in compared.comparisons if not (one.coming or one.dead))
    return max((n + more for n, more in wanted if more is not None), default=0)


def extend(engine: Engine, sides: Sequence[SelectedCells], pairs: int) -> list[ExtendedGrid]:
    """Return both sides' sweeps (or the one) with `pairs` seeds in common: their own first, then 0, 1, 2, … as are
    missing.

    Raises:
        UserError: today's program or files make other stages of the old grid than the sweep has; or seeds were added
            to it before, so that this would be the third look.
    """
    seeds = sorted({seed for side in sides for seed in side.sweep.grid["seeds"]})
    fresh = (seed for seed in itertools.count() if seed not in seeds)
    seeds += itertools.islice(fresh, max(0, pairs - len(seeds)))
    rows = {side.sweep.id: [point.row.digest for point in side.points] for side in sides}
    sweeps = {side.sweep.id: side.sweep for side in sides}
    return [_extended(engine, sweep, tuple(seeds), rows[key]) for key, sweep in sweeps.items()]


def _extended(engine: Engine, sweep: SweepRow, seeds: tuple[int, ...], digests: Sequence[str]) -> ExtendedGrid:
    had = tuple(sweep.grid["seeds"])
    added = tuple(seed for seed in seeds if seed not in had)
    if added and sweep.grid.get("looked"):
        fix = (
            "seeds were added after a look before, and there is no valid third look; submit its grid with seeds that it"
            f" has not had as a sweep of their own (--seeds {','.join(map(str, added))}), and compare only these"
        )
        raise UserError("sweep", sweep.name, fix)
    # A single seed has no spread, so that nothing can have been decided by it: the next look is the first.
    looked = had if added and len(had) > 1 else tuple(sweep.grid.get("looked", ()))
    grid = replace(stored_grid(sweep.grid), seeds=seeds, looked=looked)
    # The sweep's own dataset: its folder need not be on this machine.
    planned = plan_of(grid, DatasetRef(**dataset_of(engine, sweep.id)), imported_of(engine, sweep.id))
    if set(digests).difference(*(part.stages for part in planned.parts())):
        what = "its recipe, cost profile or this program has changed since it was submitted"
        raise UserError("sweep", sweep.name, f"{what}; more seeds would not be comparable")
    return ExtendedGrid(sweep, CheckedRequest(planned, None, _stem(sweep.name)), seeds, added)


def _stem(name: str) -> str:
    """Return the name without the number that a made-up one ends in, so that the next is `fair-2`, not `fair-1-1`."""
    stem, _, number = name.rpartition("-")
    return (stem if stem and number.isdecimal() else name)[:48]
