"""The report as a table for a terminal of a given width."""

from collections.abc import Mapping, Sequence

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.prose import wrapped
from prunesweep.orchestrator.console.text import Column
from prunesweep.orchestrator.report import best
from prunesweep.orchestrator.report.caption import caption
from prunesweep.orchestrator.report.columns import TableColumn, shown_columns

_SPARED = (
    "train s",
    "train FLOPs",
    "dense epochs",
    "code",
    "against",
    "file",
    "compression",
    "achieved %",
    "val",
    "dense ms",
    "ms",
    "compression all",
    "FLOPs ratio",
    "before",
    "top-5",
    "non-zero",
    "zeros alone",
    "drop",
)
"""What a narrow terminal can do without, the least needed first."""


def table_lines(rows: Sequence[ReportRow], width: int) -> list[str]:
    """Return caption, table, and which setting is best at each sparsity."""
    shown, cells, left_out = _fitting(shown_columns(rows), rows, width)
    columns = [Column(column.title, column.left, column.keep) for column in shown]
    body = text.table(columns, zip(*cells, strict=True), width)
    lines = [*caption(rows), "", *body, "", *best.lines(rows)]
    if left_out:
        names = f"left out to fit {width} columns: {', '.join(left_out)}; all of it: --format csv"
        lines += wrapped(names, width, "  ")
    return lines


def _fitting(
    shown: Sequence[TableColumn], rows: Sequence[ReportRow], width: int
) -> tuple[list[TableColumn], list[list[str]], list[str]]:
    """Return the columns without those that a narrow terminal can spare, what stands in each, and the titles of the
    spared."""
    # What is too wide by its titles alone is so whatever stands below them, which then need not be written.
    left_out = _spared({column.title: len(column.title) for column in shown}, width)
    left = [column for column in shown if column.title not in left_out]
    cells = {column.title: [column.cell(row) for row in rows] for column in left}
    widths = {title: max(len(title), *map(len, some), 0) for title, some in cells.items()}
    left_out += _spared(widths, width)
    fits = [column for column in left if column.title not in left_out]
    return fits, [cells[column.title] for column in fits], left_out


def _spared(widths: Mapping[str, int], width: int) -> list[str]:
    """Return which of the columns have to go, the least needed first, so that the others fit. widths: by title."""
    least = sum(widths.values()) + len(widths) - 1
    left_out: list[str] = []
    for title in _SPARED:
        if least <= width:
            break
        if title in widths:
            least -= widths[title] + 1
            left_out.append(title)
    return left_out
