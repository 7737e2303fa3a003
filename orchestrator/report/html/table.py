"""Every cell as a row of the page's table, which sorts by full values and shows rounded ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report.caption import caption
from prunesweep.orchestrator.report.columns import shown_columns

_FIELDS = {
    "algorithm": "algorithm",
    "target %": "sparsity",
    "achieved %": "sparsity_achieved",
    "epochs": "epochs",
    "rounds": "iterations",
    "seed": "seed",
    "before": "top1_before",
    "bn": "top1_bn",
    "top-1": "top1",
    "val": "top1_val",
    "drop": "drop",
    "against": "reference",
    "non-zero": "nonzero",
    "compression": "compression",
    "compression all": "compression_all",
    "counted %": "sparsity_counted",
    "top-5": "top5",
    "FLOPs ratio": "flop_speedup",
    "dense ms": "latency_dense_ms",
    "ms": "latency_pruned_ms",
    "speed-up": "latency_speedup",
    "zeros alone": "latency_zeros_speedup",
    "code": "latency_code",
    "file": "artifact_bytes",
    "train s": "train_seconds",
    "train FLOPs": "train_flops_ratio",
    "dense epochs": "train_dense_epochs",
    "state": "state",
}
"""The report's columns and the fields of `ReportRow` behind them."""


@dataclass(frozen=True)
class Head:
    """A column.

    Attributes:
        field: of `ReportRow`.
        left: text, which is not sorted as a number.
    """

    title: str
    field: str
    left: bool = False


@dataclass(frozen=True)
class HtmlCell:
    """One table cell.

    Attributes:
        full: the value as the CSV has it, "" = not known.
        shown: rounded.
    """

    full: str
    shown: str
    left: bool


@dataclass(frozen=True)
class HtmlRow:
    cells: list[HtmlCell]
    digest: str


@dataclass(frozen=True)
class HtmlTable:
    """notes: the lines above it."""

    heads: list[Head]
    rows: list[HtmlRow]
    notes: list[str]


def table(rows: Sequence[ReportRow]) -> HtmlTable:
    """Return what `templates/table.html` shows."""
    columns = [(column, _FIELDS[column.title]) for column in shown_columns(rows)]
    heads = [Head(column.title, field, column.left) for column, field in columns]
    return HtmlTable(
        [Head("cell", "cell"), *heads, Head("digest", "digest", left=True)],
        [
            HtmlRow(
                [
                    _cell(row, "cell", str(row.cell)),
                    *(_cell(row, field, column.cell(row), column.left) for column, field in columns),
                ],
                row.digest,
            )
            for row in rows
        ],
        list(caption(rows)),
    )


def _cell(row: ReportRow, field: str, shown: str, left: bool = False) -> HtmlCell:
    value = getattr(row, field)
    full = "" if value is None else str(value)
    if left and value is not None:
        return HtmlCell(full, shown, left=True)
    return HtmlCell(full, shown if full else text.MISSING, left=False)
