"""Provenance: whatever one needs to say where the numbers come from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from prunesweep.core.ledger.queries.provenance import Provenance
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.version import full_version
from prunesweep.orchestrator.console import text


@dataclass(frozen=True)
class Fact:
    """A term and what there is to say, a line each; no line = not known. code: they are JSON."""

    term: str
    values: Sequence[str]
    code: bool = False


def facts(rows: Sequence[ReportRow], known: Provenance) -> list[Fact]:
    """Return a list of terms; nothing of it is about a person or a host."""
    sweep = known.sweep
    artifacts = sum(row.artifact is not None for row in rows)
    return [
        Fact("sweep", [f"{sweep.name}, number {sweep.id}" + (", cancelled" if sweep.cancelled else "")]),
        Fact("submitted", [f"{_when(sweep.created_at)}, by version {sweep.version}"]),
        Fact("last stage ended", [] if known.ended_at is None else [_when(known.ended_at)]),
        Fact("versions of the workers", list(known.workers)),
        Fact("this report", [f"version {full_version()}"]),
        Fact("code of the stages", [f"{kind} {code}" for kind, code in known.codes]),
        Fact("trained with", list(known.trained_with)),
        Fact("accuracy measured on", list(known.devices)),
        Fact("accuracy measured with", list(known.measured_with)),
        Fact("latency measured with", list(known.timings)),
        Fact("grid", [_json(sweep.grid)], code=True),
        Fact("data", [_json(each) for each in known.datasets], code=True),
        *(Fact(f"recipe {each.get('name', '')}", [_json(each)], code=True) for each in known.recipes),
        Fact(
            "digests",
            [f"of every cell's final round in the table (in full on hover); {artifacts:,} artifacts, see below"],
        ),
    ]


def digests(rows: Sequence[ReportRow]) -> str:
    """Return cell, digest of its final round, SHA-256 of that round's file, a line each."""
    return "\n".join(f"{row.cell:>5} {row.digest} {row.artifact or text.MISSING}" for row in rows)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
