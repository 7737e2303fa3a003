"""The worker that `sweep run` starts and stops: a process group of its own, its output in a log file."""

import ctypes
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.slots import trains
from prunesweep.core.ledger.queue.workers import WorkerRow, list_workers
from prunesweep.core.private import make_private
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.torch_client import python

_LOOK_SECONDS = 2.0
_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


class WorkerEnded(Exception):
    """The local worker ended although nobody asked it to."""


class LocalWorker:
    """Use `stop` in a finally: it is safe to call at any time, and again."""

    def __init__(self, settings: Settings, devices: str, per_device: str = "1") -> None:
        """Start the worker.

        Raises:
            UserError: its log cannot be written.
        """
        self._settings = settings
        self._look_at = 0.0
        stamp = time.strftime("%Y%m%d-%H%M%S")
        self.log = settings.home / "logs" / f"worker-{stamp}-{os.getpid()}.log"
        try:
            make_private(self.log.parent)
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    python("prunesweep.worker", "--devices", devices, "--per-device", per_device),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # so that Ctrl-C reaches us alone, and we stop it in order
                    preexec_fn=_ending_with_parent(),  # noqa: PLW1509 - it makes one system call
                )
        except OSError as error:
            raise UserError("SWEEP_HOME", self.log, f"cannot be written: {error.strerror}") from None

    def wait_ready(self) -> None:
        """Wait until the worker is registered in the ledger; makes no ledger itself.

        Raises:
            UserError: the worker refused to start, with its own words; or it took a minute.
            WorkerEnded: it died.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if self._registered():
                return
            time.sleep(0.05)
        raise UserError("worker", "", f"did not come up within {_READY_SECONDS:.0f} s; its log: {self.log}")

    def check(self) -> None:
        """Raise UserError or WorkerEnded when the worker has ended."""
        code = self._process.poll()
        if code is None:
            return
        words = self.last_words()
        if code == 2 and words.startswith("sweep: "):
            raise UserError("worker", "", words.removeprefix("sweep: "))
        raise WorkerEnded(f"the worker ended (exit code {code}): {words or 'no output'}; its log: {self.log}")

    def check_slots(self, engine: Engine) -> None:
        """Raise WorkerEnded when no slot of the worker can ever train; looks every few seconds."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + _LOOK_SECONDS
        me = self._row(engine)
        needed = sum(map(trains, me.slots)) if me is not None else 0
        if me is not None and needed and sum(map(trains, me.notes.out)) >= needed:
            raise WorkerEnded(f"no slot can work: {'; '.join(me.troubles)}; the worker's log: {self.log}")

    def last_words(self) -> str:
        """Return the last line of its log, or ""."""
        lines = _tail(self.log).strip().splitlines()
        return lines[-1].strip() if lines else ""

    def terminate(self) -> None:
        """Ask it to hand running stages back and end; doesn't wait."""
        if self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """Ask it to end, waits, and kills what is left of its group."""
        self.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def _registered(self) -> bool:
        settings = self._settings
        if settings.embedded_ledger and not settings.ledger_file.exists():
            return False

        with ledger(settings) as engine:
            return self._row(engine) is not None

    def _row(self, engine: Engine) -> WorkerRow | None:
        """Return what the worker says of itself in the ledger."""
        me = (platform.node(), self._process.pid)
        rows = list_workers(engine, self._settings.lease)
        return next((row for row in rows if (row.host, row.pid) == me), None)


def _tail(path: Path, size: int = 8192) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode(errors="replace")


def _ending_with_parent() -> Callable[[], object] | None:
    """Return what makes the child get SIGTERM when `sweep run` dies, however it dies. Looked up here: in a notebook
    there are threads, and a child that was forked beside them must not load anything."""
    return partial(ctypes.CDLL(None).prctl, _DEATH_SIGNAL, signal.SIGTERM) if sys.platform == "linux" else None
