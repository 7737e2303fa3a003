"""Follows a sweep until it ends: a live view on a terminal, one line per event elsewhere."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.recent import EndedStage, ended_since
from prunesweep.core.ledger.queries.status import RunningStage, SweepStatus, sweep_status
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.plan.stages import Evaluate
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import clean, is_terminal, paint, say
from prunesweep.orchestrator.console.prose import elided
from prunesweep.orchestrator.status import view as statusview
from prunesweep.orchestrator.status.remedies import advice

_EVERY = 0.25
_SHARE = 10.0  # a poll may cost a tenth of the time at most: the workers need the ledger and the processor more
_WORKERS_EVERY = 5.0
_OVERLAP = 5.0
_LONGEST_REASON = 300


class View(Protocol):
    """Shows what happens."""

    def tell(self, line: str) -> None: ...

    def show(self, status: SweepStatus, remark: str, last: str = "") -> None:
        """Write one view of the sweep.

        Args:
            remark: what the person should know, or "".
            last: the line of the stage that ended last, or "".
        """
        ...


@dataclass
class _Watch:
    """What has been printed already. Times are the ledger's, in seconds since 1970."""

    engine: Engine
    sweep_id: int
    since: float
    reported: set[tuple[str, float]] = field(default_factory=set)
    workers_at: float = 0.0
    remark: str = ""

    def news(self) -> list[EndedStage]:
        """Return stages that ended since the last call. Windows overlap, as commits may come out of order."""
        ended = ended_since(self.engine, self.sweep_id, self.since)
        fresh = [stage for stage in ended if (stage.digest, stage.ended_at) not in self.reported]
        self.reported.update((stage.digest, stage.ended_at) for stage in fresh)
        if fresh:
            self.since = max(self.since, fresh[-1].ended_at - _OVERLAP)
        return fresh

    def look_for_workers(self, lease: float, *, running: bool) -> str:
        """ "" or what keeps the work from being done: nobody is there, or workers are in trouble. Looks every few
        seconds."""
        if time.monotonic() - self.workers_at > _WORKERS_EVERY:
            self.workers_at = time.monotonic()
            workers = list_workers(self.engine, lease)
            self.remark = "; ".join(statusview.worker_lines(workers))
            if not workers and not running:
                self.remark = "no worker is up; start one: sweep worker"
        return self.remark


def follow(
    engine: Engine,
    sweep_id: int,
    lease: float,
    *,
    check: Callable[[], None] = lambda: None,
    view: View | None = None,
) -> int:
    """Shows the sweep's progress from now on until it has ended; `check` is called at every look and may raise.

    Args:
        lease: seconds for which a silent worker counts as alive.
        view: None = what suits stdout.

    Returns:
        0, or 1 when stages failed or were cancelled.
    """
    watch = _Watch(engine, sweep_id, sweep_status(engine, sweep_id).created_at)
    last = _last(watch.news())  # what has ended already is history
    with _view() if view is None else nullcontext(view) as shown:
        while True:
            started = time.monotonic()
            status = sweep_status(engine, sweep_id)
            news = watch.news()
            for line in ended_lines(news):
                shown.tell(line)
            last = _last(news) or last
            remark = "" if status.ended else watch.look_for_workers(lease, running=bool(status.running))
            shown.show(status, remark, last)
            if status.ended:
                for line in advice(status.name, status.failed):
                    shown.tell(line)
                return 1 if statusview.broken(status) else 0
            check()
            time.sleep(max(_EVERY, _SHARE * (time.monotonic() - started)))


def _view() -> AbstractContextManager[View]:
    if not is_terminal():
        return _plain()
    from prunesweep.orchestrator.status.live_view import live_view

    return live_view()


@contextmanager
def _plain() -> Iterator[View]:
    yield _PlainView()


