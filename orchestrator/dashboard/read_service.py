"""What the pages read of the ledger, shared by all who look at the same time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.cell_paths import CellPath, StageStates, cell_paths, standing
from prunesweep.core.ledger.queries.curves import EpochMetrics, learning_curves, stage_curves
from prunesweep.core.ledger.queries.logs import StageLog, last_logs, stage_log
from prunesweep.core.ledger.queries.report import ReportRow, layers_left, report_rows
from prunesweep.core.ledger.queries.stage_detail import StageDetail, stage_facts
from prunesweep.core.ledger.queries.status import SweepStatus, sweep_status
from prunesweep.core.ledger.queries.sweeps import ListedSweep, SweepRow, find_sweep, list_sweeps, wishes_for
from prunesweep.core.ledger.queries.worker_slots import busy_slots
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.compare.selectors import CellFilter, read_side
from prunesweep.orchestrator.dashboard.cache import TimedCache
from prunesweep.orchestrator.dashboard.connection import LedgerConnection
from prunesweep.orchestrator.dashboard.pairings import Pairing, pairings
from prunesweep.orchestrator.dashboard.stage_names import stage_names
from prunesweep.orchestrator.dashboard.workers_view import WorkersView, workers_view

if TYPE_CHECKING:
    from prunesweep.orchestrator.report.figures.theme import Figure

SHARED_SECONDS = 0.7
"""How old a shared reading may be. With a poll a second, nobody sees anything later than 1.7 s and a reading after."""
_KEPT_SECONDS = 600.0
_LONGEST = 64
_MOST_CURVES = 60
_MOST_LOGS = 20


@dataclass(frozen=True)
class SweepReading:
    """A sweep now.

    Attributes:
        serial: no other reading has it.
        names: of its stages, by digest.
        curves: of its running stages.
        logs: of those that failed, the latest twenty.
    """

    serial: int
    sweep: SweepRow
    status: SweepStatus
    cells: Sequence[CellPath]
    names: Mapping[str, str]
    now: StageStates
    workers: WorkersView
    curves: Mapping[str, list[EpochMetrics]]
    logs: Mapping[str, str]


@dataclass(frozen=True)
class StageReading:
    """A stage now.

    Attributes:
        names: what it and its relatives are for, by digest, where a sweep has cells for them.
    """

    log: StageLog
    facts: StageDetail
    epochs: Sequence[EpochMetrics]
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return what it is for."""
        return self.names.get(self.log.digest, self.log.label)


