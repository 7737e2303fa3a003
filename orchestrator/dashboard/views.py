"""What each page is made of, from what was read."""

import json
from collections.abc import Sequence
from typing import Any

from prunesweep.core.errors import printable
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.status import SweepStatus
from prunesweep.orchestrator.dashboard.connection import LedgerAway
from prunesweep.orchestrator.dashboard.fragments import Fragment, TemplatePages, compare_url, key_of, sweep_url
from prunesweep.orchestrator.dashboard.grid_view import SHOWN, GridView, graph, root_of
from prunesweep.orchestrator.dashboard.read_service import ReadService, StageReading, SweepReading
from prunesweep.orchestrator.dashboard.sparklines import spark
from prunesweep.orchestrator.dashboard.state_icons import ICONS, shares, word
from prunesweep.orchestrator.report.figures.selection import MOST_COMPARED
from prunesweep.orchestrator.status import doing, view

_MOST_RUNNING = 40
_CURVE = {"width": 720, "height": 220, "pad": 8}
_WORD_CSS = {
    "running": "s-running",
    "waiting": "s-ready",
    "done": "s-done",
    "ended with failures": "s-failed",
}


def home(pages: TemplatePages, service: ReadService) -> list[Fragment]:
    """Return all sweeps, and the workers. Without a ledger: what to do to have one."""
    try:
        listed, workers = service.sweeps(), service.workers()
    except LedgerAway as away:
        if not away.missing:
            raise
        return [pages.part("sweeps", "sweeps", rows=[], most=MOST_COMPARED)]
    rows = [
        {
            "of": each,
            "word": word(each)[0],
            "css": word(each)[1],
            "shares": shares(each.counts),
            "failed": each.counts[State.FAILED] + each.counts[State.QUARANTINED],
        }
        for each in listed
    ]
    parts = [pages.part("sweeps", "sweeps", rows=rows, most=MOST_COMPARED)]
    return [*parts, pages.part("workers", "workers", view=workers)]


def sweep(
    pages: TemplatePages, service: ReadService, key: str, page: int, show: str
) -> tuple[SweepReading, list[Fragment]]:
    """Return one sweep, with that page of its lanes."""
    found = service.sweep(key)
    # By the reading, not by the sweep: what has been drawn of one is as old as that, and no older.
    drawn = service.cache.get(("parts", found.serial, page, show), lambda: _sweep_parts(pages, found, page, show))
    return found, drawn


def _sweep_parts(pages: TemplatePages, found: SweepReading, page: int, show: str) -> list[Fragment]:
    status, grid = found.status, _grid_view(found, page, show)
    running = [
        {
            "of": stage,
            "name": found.names.get(stage.digest, stage.label),
            "doing": doing.words(stage.doing),
            "spark": spark(found.curves.get(stage.digest, ()), stage.epochs),
        }
        for stage in status.running[:_MOST_RUNNING]
    ]
    address = sweep_url(found.sweep)
    cells = {"token": _cells_token(status, grid), "address": f"{address}/cells.json", "ended": status.ended}
    charts = {"token": _results_token(status), "address": f"{address}/charts.json", "sweep": found.sweep}
    return [
        _headline(pages, status, grid),
        pages.part("failures", "failures", failed=_failed(found), more=max(0, len(status.failed) - 20)),
        pages.part("running", "running", running=running, more=len(status.running) - len(running), status=status),
        pages.part("stages", "stages", graph=grid, shown=list(SHOWN), icons=ICONS, sweep=found.sweep),
        pages.part("cells", "cells", **cells),
        pages.part("charts", "charts", **charts),
        pages.part("workers", "workers", view=found.workers),
    ]


def _headline(pages: TemplatePages, status: SweepStatus, grid: GridView) -> Fragment:
    return pages.part(
        "headline",
        "headline",
        status=status,
        word=view.word(status),
        css=_css(status),
        shares=shares(status.counts),
        graph=grid,
        stages=sum(status.counts.values()),
        broken=status.counts[State.FAILED] + status.counts[State.QUARANTINED],
    )


