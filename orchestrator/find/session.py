"""A search from its request to its recommendation, with a worker of its own or with those of a cluster."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queue.control import cancel
from prunesweep.core.ledger.queue.submit import SubmitSummary
from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.cells import Cell, cell_name
from prunesweep.core.plan.dag import GridPlan
from prunesweep.core.plan.patterns import read_pattern
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.console.output import note
from prunesweep.orchestrator.console.text import duration
from prunesweep.orchestrator.find.recommendation import Recommendation, against_dense, measured_drop
from prunesweep.orchestrator.find.request import FindRequest
from prunesweep.orchestrator.find.search import Known, SearchStep, best, drops, fits, next_step
from prunesweep.orchestrator.find.trials import Trials, points_of
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.run import submission
from prunesweep.orchestrator.run.local_run import local_run
from prunesweep.orchestrator.run.local_worker import LocalWorker
from prunesweep.orchestrator.status.follow import View, follow


class _BudgetUsed(Exception):
    """The time for the search is over."""


@dataclass
class Session:
    """A search under way.

    Attributes:
        check: called again and again while trials run; raises what ends the search.
        view: shows the progress, None = what suits stdout.
        tell: shows a line about a trial.
        given_up: cells that came to nothing in this session, e.g. because their dense network failed.
    """

    request: FindRequest
    trials: Trials
    check: Callable[[], None]
    view: View | None
    tell: Callable[[str], object]
    deadline: float | None
    given_up: set[Cell] = field(default_factory=set)

    def run(self) -> Recommendation:
        """Search until the end, or until the budget is used up; test and time the best.

        Raises:
            StageError: nothing fits, or the dense network's accuracy could not be measured.
            UserError, WorkerEnded: the worker ended.
        """
        reason = self._search()
        space, known = self.request.space, self._known()
        chosen = best(space, known)
        if chosen is None:
            raise StageError(self._nothing(known, reason))
        sweep, number = self.trials.recommend(chosen)
        self._follow(number, check=self.check)
        drop, row = measured_drop(space, known, chosen), self.trials.row(number)
        tested = self.trials.tested()
        chosen_at = known.speedups.get(chosen) if space.objective == "latency" else None
        return Recommendation(sweep, chosen, drop, row, not reason, reason, len(known.trials), tested, chosen_at)

    def _search(self) -> str:
        """Try what comes next until nothing does; return why it ended before that, "" = it did not."""
        space = self.request.space
        number = self.trials.add(())
        try:
            while True:
                known = self._known()
                self._check_counts(known)
                step = next_step(space, known)
                if not (step.trials or step.timings) or self._dense_failed(known):
                    return ""
                number = self._submit(step)
                self._follow(number, check=self._check)
                if sweep_status(self.trials.engine, number).cancelled:
                    return "its sweep was cancelled"
                self._conclude(step)
        except _BudgetUsed:
            cancel(self.trials.engine, number)
            return f"the budget of {duration(self.request.budget)} is used up"

    def _submit(self, step: SearchStep) -> int:
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise _BudgetUsed
        if step.timings:
            return self.trials.time(step.timings)
        impossible = self.trials.impossible(step.trials)
        for cell, reason in impossible.items():
            self.given_up.add(cell)
            self.tell(f"left out {cell_name(cell)}: {reason}")
        return self.trials.add([cell for cell in step.trials if cell not in impossible])

    def _conclude(self, step: SearchStep) -> None:
        """Tell what became of the trials; one that is still unknown will not become known."""
        known = self._known()
        for cell in step.timings:
            if cell not in known.speedups:
                raise StageError(f"the latency of {cell_name(cell)} could not be measured; see: sweep status")
            self.tell(f"timed {cell_name(cell)}: {known.speedups[cell]:.2f}× dense speed")
        tried = [cell for cell in step.trials if cell not in self.given_up]
        self.given_up.update(cell for cell in tried if cell not in known.trials)
        known = self._known()
        for cell in tried:
            self.tell(f"tried {cell_name(cell)}: {_verdict(self, known, cell)}")

    def _known(self) -> Known:
        return self.trials.known(self.given_up)

    def _check_counts(self, known: Known) -> None:
        """Raise StageError where trials that are there say nothing of what is asked for."""
        for cell, trial in known.trials.items():
            if self.request.space.objective == "macs" and cell.sparsity and trial.top1 is not None and not trial.macs:
                what = f"{cell_name(cell)} was trained by an earlier release, which counted no multiply-adds then"
                raise StageError(f"{what}; use --for size or --for latency")

    def _dense_failed(self, known: Known) -> bool:
        trial = known.trials.get(self.request.space.reference(self.request.space.seeds[0]))
        return trial is not None and trial.top1 is None

    def _nothing(self, known: Known, reason: str) -> str:
        name = self.request.name
        if self._dense_failed(known):
            return f"the dense network's validation accuracy could not be measured; see: sweep status {name}"
        if reason:
            return f"{reason}, and nothing that was tried fits; the same command continues"
        bound = f"{100 * self.request.space.max_drop:g} points"
        return f"no network is within {bound} of dense; give more --epochs or a larger --max-drop (sweep report {name})"

    def _check(self) -> None:
        self.check()
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise _BudgetUsed

    def _follow(self, number: int, check: Callable[[], None]) -> None:
        follow(self.trials.engine, number, self.trials.settings.lease, check=check, view=self.view)


def _verdict(session: Session, known: Known, cell: Cell) -> str:
    space = session.request.space
    if not cell.sparsity:
        top1 = known.trials[cell].top1
        return "dense, failed" if top1 is None else f"dense, validation top-1 {100 * top1:.2f} %"
    searched = next(one for one in space.seeded(cell) if one.seed == space.seeds[0])
    if known.trials[cell].top1 is None:
        return "failed, so it does not fit"
    found = drops(space, known, searched)
    mean = against_dense(sum(found) / len(found)) if found else "dense is not known yet"
    seeds = f" over {len(found)} seeds" if len(found) > 1 else ""
    return f"{mean}{seeds}, {'fits' if fits(space, known, searched) else 'too much'}"


@contextmanager
def session(
    request: FindRequest,
    *,
    worker: bool,
    devices: str | None,
    per_device: str | None,
    view: View | None,
    tell: Callable[[str], object],
) -> Iterator[Session]:
    """Submit what the search begins with, or what it has tried already, and have a worker for as long as the block
    runs, if one is wanted. The budget counts from here.

    Raises:
        UserError: whatever can be refused, before anything is written or started.
    """
    deadline = None if request.budget is None else time.monotonic() + request.budget
    settings = load_settings()
    lowest = _lowest(settings, request)
    asked = request.of(_points(settings, request, lowest))
    if worker:
        with _dense_weights(request), local_run(asked, devices, per_device) as here:
            note(f"starting a worker (log: {here.worker.log}) …")
            here.worker.wait_ready()
            _hint(settings, here.engine, here.submitted)
            trials = Trials(settings, here.engine, here.submitted.name, request.grid, lowest)
            yield Session(request, trials, _watching(here.worker, here.engine), view, tell, deadline)
        return
    with _dense_weights(request):
        planned = submission.plan_request(asked, settings)
    for line in planned.notes:
        note(f"note: {line}")
    with submission.written(settings, planned) as (engine, submitted):
        _hint(settings, engine, submitted)
        trials = Trials(settings, engine, submitted.name, request.grid, lowest)
        yield Session(request, trials, lambda: None, view, tell, deadline)


@contextmanager
def _dense_weights(request: FindRequest) -> Iterator[None]:
    """Say what a refused dense network means: there is none to compare with."""
    try:
        yield
    except UserError as error:
        if request.grid.weights and (error.field, str(error.value)) == ("sparsity", "0"):
            fix = "are pruned already, and a search compares with a dense network; give weights without masks"
            raise UserError("weights", request.grid.weights, fix) from None
        raise


def _hint(settings: Settings, engine: Engine, submitted: SubmitSummary) -> None:
    problem = submission.send_hints(settings, in_order(engine, submitted.ready))
    if problem:
        note(f"note: {problem}")


def _watching(worker: LocalWorker, engine: Engine) -> Callable[[], None]:
    """Return what raises as soon as the worker has ended, or cannot work."""

    def check() -> None:
        worker.check()
        worker.check_slots(engine)

    return check


def _lowest(settings: Settings, request: FindRequest) -> GridPlan | None:
    """Return a plan of each contender's lowest sparsity, where layers or rules may keep an algorithm from reaching one.

    Raises:
        UserError: they keep it even from that.
    """
    grid = request.grid
    named = (grid.base(name).allocation for name in grid.algorithm)
    if not grid.layers and not any(allocation in CHANNELS or read_pattern(allocation) for allocation in named):
        return None
    space = request.space
    cells = (space.reference(space.seeds[0]), *(contender.cells[0][0] for contender in space.contenders))
    with _dense_weights(request):
        return submission.plan_request(request.of(cells), settings).plan


def _points(settings: Settings, request: FindRequest, lowest: GridPlan | None) -> tuple[Cell, ...]:
    """Return the trials that the search has already, or those that it begins with."""
    begins = next_step(request.space, Known({})).trials
    if lowest is not None:  # what cannot be reached is left out later, one by one
        begins = begins[:1]
    if settings.embedded_ledger and not settings.ledger_file.exists():
        return begins
    with ledger(settings, create=True) as engine:
        return points_of(engine, request.name) or begins
