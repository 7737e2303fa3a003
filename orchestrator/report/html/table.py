"""Every cell as a row of an HTML table that sorts by full values and shows rounded ones."""

from collections.abc import Sequence
from html import escape

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report import render

_FIELDS = {
    "algorithm": "algorithm",
    "ask %": "sparsity",
    "got %": "sparsity_achieved",
    "ep": "epochs",
    "it": "iterations",
    "seed": "seed",
    "before": "top1_before",
    "bn": "top1_bn",
    "top-1": "top1",
    "val": "top1_val",
    "drop": "drop",
    "against": "reference",
    "non-zero": "nonzero",
    "compr": "compression",
    "compr all": "compression_all",
    "counted %": "sparsity_counted",
    "top-5": "top5",
    "FLOPs": "flop_speedup",
    "dense ms": "latency_dense_ms",
    "ms": "latency_pruned_ms",
    "speed-up": "latency_speedup",
    "zeros": "latency_zeros_speedup",
    "code": "latency_code",
    "file": "artifact_bytes",
    "train s": "train_seconds",
    "state": "state",
}
"""The report's columns and the fields of `ReportRow` behind them."""


def table(rows: Sequence[ReportRow]) -> str:
    """Return the table with its filter. A number's cell carries it in full (`data-v`), as the CSV has it."""
    columns = [(column, _FIELDS[column.title]) for column in render.shown_columns(rows)]
    heads = "".join(_head(column.title, field, column.left) for column, field in columns)
    heads = _head("cell", "cell") + heads + _head("digest", "digest", left=True)
    lines = []
    for row in rows:
        cells = [_cell(row, field, column.cell(row), column.left) for column, field in columns]
        lines.append(
            f"<tr>{_cell(row, 'cell', str(row.cell))}{''.join(cells)}"
            f'<td class="left" title="{escape(row.digest)}"><code>{escape(row.digest[:12])}</code></td></tr>'
        )
    notes = "".join(f'<p class="note">{escape(line)}</p>' for line in render.caption(rows))
    return (
        f"{notes}"
        '<div class="filter"><label for="filter">Show rows with all of these words</label>'
        '<input id="filter" type="search" autocomplete="off" placeholder="oneshot 90">'
        f'<output id="shown" for="filter" aria-live="polite">{len(rows)} of {len(rows)}</output></div>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Every cell">'
        f'<table id="cells"><thead><tr>{heads}</tr></thead>\n<tbody>\n' + "\n".join(lines) + "\n</tbody></table></div>"
    )


def _head(title: str, field: str, left: bool = False) -> str:
    side = ' class="left"' if left else ""
    return (
        f'<th scope="col" aria-sort="none" data-field="{field}"{side}>'
        f'<button type="button" title="{field}">{escape(title)}</button></th>'
    )


def _cell(row: ReportRow, field: str, shown: str, left: bool = False) -> str:
    value = getattr(row, field)
    if left and value is not None:
        return f'<td class="left">{escape(shown)}</td>'
    full = "" if value is None else str(value)
    return f'<td data-v="{escape(full)}">{escape(shown if full else text.MISSING)}</td>'
