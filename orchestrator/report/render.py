"""The report as text: a table to read, Markdown to keep, CSV and JSON to compute with, LaTeX to print."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.controls import DENSE
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.published import toys
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.prose import wrapped
from prunesweep.orchestrator.console.text import Column
from prunesweep.orchestrator.report import best, validity
from prunesweep.orchestrator.report.latex import latex
from prunesweep.orchestrator.report.plain import Layers, columns_of, csv_text, json_text

FORMATS = ("table", "csv", "json", "md", "html", "parquet", "latex")
ENDINGS = {
    "txt": "table",
    "csv": "csv",
    "json": "json",
    "md": "md",
    "html": "html",
    "htm": "html",
    "parquet": "parquet",
    "tex": "latex",
}
"""What a file's ending means."""


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


def _speedup(row: ReportRow) -> str:
    """Return it with a question mark where the run was disturbed."""
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
    TableColumn("speed-up", _speedup),
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

_FOLLOWING = 0.4
"""An autocorrelation of a dozen blocks that chance alone seldom gives (3 in 100)."""
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


def render(rows: Sequence[ReportRow], form: str, width: int, layers: Layers = MappingProxyType({})) -> str:
    """Return the report in a format that is text, with its last newline. layers: for JSON, see
    `prunesweep.core.ledger.queries.report.layers_left`."""
    if form == "csv":
        return csv_text(columns_of(rows))
    if form == "json":
        return json_text(columns_of(rows), layers)
    if form == "md":
        return markdown(rows)
    if form == "latex":
        return latex(rows)
    return "\n".join(table_lines(rows, width)) + "\n"


def table_lines(rows: Sequence[ReportRow], width: int) -> list[str]:
    """Return caption, table, and which setting is best at each sparsity."""
    shown, cells, left_out = _fitting(shown_columns(rows), rows, width)
    columns = [Column(column.title, column.left, column.keep) for column in shown]
    body = text.table(columns, zip(*cells, strict=True), width)
    lines = [*caption(rows), "", *body, "", *best.lines(rows)]
    if left_out:
        names = f"left out to fit {width} columns: {', '.join(left_out)}; all of it: --format csv"
        lines += wrapped(names, max(width, 60), "  ")
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


def markdown(rows: Sequence[ReportRow]) -> str:
    """Return the same as a Markdown document."""
    shown = shown_columns(rows)
    lines = [f"# Sweep {rows[0].sweep}" if rows else "# Empty sweep", ""]
    lines += [f"- {line}" for line in caption(rows)]
    lines += ["", "| " + " | ".join(column.title for column in shown) + " |"]
    lines.append("|" + "|".join(":--" if column.left else "--:" for column in shown) + "|")
    lines += ["| " + " | ".join(column.cell(row).replace("|", "\\|") for column in shown) + " |" for row in rows]
    lines += ["", *(f"- {line}" for line in best.lines(rows))]
    return "\n".join(lines).rstrip() + "\n"


def caption(rows: Sequence[ReportRow]) -> list[str]:
    """Return what all rows share, and how to read the columns."""
    if not rows:
        return ["no cells"]
    lines = [" · ".join(_shared_facts(rows))]
    lines += validity.imported(rows)
    lines += validity.nothing_learned(rows)
    lines += [f"a toy, and what is seen on it holds for it alone: {one}" for one in toys_of(rows)]
    return lines + _how_to_read(rows) + _machines(rows)


def _shared_facts(rows: Sequence[ReportRow]) -> list[str]:
    """Return the sweep, and what all of its rows have in common."""
    done = sum(row.state == State.DONE for row in rows)
    facts = [
        f"{rows[0].sweep}: {done:,} of {text.plural(len(rows), 'cell')} done",
        _each(row.dataset for row in rows),
        _each(f"{model} width {width}" if width else model for model, width in _distinct(rows, "model", "width")),
    ]
    if len({row.seed for row in rows}) == 1:
        facts.append(f"seed {rows[0].seed}")
    dense = [row.top1_dense for row in rows if row.top1_dense is not None]
    if dense:
        facts.append(f"dense top-1 {_range(dense)} %")
    totals = {row.total for row in rows if row.total is not None}
    if totals:
        facts.append(f"{_each(text.count(total) for total in sorted(totals))} prunable weights")
    dense_five = [row.top5_dense for row in rows if row.top5_dense is not None]
    if dense_five:
        facts.append(f"dense top-5 {_range(dense_five)} %")
    return facts


