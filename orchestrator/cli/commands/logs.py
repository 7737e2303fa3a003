"""`sweep logs`: what a stage's trainer printed."""

import time
from collections.abc import Iterator
from dataclasses import asdict

from prunesweep.core.ledger.queries.logs import AttemptLog, StageLog, stage_log
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import paint, say, say_json
from prunesweep.orchestrator.console.text import duration
from prunesweep.orchestrator.ledger_session import ledger


def logs(stage: str, json_: bool) -> None:
    """Show a stage's attempts and what its trainer printed."""
    with ledger(load_settings()) as engine:
        found = stage_log(engine, stage.lower())
    if json_:
        say_json(asdict(found))
    else:
        say(*_lines(found))


def _lines(found: StageLog) -> Iterator[str]:
    yield f"{paint(found.label, 'bold')}: {found.state.lower()}"
    yield f"digest {found.digest}"
    if found.error:
        yield f"reason {found.error}"
    if not found.attempts:
        yield "no worker has taken it yet"
    for attempt in found.attempts:
        yield ""
        yield paint(_head(attempt), "cyan")
        yield attempt.log.rstrip() or "(nothing printed)"


def _head(attempt: AttemptLog) -> str:
    started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(attempt.started_at))
    words = f"attempt {attempt.attempt} on {attempt.worker} {attempt.slot}, {started}"
    if attempt.ended_at is None:
        return f"{words}, under way"
    ended = f"{words}, {attempt.outcome} after {duration(attempt.ended_at - attempt.started_at)}"
    return f"{ended}: {attempt.reason}" if attempt.reason else ended
