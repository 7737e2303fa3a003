"""The report as text: a table to read, Markdown to keep, CSV and JSON to compute with, LaTeX to print."""

from collections.abc import Sequence
from types import MappingProxyType

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.latex import latex
from prunesweep.orchestrator.report.markdown import markdown
from prunesweep.orchestrator.report.plain import Layers, columns_of, csv_text, json_text
from prunesweep.orchestrator.report.table import table_lines

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


def render(rows: Sequence[ReportRow], form: str, width: int, layers: Layers = MappingProxyType({})) -> str:
    """Return the report in a format that is text, with its last newline. layers: for JSON, see
    `prunesweep.core.ledger.queries.report.layer_texts`."""
    if form == "csv":
        return csv_text(columns_of(rows))
    if form == "json":
        return json_text(columns_of(rows), layers)
    if form == "md":
        return markdown(rows)
    if form == "latex":
        return latex(rows)
    return "\n".join(table_lines(rows, width)) + "\n"
