"""Provenance as HTML: whatever one needs to say where the numbers come from."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from prunesweep.core.ledger.queries.provenance import Provenance
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.version import full_version
from prunesweep.orchestrator.console import text


def facts(rows: Sequence[ReportRow], known: Provenance) -> str:
    """Return a list of terms; nothing of it is about a person or a host."""
    sweep = known.sweep
    artifacts = sum(row.artifact is not None for row in rows)
    pairs: list[tuple[str, str]] = [
        ("sweep", f"{escape(sweep.name)}, number {sweep.id}" + (", cancelled" if sweep.cancelled else "")),
        ("submitted", f"{_when(sweep.created_at)}, by version {escape(sweep.version)}"),
        ("last stage ended", text.MISSING if known.ended_at is None else _when(known.ended_at)),
        ("versions of the workers", _listed(known.workers)),
        ("this report", f"version {escape(full_version())}"),
        ("code of the stages", _listed(f"{kind} {code}" for kind, code in known.codes)),
        ("trained with", _listed(known.trained_with)),
        ("accuracy measured on", _listed(known.devices)),
        ("accuracy measured with", _listed(known.measured_with)),
        ("latency measured with", _listed(known.timings)),
        ("grid", _json(sweep.grid)),
        ("data", "<br>".join(map(_json, known.datasets)) or text.MISSING),
        *((f"recipe {escape(str(each.get('name', '')))}", _json(each)) for each in known.recipes),
        ("digests", f"of every cell's final round in the table (in full on hover); {artifacts:,} artifacts, see below"),
    ]
    body = "".join(f"<dt>{term}</dt><dd>{value}</dd>" for term, value in pairs)
    return f"<dl>{body}</dl>{_digests(rows)}"


def _digests(rows: Sequence[ReportRow]) -> str:
    """Cell, digest of its final round, SHA-256 of that round's file; folded away."""
    lines = "\n".join(f"{row.cell:>5} {row.digest} {row.artifact or text.MISSING}" for row in rows)
    summary = "<summary>Digests and artifacts (SHA-256) of all cells</summary>"
    return f'<details>{summary}<pre class="scroll">{escape(lines)}</pre></details>'


def _json(value: object) -> str:
    return f"<code>{escape(json.dumps(value, ensure_ascii=False, sort_keys=True))}</code>"


def _listed(values: Iterable[str]) -> str:
    return "<br>".join(map(escape, values)) or text.MISSING


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
