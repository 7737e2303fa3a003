"""`sweep list`: every sweep in the ledger."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.sweeps import ListedSweep, list_sweeps
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import say, say_json, width
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.status.sweep_state import sweep_state


def list_(json_: bool) -> None:
    """List the sweeps, the latest first."""
    with ledger(load_settings()) as engine:
        sweeps = list_sweeps(engine)
    if json_:
        say_json([_as_dict(listed) for listed in sweeps])
    elif sweeps:
        say(*_lines(sweeps, width()))
    else:
        say("no sweep yet; submit one: sweep submit --grid demo")


def _state(listed: ListedSweep) -> str:
    return sweep_state(listed.counts, cancelled=listed.sweep.cancelled, stopping=listed.stopping)


def _as_dict(listed: ListedSweep) -> dict[str, Any]:
    return {**asdict(listed.sweep), "cells": listed.cells, "counts": listed.counts, "state": _state(listed)}


def _lines(sweeps: Sequence[ListedSweep], width: int) -> list[str]:
    columns = (
        text.Column("number", spare=4),
        text.Column("sweep", left=True, keep=12),
        text.Column("submitted", left=True, spare=2),
        text.Column("cells", spare=3),
        text.Column("stages"),
        text.Column("done"),
        text.Column("running", spare=1),
        text.Column("failed"),
        text.Column("state", left=True),
    )
    rows = []
    for listed in sweeps:
        counts, total = listed.counts, sum(listed.counts.values())
        failed = counts[State.FAILED] + counts[State.QUARANTINED]
        rows.append(
            (
                str(listed.sweep.id),
                listed.sweep.name,
                time.strftime("%Y-%m-%d %H:%M", time.localtime(listed.sweep.created_at)),
                text.count(listed.cells),
                text.count(total),
                text.count(counts[State.DONE]),
                text.count(counts[State.RUNNING]),
                text.count(failed),
                _state(listed),
            )
        )
    return text.table(columns, rows, width)
