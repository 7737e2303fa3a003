"""A sweep's status as lines of text; the same lines for `sweep status` and for the live view."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.status import RunningStage, SweepStatus
from prunesweep.core.ledger.queue.workers import WorkerRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import paint
from prunesweep.orchestrator.console.prose import elided
from prunesweep.orchestrator.status import doing
from prunesweep.orchestrator.status.remedies import advice
from prunesweep.orchestrator.status.sweep_state import broken_stages, sweep_state

_WORDS = {
    State.RUNNING: "running",
    State.READY: "ready",
    State.PENDING: "waiting",
    State.DONE: "done",
    State.FAILED: "failed",
    State.QUARANTINED: "quarantined",
    State.CANCELLED: "cancelled",
}
_COLOURS = {State.FAILED: "red", State.QUARANTINED: "red", State.CANCELLED: "yellow"}
_SHOWN_FAILURES = 10
_LONGEST_REASON = 1000
"""Characters: more than a sentence and two paths, less than a library's page of numbers."""
_SILENT_SECONDS = 30.0

_COLUMNS = (
    text.Column("device", left=True),
    text.Column("stage", left=True, keep=14),
    text.Column("epoch"),
    text.Column("loss"),
    text.Column("val top-1 %"),
    text.Column("images/s"),
    text.Column("left"),
    text.Column("worker", left=True, keep=8),
)
_NARROW = ((100, 7), (90, 5), (80, 3), (74, 6), (64, 0))
"""Below so many characters, that column is left out: there `prune 3 → 78.46 % · 3 epochs · seed 0` has no room else."""

_LEAST_BAR = 4
_LEAST_NAME = 12
_SPENT = 16
"""Characters behind the headline for how long a live view has run."""


def lines(status: SweepStatus, width: int) -> list[str]:
    """Return headline, progress, running stages, failures; what to do next is the caller's to say."""
    out = head(status, width)
    if status.running:
        out += ["", *running(status.running, width), *now(status.running, width), *silent(status.running)]
    if status.failed:
        out += ["", *failures(status, width)]
    return out


def head(status: SweepStatus, width: int) -> list[str]:
    """Return three lines: the sweep, its progress, its stages by state."""
    return [headline(status, width), progress(status, width), counts(status)]


def headline(status: SweepStatus, width: int) -> str:
    """Return `full-1: running`, and since when where there is room; a long name loses its middle, the state never."""
    created = time.strftime("%Y-%m-%d %H:%M", time.localtime(status.created_at))
    state, since = f": {word(status)}", f", submitted {created}"
    least = min(len(status.name), _LEAST_NAME)
    rest = state + (since if least + len(state) + len(since) + _SPENT <= width else "")
    name = elided(status.name, max(_LEAST_NAME, width - len(rest) - _SPENT))
    return f"{paint(name, 'bold')}{rest}"


def word(status: SweepStatus) -> str:
    """Return the sweep as a whole in one word."""
    return sweep_state(status.counts, cancelled=status.cancelled, stopping=status.stopping)


def broken(status: SweepStatus) -> int:
    """Return stages that will not be done unless somebody retries."""
    return broken_stages(status.counts)


def progress(status: SweepStatus, width: int) -> str:
    """Return bar, stages, epochs and time left. A piece of the bar is a stage or an epoch, so that it moves during long
    trainings and is full when the last evaluation has ended."""
    total, done = sum(status.counts.values()), status.counts.get(State.DONE, 0)
    words = [f"{done:,} of {text.plural(total, 'stage')}"]
    epochs = f"{status.epochs_done:,} of {text.plural(status.epochs_total, 'epoch')}"
    if not status.ended:
        words.append(time_left(status) or "time left unknown yet")
    if len(" · ".join([*words, epochs])) + 2 + _LEAST_BAR <= width:
        words.insert(1, epochs)
    shown = " · ".join(words)
    room = max(_LEAST_BAR, min(40, width - len(shown) - 2))
    bar = text.bar(done + status.epochs_done, total + status.epochs_total, room)
    return f"{paint(bar, 'green' if status.ended and not broken(status) else 'cyan')}  {shown}"


