"""The table of cells: one row each with what it was asked, where it stands and what was found."""

from collections.abc import Mapping, Sequence
from typing import Any

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.cell_paths import CellPath
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.cells import cell_name
from prunesweep.orchestrator.dashboard.read_service import ReadService
from prunesweep.orchestrator.dashboard.state_icons import ICONS

_FIRST_TO_SHOW = (State.FAILED, State.QUARANTINED, State.RUNNING, State.READY)


def cells_table(service: ReadService, keys: Sequence[str], token: str) -> dict[str, Any]:
    """Return the rows of these sweeps for the page. Accuracies, sparsities and the drop are in percent (points),
    times in seconds; None = not known (yet)."""
    found: list[dict[str, Any]] = []
    for key in keys:
        sweep = service.sweep(key)
        paths = {path.number: path for path in sweep.cells}
        for row in service.rows(key, token):
            # A sweep may have been extended between the two reads: its new cells come with the next.
            path = paths.get(row.cell)
            if path is not None:
                found.append(_row(row, path, sweep.now.states))
    return {"rows": found}


def telling_stage(path: CellPath, states: Mapping[str, State]) -> str:
    """Return the stage whose page says most about the cell: what failed, what runs, else its evaluation."""
    for state in _FIRST_TO_SHOW:
        for digest in path.digests:
            if states.get(digest) is state:
                return digest
    return path.evaluate


def _row(row: ReportRow, path: CellPath, states: Mapping[str, State]) -> dict[str, Any]:
    icon = ICONS[State(row.state)]
    return {
        "id": f"{row.sweep} {row.cell}",
        "sweep": row.sweep,
        "cell": row.cell,
        "name": cell_name(path.cell),
        "stage": telling_stage(path, states)[:16],
        "state": icon.word,
        "sign": icon.sign,
        "css": icon.css,
        "algorithm": row.algorithm,
        "sparsity": _percent(row.sparsity),
        "epochs": row.epochs,
        "rounds": row.iterations,
        "seed": row.seed,
        "top1": _percent(row.top1),
        "drop": _percent(row.drop),
        "val": _percent(row.top1_val),
        "zeros": _percent(row.sparsity_achieved),
        "flops": _rounded(row.flop_speedup),
        "speedup": _rounded(row.latency_speedup),
        "low": _rounded(row.latency_speedup_low),
        "high": _rounded(row.latency_speedup_high),
        "seconds": _rounded(row.train_seconds, 1),
    }


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 4)


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
