"""The Celery app of a worker: `celery -A prunesweep.worker.app worker --pool=threads`, `celery -A
prunesweep.worker.app flower`.

`python -m prunesweep.worker` (what `sweep worker` runs) starts the same app with checks before and plainer logs.
"""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

from celery import Task, bootsteps, signals
from celery.concurrency import get_implementation
from celery.concurrency.thread import TaskPool
from celery.platforms import EX_FAILURE
from celery.utils.log import get_logger
from celery.worker import state

from prunesweep.core.broker.app import make_app
from prunesweep.core.devices import parse_devices
from prunesweep.core.errors import UserError
from prunesweep.core.hostlock import host_folder
from prunesweep.core.misspelt import misspelt_once
from prunesweep.core.plan.task import TASK, is_digest
from prunesweep.core.settings import Settings, load_settings
from prunesweep.core.terminals import silence, terminals
from prunesweep.worker.consumer import HintConsumer
from prunesweep.worker.message_filter import MessageFilter
from prunesweep.worker.mps import Mps, start_mps
from prunesweep.worker.prefetch import Prefetch
from prunesweep.worker.runtime import WorkerRuntime
from prunesweep.worker.trainer_rates import COUNTS

logger = get_logger(__name__)

_ALL_DEVICES = 1_000
_STOPPING = (signal.SIGHUP, signal.SIGINT)


class StageTask(Task):
    """A task that knows its worker's runtime; None in processes that only send or watch."""

    runtime: WorkerRuntime | None = None


class RuntimeStep(bootsteps.StartStopStep):
    """Starts the runtime before the consumer, stops it after."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        _handle_signals(worker.ignored_signals, worker.runtime)
        worker.runtime.limit.start()
        worker.runtime.start()

    def stop(self, worker: Any) -> None:
        worker.runtime.stop()

    terminate = stop


app = make_app(load_settings())
app.conf.worker_concurrency = _ALL_DEVICES
app.conf.worker_consumer = HintConsumer
app.steps["worker"].add(RuntimeStep)
app.steps["consumer"].add(Prefetch)
app.steps["consumer"].add(MessageFilter)


@app.task(name=TASK, base=StageTask, bind=True)
def run_stage(self: StageTask, digest: object) -> None:
    """Act on a hint: the stage with this digest may be READY. Claims it and runs it to some end."""
    if self.runtime is None or not is_digest(digest):
        logger.warning("discarded a message that is not a digest: %.80r", digest)
        return
    self.runtime.run(str(digest), self.request.id)


@signals.worker_init.connect(weak=False)
def _open_runtime(sender: Any, **_: Any) -> None:
    """Open the runtime; one thread per slot: SWEEP_PER_DEVICE slots for each device, at most as many as `-c` allows."""
    if sender.app is not app:
        return
    for line in misspelt_once(os.environ):
        print(f"sweep: {line}", file=sys.stderr)
    try:
        if not issubclass(get_implementation(sender.pool_cls), TaskPool):
            raise UserError("--pool", _pool_name(sender.pool_cls), "slots are threads; use --pool=threads")
        settings = load_settings()
        devices = parse_devices(settings.devices, "SWEEP_DEVICES")
        devices = tuple(device for device in devices for _ in range(_slots(settings, device)))[: sender.concurrency]
        mps = _mps() if settings.per_device is None and devices and set(devices) != {"cpu"} else None
        # Hints are for the slots of devices: the one for latencies is fed past them, and has its own thread.
        latencies = settings.cpu_slot == "auto" and "cpu" not in devices
        try:
            sender.runtime = WorkerRuntime(settings, app, devices, latencies, mps)
        except BaseException:
            if mps is not None:
                mps.stop()
            raise
    except UserError as error:
        print(f"sweep: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    sender.ignored_signals = [number for number in _STOPPING if signal.getsignal(number) is signal.SIG_IGN]
    sender.concurrency = len(devices)
    app.tasks[TASK].runtime = sender.runtime


def _slots(settings: Settings, device: str) -> int:
    """Return how many slots a device has; with `auto` the most that may be worth it, and one on a CPU."""
    return settings.per_device or (1 if device == "cpu" else COUNTS[-1])


def _mps() -> Mps:
    """Return NVIDIA's service, or why there is none; trainers that are started from now on use it."""
    mps = start_mps(host_folder(), os.environ)
    os.environ.update(mps.environ)
    return mps


def _handle_signals(ignored: Sequence[signal.Signals], runtime: WorkerRuntime) -> None:
    """SIGHUP and SIGINT stop the worker as SIGTERM does, however often they come; SIGQUIT ends it at once.

    Celery would let SIGHUP kill the worker, or restart it where there is no terminal, and on a second SIGINT or a
    SIGQUIT would end the threads of its pool, which it cannot. What was ignored when the worker started (nohup, a
    shell's background job) is ignored again.

    Call it after Celery has installed its own handlers.
    """
    watched, stop = terminals(), signal.getsignal(signal.SIGTERM)

    def hang_up(number: int, frame: FrameType | None) -> None:
        silence(watched)
        if callable(stop):
            stop(number, frame)

    def interrupt(number: int, frame: FrameType | None) -> None:
        if callable(stop):
            stop(number, frame)
            state.should_stop = EX_FAILURE

    def quit_now(_number: int, _frame: FrameType | None) -> None:
        logger.critical("SIGQUIT: leaving at once; leases of running stages run out")
        runtime.limit.leave_now()

    signal.signal(signal.SIGHUP, hang_up)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGQUIT, quit_now)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@signals.worker_shutting_down.connect(weak=False)
def _hand_back(**_: Any) -> None:
    """TERM or INT came: stages are handed back at once, not after Celery has waited for them."""
    runtime = app.tasks[TASK].runtime
    if runtime is not None:
        runtime.begin_stop()


@signals.worker_shutdown.connect(weak=False)
def _close_runtime(sender: Any, **_: Any) -> None:
    """Close the runtime: everything has stopped, or never fully started."""
    runtime = getattr(sender, "runtime", None)
    if runtime is not None:
        runtime.stop()
        runtime.release_broker()


def _pool_name(pool: Any) -> str:
    """Return `solo` for Celery's class of that pool."""
    return pool if isinstance(pool, str) else str(pool.__module__).rpartition(".")[2]