class ReadService:
    """Each method raises `LedgerAway` when the ledger cannot be read, and UserError for what isn't in it."""

    def __init__(self, settings: Settings, seconds: float = SHARED_SECONDS) -> None:
        self.source = LedgerConnection(settings)
        self.cache = TimedCache(seconds)
        self._settings = settings
        self._serials = count()
        self._kept = TimedCache(_KEPT_SECONDS)

    def sweeps(self) -> list[ListedSweep]:
        return self.cache.get("sweeps", lambda: self.source.read(list_sweeps))

    def workers(self) -> WorkersView:
        return self.cache.get("workers", lambda: self.source.read(self._workers))

    def sweep(self, key: str) -> SweepReading:
        """Read a sweep, by name or number."""
        return self.cache.get(("sweep", key), lambda: self.source.read(lambda engine: self._sweep(engine, key)))

    def stage(self, digest: str) -> StageReading:
        """Read a stage, by the first digits of its digest."""
        return self.cache.get(("stage", digest), lambda: self.source.read(lambda engine: self._stage(engine, digest)))

    def results(self, key: str) -> list[ReportRow]:
        """Return the rows of the report."""
        return self.source.read(lambda engine: report_rows(engine, find_sweep(engine, key).id))

    def rows(self, key: str, token: str) -> list[ReportRow]:
        """Return the rows of the report, shared by those who know of the same results. token: as of `figures`."""
        return self.cache.get(("rows", key, token[:_LONGEST]), lambda: self.results(key))

    def figures(self, key: str, token: str) -> tuple[list[ReportRow], Sequence["Figure"]]:
        """Return the report's rows and charts. token: of the results that the viewer knows of; shared by those who
        know of the same, so that nobody is given what was drawn before them."""

        def read(engine: Engine) -> tuple[list[ReportRow], Sequence["Figure"]]:
            from prunesweep.orchestrator.report.figures.draw import figures  # not above: it takes a second to load

            sweep = find_sweep(engine, key)
            rows = report_rows(engine, sweep.id)
            return rows, figures(rows, learning_curves(engine, sweep.id), layers_left(engine, sweep.id))

        return self.cache.get(("figures", key, token[:_LONGEST]), lambda: self.source.read(read))

    def overlaid(self, keys: Sequence[str], token: str) -> Sequence["Figure"]:
        """Return charts with all these sweeps in them. token: as of `figures`."""

        def read(engine: Engine) -> Sequence["Figure"]:
            from prunesweep.orchestrator.report.figures.overlay import SweepResults, overlay

            sweeps = [find_sweep(engine, key) for key in keys]
            return overlay(
                [SweepResults(s.name, report_rows(engine, s.id), learning_curves(engine, s.id)) for s in sweeps]
            )

        return self.cache.get(("overlaid", tuple(keys), token[:_LONGEST]), lambda: self.source.read(read))

    def paired(self, keys: Sequence[str], token: str) -> Sequence[Pairing]:
        """Return the first sweep against each other one, paired by seed. token: of their results."""

        def read(engine: Engine) -> Sequence[Pairing]:
            return pairings([read_side(engine, CellFilter(key, key, {})) for key in keys])

        return self._kept.get(("paired", tuple(keys), token), lambda: self.source.read(read))

    def _workers(self, engine: Engine) -> WorkersView:
        busy = busy_slots(engine)
        names = self._names(engine, [slot.digest for slot in busy])
        named = [replace(slot, label=names.get(slot.digest, slot.label)) for slot in busy]
        return workers_view(list_workers(engine, self._settings.lease), named, 2.5 * self._settings.heartbeat)

    def _names(self, engine: Engine, digests: Sequence[str]) -> dict[str, str]:
        """Return what these stages are for, by the oldest sweep that wants them."""
        wanted = {digest: min(wishes.items())[1] for digest, wishes in wishes_for(engine, digests).items() if wishes}
        known = {name: self._cells(engine, find_sweep(engine, name))[1] for name in set(wanted.values())}
        return {digest: known[name][digest] for digest, name in wanted.items() if digest in known[name]}

    def _stage(self, engine: Engine, digest: str) -> StageReading:
        log = stage_log(engine, digest)
        epochs = stage_curves(engine, [log.digest]).get(log.digest, [])
        facts = stage_facts(engine, log.digest)
        relatives = [relative.digest for relative in (*facts.parents, *facts.children)]
        return StageReading(log, facts, epochs, self._names(engine, [log.digest, *relatives]))

    def _sweep(self, engine: Engine, key: str) -> SweepReading:
        sweep = find_sweep(engine, key)
        status = sweep_status(engine, sweep.id)
        running = [stage.digest for stage in status.running[:_MOST_CURVES]]
        failed = [stage.digest for stage in status.failed[:_MOST_LOGS]]
        cells, names = self._cells(engine, sweep)
        return SweepReading(
            serial=next(self._serials),
            sweep=sweep,
            status=status,
            cells=cells,
            names=names,
            now=standing(engine, sweep.id),
            workers=self._workers(engine),
            curves=stage_curves(engine, running) if running else {},
            logs=last_logs(engine, failed) if failed else {},
        )

    def _cells(self, engine: Engine, sweep: SweepRow) -> tuple[Sequence[CellPath], Mapping[str, str]]:
        """Return what of a sweep changes only when it is extended."""
        # The time of its making as well: another ledger may have another sweep of that number.
        key = (sweep.id, sweep.created_at, json.dumps(sweep.grid, sort_keys=True))
        return self._kept.get(key, lambda: _cells(engine, sweep.id))


def _cells(engine: Engine, sweep_id: int) -> tuple[Sequence[CellPath], Mapping[str, str]]:
    cells = cell_paths(engine, sweep_id)
    return cells, stage_names(cells)
