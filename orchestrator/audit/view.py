"""An audit in words and as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from prunesweep.orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, AuditedSweep, ChecklistItem, ItemResult
from prunesweep.orchestrator.console.output import paint
from prunesweep.orchestrator.console.prose import wrapped

_COLOURS = {PASS: "green", FAIL: "red", NOT_APPLICABLE: "dim"}
_SHOWN = 8
_WHAT = "Blalock et al. 2020 (arXiv:2003.03033) in our words"
_INDENT = " " * 6


def lines(subject: AuditedSweep, found: Sequence[tuple[ChecklistItem, ItemResult]], width: int) -> list[str]:
    """Return two lines or more an item: what is asked for, and how it was met."""
    shown = [f"{subject.sweep.name}: {_WHAT}, {len(subject.rows):,} rows", ""]
    for item, outcome in found:
        status = paint(f"{outcome.status:4}", _COLOURS[outcome.status])
        shown.append(f"{status}  {item.id}: {item.text}")
        evidence = outcome.evidence + _cells(outcome.cells)
        shown += wrapped(evidence, width, _INDENT, _INDENT)
    counts = Counter(outcome.status for _, outcome in found)
    shown += ["", ", ".join(f"{counts[status]} {status}" for status in (PASS, FAIL, NOT_APPLICABLE))]
    return shown


def as_dict(subject: AuditedSweep, found: Sequence[tuple[ChecklistItem, ItemResult]]) -> dict[str, Any]:
    """Return the same for programs, with every cell that proves an item."""
    counts = Counter(outcome.status for _, outcome in found)
    return {
        "sweep": subject.sweep.name,
        "rows": len(subject.rows),
        "verified": subject.verified is not None,
        "counts": {status: counts[status] for status in (PASS, FAIL, NOT_APPLICABLE)},
        "items": [
            {
                "id": item.id,
                "text": item.text,
                "source": item.source,
                "status": outcome.status,
                "evidence": outcome.evidence,
                "cells": list(outcome.cells),
            }
            for item, outcome in found
        ],
    }


def _cells(cells: tuple[int, ...]) -> str:
    if not cells:
        return ""
    more = f" and {len(cells) - _SHOWN:,} more" if len(cells) > _SHOWN else ""
    return f" (cell{'s' if len(cells) > 1 else ''} {', '.join(map(str, cells[:_SHOWN]))}{more})"