def time_left(status: SweepStatus) -> str:
    """Return `about 3 min 20 s left`, `at least 40 s left` while no epoch of its kind was measured, or "" if nothing is
    known."""
    if status.eta_seconds is not None:
        return f"about {text.duration(status.eta_seconds)} left"
    return "" if status.least_seconds is None else f"at least {text.duration(status.least_seconds)} left"


def counts(status: SweepStatus) -> str:
    """Return `1 running · 3 ready · 29 waiting · 34 done`: states that occur, nothing else."""
    parts = [
        paint(f"{status.counts[state]:,} {name}", *([_COLOURS[state]] if state in _COLOURS else []))
        for state, name in _WORDS.items()
        if status.counts.get(state)
    ]
    return " · ".join(parts) or "no stages"


def running(stages: tuple[RunningStage, ...], width: int) -> list[str]:
    """Return a table of what is running now."""
    rows = [
        (
            stage.device,
            stage.label,
            doing.epochs(stage.epoch, stage.epochs, stage.doing),
            text.number(stage.loss, 3),
            text.percent(stage.top1),
            text.number(stage.images_per_s, 0),
            text.duration(stage.eta_seconds),
            stage.worker,
        )
        for stage in stages
    ]
    out = {column for below, column in _NARROW if width < below}
    columns = [column for place, column in enumerate(_COLUMNS) if place not in out]
    kept = [[cell for place, cell in enumerate(row) if place not in out] for row in rows]
    top, rule, *body = text.table(columns, kept, width)
    return [paint(top, "dim"), paint(rule, "dim"), *body]


def now(stages: tuple[RunningStage, ...], width: int) -> list[str]:
    """Return a line for each stage that does something else than to train: `cpu now reading images: 200 of 60,000`."""
    said = [(stage, doing.words(stage.doing)) for stage in stages]
    return [paint(elided(text.one_line(f"{stage.device} now {words}"), width), "dim") for stage, words in said if words]


def silent(stages: tuple[RunningStage, ...]) -> list[str]:
    """Return a line for each stage whose trainer has given no sign of progress for a while."""
    return [
        paint(f"{stage.label}: silent for {text.duration(stage.silent_seconds)}", "yellow")
        for stage in stages
        if stage.silent_seconds is not None and stage.silent_seconds >= _SILENT_SECONDS
    ]


def worker_lines(workers: Sequence[WorkerRow]) -> list[str]:
    """Return what workers say is wrong, one line each."""
    return [f"worker {worker.id}: {text.one_line(line, 200)}" for worker in workers for line in worker.troubles]


def said_lines(workers: Sequence[WorkerRow]) -> list[str]:
    """Return what else workers say of themselves, one line each."""
    return [f"worker {worker.id}: {text.one_line(line, 200)}" for worker in workers for line in worker.said]


def failures(status: SweepStatus, width: int, most: int = _SHOWN_FAILURES) -> list[str]:
    """Return what failed and why, the first `most`, and where to look."""
    out = []
    for stage in status.failed[:most]:
        head = f"{paint(stage.state.lower(), 'red')} {stage.digest[:12]}  {stage.label}"
        out.append(f"{head}: {elided(text.one_line(stage.reason or 'no reason'), max(_LONGEST_REASON, 2 * width))}")
    if len(status.failed) > most:
        out.append(f"… and {len(status.failed) - most:,} more; all of them: sweep status {status.name} --json")
    return out + advice(status.name, status.failed)


def as_dict(status: SweepStatus) -> dict[str, Any]:
    """Return the status for --json: the fields of `SweepStatus`, every state counted, and `state` in one word."""
    body = asdict(status)
    del body["stopping"]
    body["counts"] = {state.value: status.counts.get(state, 0) for state in State}
    body["state"] = word(status)
    return body
