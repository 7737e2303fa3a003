"""A search's trials in the ledger: cells of a sweep without test set, those that are timed, and the recommended one.

All that a search knows stands there, so that it continues after any end: `NAME` has the trials, `NAME-timed` those
whose latency is measured, `NAME-best` the recommended network, the only one whose test accuracy is read; its latency is
measured there once more, so that no measurement that took part in the choice is reported.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.report import ReportRow, report_rows
from prunesweep.core.ledger.queries.sweeps import SweepRow, find_sweep, list_sweeps
from prunesweep.core.ledger.queries.trials import trial_rows
from prunesweep.core.ledger.queue.extend import extend_sweep
from prunesweep.core.ledger.queue.submit import SubmitSummary, add_sweep
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import GridPlan
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.plan.grid_files import stored_grid
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.points import axes_of
from prunesweep.core.settings import Settings
from prunesweep.core.version import version
from prunesweep.orchestrator.console.output import note
from prunesweep.orchestrator.find.search import Known, Trial
from prunesweep.orchestrator.run.extension import plan_grown
from prunesweep.orchestrator.run.submission import send_hints

_FAILED = (State.FAILED, State.QUARANTINED)


@dataclass(frozen=True)
class Trials:
    """The trials of one search.

    Attributes:
        name: of their sweep.
        asked: the grid that was asked for; what is timed takes its options from there.
        lowest: a plan of what the search asks the least of, which knows the network's layers; None = no layers keep an
            algorithm from reaching a sparsity.
    """

    settings: Settings
    engine: Engine
    name: str
    asked: Grid
    lowest: GridPlan | None = None

    def known(self, given_up: Collection[Cell] = ()) -> Known:
        """Return what was measured; given_up: cells that came to nothing, as good as failed."""
        found = {cell: Trial(None) for cell in given_up}
        for row in trial_rows(self.engine, self._sweep().id):
            if row.state == State.DONE:
                facts = row.summary
                found[row.cell] = Trial(facts.get("top1_val"), facts.get("val_images", 0), facts.get("macs"))
            elif row.state in _FAILED:
                found[row.cell] = Trial(None)
        return Known(found, self._speedups())

    def add(self, cells: Sequence[Cell]) -> int:
        """Add trials; return their sweep's number."""
        sweep = self._sweep()
        old = stored_grid(sweep.grid)
        return self._grow(sweep, self._with(old, (*old.points, *cells)))

    def impossible(self, cells: Sequence[Cell]) -> dict[Cell, str]:
        """Return those of the cells that the layers, or rules about them, leave no way to, each with the reason."""
        sweep = self._sweep()
        grid = stored_grid(sweep.grid)
        found: dict[Cell, str] = {}
        for cell in cells if self.lowest is not None else ():
            try:
                plan_grown(self.engine, sweep, self._with(grid, (cell,)), self.lowest).whole()
            except UserError as error:
                found[cell] = str(error)
        return found

    def time(self, cells: Sequence[Cell]) -> int:
        """Have the latency of trials measured; return that sweep's number."""
        source = self._sweep()
        grid = self._timed(self._with(stored_grid(source.grid), tuple(cells)))
        name, there = self._beside("timed", grid, exactly=False)
        if there is None:
            return self._submit(source, name, grid)
        return self._grow(there, self._with(grid, (*stored_grid(there.grid).points, *cells)))

    def recommend(self, cell: Cell) -> tuple[str, int]:
        """Have the one network tested, and timed afresh where that is asked for; return its sweep's name and number."""
        source = self._sweep()
        base = self._timed(replace(stored_grid(source.grid), points=(), evaluate=True))
        again = base.bench_repeat + (base.bench_device != "none")
        grid = replace(base, **axes_of((cell,)), bench_repeat=again)
        name, _ = self._beside("best", grid, exactly=True)
        return name, self._submit(source, name, grid)

    def row(self, sweep_id: int) -> ReportRow:
        """Return the report of the recommended network."""
        return report_rows(self.engine, sweep_id)[0]

    def tested(self) -> list[str]:
        """Return the sweeps of all networks that this search has recommended so far, the first one first: each has read
        the test set."""
        found = [name for name in self._names() if name == f"{self.name}-best" or self._numbered(name, "best")]
        return found[::-1]

    def _speedups(self) -> dict[Cell, float]:
        """Return the speed-ups of the cells that were timed as is asked for now; 0 where that failed."""
        kind = _kind(self._timed(stored_grid(self._sweep().grid)))
        found: dict[Cell, float] = {}
        for name in self._names():
            if name != f"{self.name}-timed" and not self._numbered(name, "timed"):
                continue
            sweep = find_sweep(self.engine, name)
            if _kind(stored_grid(sweep.grid)) != kind:
                continue
            for row in report_rows(self.engine, sweep.id):
                cell = Cell(row.algorithm, row.sparsity, row.epochs, row.iterations, row.seed)
                if row.latency_speedup is not None or State(row.state) in _FAILED:
                    found[cell] = row.latency_speedup or 0.0
        return found

    def _sweep(self) -> SweepRow:
        return find_sweep(self.engine, self.name)

    def _names(self) -> list[str]:
        return [listed.sweep.name for listed in list_sweeps(self.engine)]

    def _numbered(self, name: str, what: str) -> bool:
        return name.startswith(f"{self.name}-{what}-") and name.rpartition("-")[2].isdecimal()

    def _with(self, grid: Grid, points: tuple[Cell, ...]) -> Grid:
        chosen = tuple(dict.fromkeys(points))
        return replace(grid, points=chosen, **axes_of(chosen))

    def _timed(self, grid: Grid) -> Grid:
        """Return the grid with the latency that was asked for."""
        asked = self.asked
        return replace(
            grid,
            bench_device=asked.bench_device,
            bench_threads=asked.bench_threads,
            bench_batch=asked.bench_batch,
            bench_engines=asked.bench_engines,
            bench_repeat=asked.bench_repeat,
        )

    def _beside(self, what: str, grid: Grid, *, exactly: bool) -> tuple[str, SweepRow | None]:
        """Return the first of `NAME-what`, `NAME-what-2`, … that is free or such a grid's, and the sweep that it is."""
        names = set(self._names())
        number = 1
        while True:
            name = f"{self.name}-{what}" + (f"-{number}" if number > 1 else "")
            if name not in names:
                return name, None
            there = find_sweep(self.engine, name)
            had = stored_grid(there.grid)
            if _kind(had) == _kind(grid) and (not exactly or had.cells() == grid.cells()):
                return name, there
            number += 1

    def _grow(self, sweep: SweepRow, grid: Grid) -> int:
        done = extend_sweep(self.engine, sweep.id, sweep.grid, plan_grown(self.engine, sweep, grid))
        return self._hinted(done)

    def _submit(self, source: SweepRow, name: str, grid: Grid) -> int:
        """Submit a grid on the images and the weights of the trials."""
        return self._hinted(add_sweep(self.engine, plan_grown(self.engine, source, grid), name, version()))

    def _hinted(self, done: SubmitSummary) -> int:
        problem = send_hints(self.settings, in_order(self.engine, done.ready))
        if problem:
            note(f"note: {problem}")
        return done.id


def points_of(engine: Engine, name: str) -> tuple[Cell, ...]:
    """Return the trials that a sweep of that name has; () where there is none.

    Raises:
        UserError: it is the sweep of no search.
    """
    if name not in {listed.sweep.name for listed in list_sweeps(engine)}:
        return ()
    found = stored_grid(find_sweep(engine, name).grid)
    if not found.points or found.evaluate:
        raise UserError("name", name, "a sweep of this name is no search; choose another name")
    return found.points


def _kind(grid: Grid) -> Grid:
    """Return what two grids have in common when they differ in their cells only."""
    dataset = grid.dataset.partition(":")[0] if folder_of(grid.dataset) is not None else grid.dataset
    axes: dict[str, Any] = dict.fromkeys(("sparsity", "algorithm", "epochs", "iterations", "seeds"), ())
    return replace(grid, points=(), looked=(), dataset=dataset, weights=str(bool(grid.weights)), **axes)