def compare(
    pages: TemplatePages, service: ReadService, keys: Sequence[str]
) -> tuple[Sequence[SweepReading], list[Fragment]]:
    """Return several sweeps side by side, each once, by whichever name it is asked for; no parts for a single one."""
    found = list({each.sweep.id: each for each in map(service.sweep, keys)}.values())
    serials = tuple(each.serial for each in found)
    if len(found) < 2:
        return found, []
    return found, service.cache.get(("compared", serials), lambda: _compared(pages, service, found))


def _compared(pages: TemplatePages, service: ReadService, found: Sequence[SweepReading]) -> list[Fragment]:
    known = [key_of(each.sweep) for each in found]
    grids = [_grid_view(each) for each in found]
    cells_token = ".".join(_cells_token(each.status, mine) for each, mine in zip(found, grids, strict=True))
    token = ".".join(_results_token(each.status) for each in found)
    ended = all(each.status.ended for each in found)
    rows = [
        {
            "of": each,
            "word": view.word(each.status),
            "css": _css(each.status),
            "shares": shares(each.status.counts),
            "graph": mine,
        }
        for each, mine in zip(found, grids, strict=True)
    ]
    return [
        pages.part("compared", "compared", rows=rows),
        pages.part("paired", "paired", paired=service.paired(known, f"{token} {ended}")),
        pages.part("cells", "cells", token=cells_token, address=compare_url(known, "/cells.json"), ended=ended),
        pages.part("charts", "charts", token=token, address=compare_url(known, "/charts.json"), sweep=None),
    ]


def page_shown(found: SweepReading, page: int, show: str) -> int:
    """Return the page of lanes that is shown where this one is asked for."""
    return _grid_view(found, page, show).page


def _grid_view(found: SweepReading, page: int = 1, show: str = "all") -> GridView:
    return graph(found.cells, found.now, page, show, root_of(found.sweep.grid))


def _css(status: SweepStatus) -> str:
    return _WORD_CSS.get(view.word(status), "s-cancelled")


def stage(pages: TemplatePages, service: ReadService, digest: str) -> tuple[StageReading, list[Fragment]]:
    """Return one stage: what it is, where it stands, its curve, its attempts with their logs."""
    found = service.stage(digest)
    row = found.facts.row
    drawn = spark(found.epochs, row.epochs, **_CURVE)
    return found, [
        pages.part(
            "stage",
            "stage",
            facts=found.facts,
            names=found.names,
            row=row,
            icon=ICONS[found.log.state],
            label=found.log.label,
            icons=ICONS,
            found=_plain_values(found.facts.result) | _plain_values(found.facts.latency),
        ),
        pages.part("curve", "curve", curve=drawn, last=found.epochs[-1] if found.epochs else None),
        pages.part("attempts", "attempts", attempts=[(each, readable(each.log)) for each in found.log.attempts[::-1]]),
        pages.part("spec", "spec", spec=_indented(row.spec)),
    ]


def readable(log: str) -> str:
    """Return a log without what isn't printable; line ends and tabs stay."""
    lines = log.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    return "\n".join(printable(line) for line in lines).rstrip()


def _failed(found: SweepReading) -> list[dict[str, Any]]:
    return [
        {
            "of": stage,
            "name": found.names.get(stage.digest, stage.label),
            "icon": ICONS[stage.state],
            "log": readable(found.logs.get(stage.digest, "")),
        }
        for stage in found.status.failed[:20]
    ]


def _results_token(status: SweepStatus) -> str:
    """Return a token that changes whenever the charts may change: a stage ended, or one that was DONE runs again."""
    return "-".join(str(status.counts[state]) for state in (State.DONE, State.FAILED, State.QUARANTINED))


def _cells_token(status: SweepStatus, grid: GridView) -> str:
    """Return a token that changes whenever the table may change: a stage ended or began, or the sweep was extended."""
    counts = "-".join(str(status.counts[state]) for state in State)
    return f"{counts}-{grid.cells}-{grid.cells_running}"


def _indented(spec: str) -> str:
    try:
        return json.dumps(json.loads(spec), indent=2, ensure_ascii=False, sort_keys=True)
    except ValueError:
        return spec


def _plain_values(row: dict[str, Any] | None) -> dict[str, Any]:
    """Return the plain values of a row of results."""
    hidden = {"digest", "at", "layers", "engines"}
    return {name: value for name, value in (row or {}).items() if name not in hidden and value is not None}
