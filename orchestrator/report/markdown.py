"""The report as a Markdown document."""

from collections.abc import Sequence

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report import best
from prunesweep.orchestrator.report.caption import caption
from prunesweep.orchestrator.report.columns import shown_columns


def markdown(rows: Sequence[ReportRow]) -> str:
    """Return caption, table, and which setting is best at each sparsity."""
    shown = shown_columns(rows)
    lines = [f"# Sweep {rows[0].sweep}" if rows else "# Empty sweep", ""]
    lines += [f"- {line}" for line in caption(rows)]
    lines += ["", "| " + " | ".join(column.title for column in shown) + " |"]
    lines.append("|" + "|".join(":--" if column.left else "--:" for column in shown) + "|")
    lines += ["| " + " | ".join(column.cell(row).replace("|", "\\|") for column in shown) + " |" for row in rows]
    lines += ["", *(f"- {line}" for line in best.lines(rows))]
    return "\n".join(lines).rstrip() + "\n"
