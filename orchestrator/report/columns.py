"""The columns of everything that people read of a report, and which of them say something."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text


@dataclass(frozen=True)
class TableColumn:
    """A column of the table.

    Attributes:
        varying: shown only when rows differ in it (else it stands in the caption).
        needs: shown only when this is true of a row.
    """

    title: str
    cell: Callable[[ReportRow], str]
    left: bool = False
    keep: int = 0
    varying: bool = False
    needs: Callable[[ReportRow], bool] | None = None


def speedup_text(row: ReportRow) -> str:
    """Return the speed-up, with a question mark where the run was disturbed."""
    mark = "?" if disturbed(row) else ""
    interval = (row.latency_speedup_low, row.latency_speedup_high)
    return text.speedup(row.latency_speedup, *interval, row.latency_p_adjusted) + mark


def _zeros(row: ReportRow) -> str:
    """Return what the zeros alone bring, with its question mark as well."""
    found = text.speedup(row.latency_zeros_speedup, row.latency_zeros_low, row.latency_zeros_high)
    return found + ("?" if disturbed(row) and found != text.MISSING else "")


def has_exempt(row: ReportRow) -> bool:
    """Return True when rules exempt layers, so that the asked sparsity is of fewer weights than all."""
    return row.total_counted is not None and row.total_counted != row.total


def disturbed(row: ReportRow) -> bool:
    """Return True when two copies of one network differed while it was measured."""
    low, high = row.latency_null_low, row.latency_null_high
    return low is not None and high is not None and not low <= 1.0 <= high


COLUMNS = (
    TableColumn("algorithm", lambda row: row.algorithm, left=True, keep=6),
    TableColumn("target %", lambda row: f"{100 * row.sparsity:g}"),
    TableColumn("achieved %", lambda row: text.percent(row.sparsity_achieved)),
    TableColumn("counted %", lambda row: text.percent(row.sparsity_counted), needs=has_exempt),
    TableColumn("epochs", lambda row: str(row.epochs)),
    TableColumn("rounds", lambda row: str(row.iterations)),
    TableColumn("seed", lambda row: str(row.seed), varying=True),
    TableColumn("before", lambda row: text.percent(row.top1_before)),
    TableColumn("bn", lambda row: text.percent(row.top1_bn), varying=True),
    TableColumn("top-1", lambda row: text.percent(row.top1)),
    TableColumn("val", lambda row: text.percent(row.top1_val), needs=lambda row: row.top1_val is not None),
    TableColumn("drop", lambda row: text.points(row.drop)),
    TableColumn("top-5", lambda row: text.percent(row.top5), needs=lambda row: row.top5 is not None),
    TableColumn("against", lambda row: row.reference, left=True, varying=True),
    TableColumn("non-zero", lambda row: text.count(row.nonzero)),
    TableColumn("compression", lambda row: text.times(row.compression)),
    TableColumn(
        "compression all",
        lambda row: text.times(row.compression_all),
        needs=lambda row: row.compression_all is not None,
    ),
    TableColumn("FLOPs ratio", lambda row: text.times(row.flop_speedup)),
    TableColumn("dense ms", lambda row: text.number(row.latency_dense_ms)),
    TableColumn("ms", lambda row: text.number(row.latency_pruned_ms)),
    TableColumn("speed-up", speedup_text),
    TableColumn("zeros alone", _zeros),
    TableColumn("code", lambda row: row.latency_code or text.MISSING, left=True, varying=True),
    TableColumn("file", lambda row: text.size(row.artifact_bytes)),
    TableColumn("train s", lambda row: text.number(row.train_seconds, 1)),
    TableColumn(
        "train FLOPs",
        lambda row: text.times(row.train_flops_ratio, 2),
        needs=lambda row: row.train_flops_ratio is not None,
    ),
    TableColumn(
        "dense epochs",
        lambda row: text.number(row.train_dense_epochs, 1),
        needs=lambda row: row.train_dense_epochs is not None and row.train_flops_ratio is None,
    ),
    TableColumn("state", lambda row: row.state.lower(), left=True, varying=True),
)
"""The columns of everything that people read."""


def shown_columns(rows: Sequence[ReportRow]) -> list[TableColumn]:
    """Return the columns that say something of these rows."""
    return [
        column
        for column in COLUMNS
        if (not column.varying or _varies(map(column.cell, rows)))
        and (column.needs is None or any(map(column.needs, rows)))
    ]


def _varies(values: Iterable[str]) -> bool:
    left = iter(values)
    first = next(left, "")
    return any(value != first for value in left)