class _PlainView:
    """One line per event, with the time of day; made for log files."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}
        self._remark = ""
        self._first = True

    def tell(self, line: str) -> None:
        _stamp(line)

    def show(self, status: SweepStatus, remark: str, last: str = "") -> None:  # noqa: ARG002 - a line of its own above
        if self._first or status.ended:
            self._first = False
            _stamp(f"{status.name}: {statusview.counts(status)}")
        for stage in status.running:
            before = self._shown.get(stage.digest)
            if before is None:
                _stamp(f"started  {stage.label} on {stage.device}")
            if stage.epoch and stage.epoch != before:
                _stamp(epoch_line(stage, status))
        self._shown = {stage.digest: stage.epoch for stage in status.running}
        if remark and remark != self._remark:
            _stamp(remark)
        self._remark = remark


class SilentView:
    """Shows nothing: for programs that wait."""

    def tell(self, line: str) -> None:
        pass

    def show(self, status: SweepStatus, remark: str, last: str = "") -> None:
        pass


class OneLineView:
    """One line that is written over at each look, and what failed; made for notebooks."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._before = ""

    def tell(self, line: str) -> None:
        if "✓" not in line[:12]:  # a colour may come first
            self._write(f"\r{clean(line).ljust(len(self._before))}\n")
            self._before = ""

    def show(self, status: SweepStatus, remark: str, last: str = "") -> None:  # noqa: ARG002 - there is no room
        total, done = sum(status.counts.values()), status.counts.get(State.DONE, 0)
        facts = [
            f"{status.name}: {done:,} of {text.plural(total, 'stage')}",
            f"{status.epochs_done:,} of {text.plural(status.epochs_total, 'epoch')}",
        ]
        if status.ended:
            facts.append(statusview.word(status))
        else:
            facts.append(statusview.time_left(status))
        line = clean(" · ".join(filter(None, [*facts, remark])))
        if line != self._before:
            self._write(f"\r{line.ljust(len(self._before))}")
            self._before = line
        if status.ended:
            self._write("\n")


def _last(stages: Sequence[EndedStage]) -> str:
    """Return the line of the one that ended last, of those that were not just cancelled; "" if there is none."""
    return next((ended_line(stage) for stage in reversed(stages) if stage.state != State.CANCELLED), "")


def ended_lines(stages: Sequence[EndedStage]) -> Iterator[str]:
    """Yield a line for each stage; those cancelled for one reason share a line, as a failure can take thousands
    along."""
    cancelled = Counter(stage.error for stage in stages if stage.state == State.CANCELLED)
    yield from (ended_line(stage) for stage in stages if stage.state != State.CANCELLED)
    for reason, count in cancelled.items():
        yield f"{paint('✗', 'yellow')} cancelled {text.plural(count, 'stage')}: {reason or 'no reason'}"


def ended_line(stage: EndedStage) -> str:
    """Return `✓ done     prune 2 → 78.46 % · 3 epochs · seed 0: 8.1 s, validation top-1 91.20 %`."""
    good = stage.state == State.DONE
    head = paint("✓" if good else "✗", "green" if good else "red") + f" {stage.state.lower():<8} {stage.label}"
    if not good:
        return f"{head}: {elided(text.one_line(stage.error or 'no reason'), _LONGEST_REASON)}"
    facts = [text.duration(stage.seconds)]
    if stage.top1 is not None:
        facts.append(f"{'test' if stage.kind == Evaluate.kind else 'validation'} top-1 {text.percent(stage.top1)} %")
    return f"{head}: {paint(', '.join(facts), 'dim')}"


def epoch_line(stage: RunningStage, status: SweepStatus) -> str:
    """Return `epoch 2/3  prune 2 → … · loss 0.412 · top-1 91.20 % · 3,120 images/s · sweep: about 1 min 02 s left`."""
    facts = [f"epoch {stage.epoch}/{stage.epochs}  {stage.label}", f"loss {text.number(stage.loss, 3)}"]
    if stage.top1 is not None:
        facts.append(f"validation top-1 {text.percent(stage.top1)} %")
    facts.append(f"{text.number(stage.images_per_s, 0)} images/s")
    if status.eta_seconds is not None:
        facts.append(f"sweep: about {text.duration(status.eta_seconds)} left")
    return " · ".join(facts)


def _stamp(line: str) -> None:
    say(f"{time.strftime('%H:%M:%S')}  {line}")