def _how_to_read(rows: Sequence[ReportRow]) -> list[str]:
    """Return what the columns mean, a line each, of those that these rows have."""
    lines = [
        "target %: zeros asked for, of the prunable weights; achieved %: zeros counted; epochs: in each round",
        "top-1 and before: test accuracy in %, after recovery and right after pruning",
    ]
    if any(row.top1_val is not None for row in rows):
        lines.append("val: accuracy in % on the validation images (of the training set, as many of every class)")
    if any(row.state == State.DONE and row.top1 is None for row in rows):
        lines.append("top-1 and drop are missing where a sweep leaves the test set out: such cells are judged by val")
    lines.append("accuracies are of one test set; statements about chance or other seeds hold for that set only")
    lines.append(f"drop: points below {references(rows)}")
    lines.append("FLOPs ratio: multiply-adds of a forward pass, dense ÷ pruned, if zeros cost nothing")
    if any(row.train_flops_ratio is not None for row in rows):
        lines.append(
            "train FLOPs: all trainings that it needed ÷ the dense network's, in theory (zeros cost time here)"
        )
    if any(row.train_dense_epochs is not None and row.train_flops_ratio is None for row in rows):
        lines.append("dense epochs: epochs of the dense network that cost as much as the training of the given weights")
    if any(row.compression_all is not None for row in rows):
        lines.append("compression: weights before ÷ after; of the prunable ones, or of all parameters, as papers do")
    if rules := {row.layer_rules for row in rows if row.layer_rules}:
        lines.append(f"layer rules: {'; '.join(sorted(rules)).replace(',', ', ')}")
    exempt = {(row.total_counted, row.total) for row in rows if has_exempt(row)}
    for counted, total in sorted(exempt):
        lines.append(f"target % and counted % are of {counted:,} weights; achieved % is of all {total:,}, exempt too")
    if any(row.top1_bn is not None for row in rows):
        lines.append("bn: right after pruning, with batch-norm statistics re-estimated on training images")
    collapsed = [row for row in rows if row.collapsed]
    if collapsed:
        worst = text.plural(max(row.collapsed or 0 for row in collapsed), "layer")
        lines.append(f"layer collapse: {text.plural(len(collapsed), 'cell')} lost every weight of up to {worst}")
    return lines


def toys_of(rows: Sequence[ReportRow]) -> list[str]:
    """Return what makes these rows a toy, each once; empty when nothing does."""
    return list(dict.fromkeys(one for each in _distinct(rows, "dataset", "model", "width") for one in toys(*each)))


def _range(fractions: Sequence[float]) -> str:
    low, high = text.percent(min(fractions)), text.percent(max(fractions))
    return low if low == high else f"{low} to {high}"


def references(rows: Sequence[ReportRow]) -> str:
    """Return which dense network the pruned cells' drops are against."""
    names = dict.fromkeys(row.reference for row in rows if row.sparsity)
    longer = [name for name in names if name != DENSE]
    plain = f"{DENSE}, the network before pruning"
    if not longer:
        return plain
    shown = f"{_each(longer)}, {DENSE} with the cell's recovery and as many epochs, nothing pruned"
    return f"{shown}, or below {plain}" if DENSE in names else shown


def _machines(rows: Sequence[ReportRow]) -> list[str]:
    """Return where latency was measured, a fact about one machine; and whether it was quiet there."""
    measured = [row for row in rows if row.latency_dense_ms is not None]
    if not measured:
        return []
    how = ("latency_batch", "latency_dense_engine", "latency_engine", "latency_threads", "processor")
    setups = {
        f"batch {batch}, {dense or engine} → {engine}, {text.plural(threads or 0, 'thread')} of {processor}"
        for batch, dense, engine, threads, processor in _distinct(measured, *how)
    }
    lines = [
        f"latency: median ms, best dense engine → the pruned network's: {_each(sorted(setups))}",
        f"speed-up: dense/pruned ms; {text.NO_SPEEDUP}: its 99 % interval includes 1×",
    ]
    if any(_speedup(row).startswith("(") for row in measured):
        lines.append("in parentheses: not borne out as one of all measured cells of the sweep (sign test, Holm, 5 %)")
    codes = {row.latency_code for row in measured if row.latency_code is not None}
    if codes:
        lines.append(
            "zeros alone: what they bring, the dense network in the pruned one's code/pruned ms; code that ran:"
            f" {_each(sorted(codes))}"
        )
    follow = max((row.latency_autocorrelation or 0.0 for row in measured), default=0.0)
    if follow > _FOLLOWING:
        lines.append(
            f"blocks of a measurement followed each other (autocorrelation up to {follow:.2f}): its interval is wider"
        )
    noisy = sum(map(disturbed, measured))
    if noisy:
        cells = text.plural(noisy, "cell")
        lines.append(f"?: disturbed, two copies of one network differed in {cells}; measure again on a quiet machine")
    return lines


def _distinct(rows: Sequence[ReportRow], *names: str) -> Iterable[tuple[Any, ...]]:
    """Return the values of those fields, each combination once, in order."""
    return dict.fromkeys(map(attrgetter(*names), rows))


def _each(values: Iterable[str]) -> str:
    """Return distinct values in order, the first three."""
    distinct = list(dict.fromkeys(values))
    return ", ".join(distinct[:3]) + (", …" if len(distinct) > 3 else "")


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
