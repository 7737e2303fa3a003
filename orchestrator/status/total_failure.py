"""The end of a sweep that has no result at all: why, instead of a table of dashes."""

from collections.abc import Sequence

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.ledger.queries.status import SweepStatus
from prunesweep.orchestrator.status import view

_SHOWN = 3


def nothing_made(rows: Sequence[ReportRow]) -> bool:
    """Return whether no cell, and no dense network, has anything to report."""
    return not any(row.artifact or row.top1 is not None or row.top1_dense is not None for row in rows)


def without_results(status: SweepStatus, width: int) -> list[str]:
    """Return the headline, the reasons, what helps, and the exit code that the command ends with."""
    code = 1 if view.broken(status) else 0
    lines = [view.headline(status, width), *view.failures(status, width, _SHOWN)]
    return [*lines, f"no cell has a result, so there is no report; exit code {code}"]
