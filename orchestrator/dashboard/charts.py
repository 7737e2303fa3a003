"""The report's charts and verdict as results arrive: the same descriptions that the report page has inside."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from prunesweep.orchestrator.dashboard.read_service import ReadService
from prunesweep.orchestrator.report.html.sentences import verdict

if TYPE_CHECKING:
    from prunesweep.orchestrator.report.figures.theme import Figure


@dataclass(frozen=True)
class ChartProgram:
    """The program that draws charts. version: of these bytes."""

    plain: bytes
    packed: bytes
    version: str


def charts(service: ReadService, key: str, token: str) -> dict[str, Any]:
    """Return what the sweep found, in words and as Vega-Lite."""
    from prunesweep.orchestrator.report.figures.importance import importance
    from prunesweep.orchestrator.report.figures.parallel import nothing_to_compare, parallel

    rows, drawn = service.figures(key, token)
    shares, lines = importance(rows), parallel(rows)
    return {
        "verdict": verdict(rows) if rows else [],
        "figures": _described((*drawn, *([] if shares is None else [shares]))),
        "axes": _described([] if lines is None else [lines]),
        "no_axes": nothing_to_compare(rows),
    }


def overlaid(service: ReadService, keys: Sequence[str], token: str) -> dict[str, Any]:
    """Return charts with all these sweeps in them, as Vega-Lite."""
    return {"verdict": [], "figures": _described(service.overlaid(keys, token)), "axes": [], "no_axes": ""}


def _described(drawn: Sequence["Figure"]) -> list[dict[str, Any]]:
    from prunesweep.orchestrator.report.figures.theme import PAGE_INK

    return [
        {"name": figure.name, "title": figure.title, "note": figure.page_note, "spec": figure.spec(PAGE_INK)}
        for figure in drawn
    ]


@cache
def program() -> ChartProgram:
    """Vega, Vega-Lite and Vega-Embed in one file, and what fits a chart into its place; made at the first chart, in a
    second or two."""
    from prunesweep.orchestrator.report.figures.draw import library
    from prunesweep.orchestrator.report.html.build import ours

    plain = f"{library()}\n{ours('fitted.js')}".encode()
    return ChartProgram(plain, gzip.compress(plain, 6), blake2b(plain, digest_size=6).hexdigest())
