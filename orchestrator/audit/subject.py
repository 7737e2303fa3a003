"""What an audit looks at and what it comes to; how it is judged: `prunesweep.orchestrator.audit.checklist`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.queries.lookup import dataset_of
from prunesweep.core.ledger.queries.report import ReportRow, layers_left, report_rows
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.ledger.queries.training_specs import TrainingSpecs, trained
from prunesweep.core.plan.algorithms import Algorithm, with_built_in
from prunesweep.core.plan.controls import find, is_control

PASS, FAIL, NOT_APPLICABLE = "pass", "fail", "n/a"
Curve = tuple[str, int, int]
"""(algorithm, epochs, iterations): what is drawn against sparsity."""


@dataclass(frozen=True)
class RereadAccuracy:
    """An artifact's accuracy read again.

    Attributes:
        cell: that it is of, 0 = dense network.
        ledger, again: top-1 in [0, 1].
        images: of the test set.
        error: why there is no `again`.
    """

    cell: int
    artifact: str
    ledger: float
    again: float | None
    images: int
    error: str

    @property
    def agrees(self) -> bool:
        """Within 0.1 points or one image: another processor may round the other way where two classes are as good as
        equal."""
        return self.again is not None and abs(self.again - self.ledger) <= max(0.001, 1.01 / self.images)


@dataclass(frozen=True)
class VerifyResult:
    """What `--verify` found.

    Attributes:
        artifacts: how many were hashed and counted.
        wrong: a line for each that isn't right.
        read: accuracies read again.
    """

    artifacts: int
    wrong: tuple[str, ...]
    read: tuple[RereadAccuracy, ...]


@dataclass(frozen=True)
class AuditedSweep:
    """A sweep as its ledger holds it.

    Attributes:
        layers: cell → see `prunesweep.core.ledger.queries.report.layers_left`.
        dataset: fields of its `DatasetRef`.
        verified: None = not asked for.
    """

    sweep: SweepRow
    rows: tuple[ReportRow, ...]
    layers: Mapping[int, list[dict[str, Any]]]
    trained: TrainingSpecs
    dataset: Mapping[str, Any]
    verified: VerifyResult | None = None

    def algorithm(self, row: ReportRow) -> Algorithm | None:
        """Return what the row's algorithm is made of; None for a name that only another release knows."""
        own = (Algorithm(**one) for one in self.sweep.grid.get("algorithms", ()))
        return find(row.algorithm, with_built_in(own))

    def methods(self) -> list[tuple[ReportRow, Algorithm]]:
        """Return the rows that are no control (random, another's counts, nothing pruned), with their algorithms."""
        known = ((row, self.algorithm(row)) for row in self.rows if row.sparsity)
        return [(row, made) for row, made in known if made is not None and not is_control(made)]

    def curves(self) -> dict[Curve, list[ReportRow]]:
        """Return the pruned rows by what is drawn as one line."""
        found: dict[Curve, list[ReportRow]] = {}
        for row in self.rows:
            if not row.sparsity:
                continue
            found.setdefault((row.algorithm, row.epochs, row.iterations), []).append(row)
        return found


@dataclass(frozen=True)
class ItemResult:
    """What the check of one checklist item found.

    Attributes:
        status: pass, fail or n/a.
        evidence: in words.
        cells: the rows that prove it, by their numbers.
    """

    status: str
    evidence: str
    cells: tuple[int, ...] = ()


@dataclass(frozen=True)
class ChecklistItem:
    """A point of the checklist.

    Attributes:
        id: for programs.
        text: what is asked for.
        source: where it is asked for.
        check: how it is found.
    """

    id: str
    text: str
    source: str
    check: Callable[[AuditedSweep], ItemResult] = field(repr=False)


def read_subject(engine: Engine, sweep: SweepRow) -> AuditedSweep:
    """Return all that the ledger knows of the sweep.

    Raises:
        UserError: it has no cells.
    """
    rows = tuple(report_rows(engine, sweep.id))
    if not rows:
        raise UserError("sweep", sweep.name, "has no cells to judge")
    return AuditedSweep(
        sweep, rows, layers_left(engine, sweep.id), trained(engine, sweep.id), dataset_of(engine, sweep.id)
    )


def cells_of(rows: Iterable[ReportRow]) -> tuple[int, ...]:
    """Return the cells' numbers."""
    return tuple(row.cell for row in rows)
