"""A sweep run here and now: submitted, worked on by a local worker, followed to its end. What `sweep run` and
`prunesweep.run` share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.jobs.programs import DOCTOR
from prunesweep.core.jobs.requests import Doctor
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.sweeps import unfinished_besides
from prunesweep.core.ledger.queue.submit import SubmitSummary
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.own_scores import read_own, source_of
from prunesweep.core.preflight import check_machine
from prunesweep.core.settings import Settings, load_settings, read_per_device
from prunesweep.orchestrator.console.output import note
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.images import pack
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.networks import check_here
from prunesweep.orchestrator.run import submission
from prunesweep.orchestrator.run.local_worker import LocalWorker
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.status.follow import View, follow
from prunesweep.orchestrator.torch_client import ask


@dataclass(frozen=True)
class LocalRun:
    """A submitted sweep and the worker that was started for it."""

    settings: Settings
    engine: Engine
    submitted: SubmitSummary
    worker: LocalWorker

    def follow(self, view: View | None = None) -> int:
        """Shows the sweep's progress until it has ended; 0, or 1 when stages failed or were cancelled.

        Raises:
            UserError, WorkerEnded: the worker refused to start, or ended.
        """
        self.worker.wait_ready()
        problem = submission.send_hints(self.settings, in_order(self.engine, self.submitted.ready))
        if problem:
            note(f"note: {problem}")
        code = follow(self.engine, self.submitted.id, self.settings.lease, check=self._check, view=view)
        self.worker.terminate()
        return code

    def _check(self) -> None:
        """Raise what ends the run early: the worker ended, or none of its slots can ever work."""
        self.worker.check()
        self.worker.check_slots(self.engine)


@dataclass(frozen=True)
class LocalSweep:
    """A sweep that was submitted to be run on this machine. devices: those to work on, as `--devices` takes them."""

    submitted: SubmitSummary
    devices: str


def submit_here(asked: GridRequest, settings: Settings, devices: str | None) -> LocalSweep:
    """Check that this machine can run the grid, then submit it.

    Raises:
        UserError: whatever can be refused, before anything is written or started.
    """
    request = submission.plan_request(asked, settings)
    for line in request.notes:
        note(f"note: {line}")
    need("worker", "run", modules=("torch",))
    _check_own_scores(request.plan.grid, settings)
    check_here(request.plan.grid.model, settings)
    chosen = check_machine(settings, devices, keep=False)
    _check_devices(chosen)
    if request.dataset is not None:
        pack(request.dataset, settings)
    with submission.written(settings, request) as (engine, submitted):
        for name, count in unfinished_besides(engine, submitted.id).items():
            left = plural(count, "stage")
            note(f"note: sweep {name} has {left} left, which run here as well; to end it: sweep cancel {name}")
        return LocalSweep(submitted, chosen)


@contextmanager
def local_run(asked: GridRequest, devices: str | None = None, per_device: str | None = None) -> Iterator[LocalRun]:
    """Submit the grid and has a worker for as long as the block runs; it is stopped at the block's end.

    devices, per_device: as `sweep worker` takes them; None = the settings'.

    Raises:
        UserError: whatever can be refused, before anything is written or started.
    """
    settings = load_settings()
    asked_for = checked_per_device(per_device, settings)
    here = submit_here(asked, settings, devices)
    with ledger(settings) as engine:
        worker = LocalWorker(settings, here.devices, asked_for)
        try:
            yield LocalRun(settings, engine, here.submitted, worker)
        finally:
            worker.stop()


def checked_per_device(per_device: str | None, settings: Settings) -> str:
    """Return it as the worker takes it; None = the setting.

    Raises:
        UserError: neither a number nor `auto`.
    """
    if per_device is None:
        return settings.per_device_text
    read_per_device(per_device, "--per-device")
    return per_device.strip()


def _check_devices(devices: str) -> None:
    """Try GPUs before anything is written: one that is listed may be unusable.

    Raises:
        UserError: torch cannot use one of them.
    """
    if devices == "cpu":
        return
    for event in ask(DOCTOR, Doctor(devices)):
        if not event.ok:
            raise UserError("devices", devices, event.message)


def _check_own_scores(grid: Grid, settings: Settings) -> None:
    """Refuse now what the worker, which is on this machine, would refuse later.

    Raises:
        UserError: SWEEP_SCORES doesn't hold the grid's own scores.
    """
    for own in filter(None, (read_own(algorithm.score) for algorithm in grid.algorithms)):
        try:
            source_of(own, settings.scores)
        except ValueError as error:
            raise UserError("SWEEP_SCORES", settings.scores or "", str(error)) from None
