"""A trainer seen from its worker: started, spoken to, and ended."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, cast

from prunesweep.worker.log_tail import LogTail
from prunesweep.worker.protocol import Event, Ready, Request, read_event, write_request

GRACE = 4.0
"""Seconds between asking a trainer to end and killing it, at least: time to save the state of a training."""
LONGEST_GRACE = 20.0
"""And at most: who stops a worker (Docker, Kubernetes, a batch system) has only so much time as well."""


class TrainerDied(Exception):
    """The trainer ended, or wrote a line that is not of the protocol. The message says which.

    asked: it ended because it got a SIGTERM, from whomever.
    """

    def __init__(self, message: str, asked: bool = False) -> None:
        super().__init__(message)
        self.asked = asked


class TrainerProcess:
    """One trainer: a process group of its own, warm until it is stopped or dies.

    Start it from a thread that lives as long as the worker: Linux kills it when that thread ends.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self.log = LogTail()
        self._process = subprocess.Popen(
            # -P: a folder called `worker` where the user stands must not be taken for ours.
            [sys.executable, "-P", "-m", "prunesweep.worker.trainer", "--device", device, "--parent", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.fileno(),
            process_group=0,
        )
        self._requests = cast(IO[bytes], self._process.stdin)
        self._events = cast(IO[bytes], self._process.stdout)
        self._killer: threading.Timer | None = None

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> Ready:
        """Return the trainer's first word, some seconds after its start: it has imported torch.

        Raises:
            TrainerDied: it ended instead.
        """
        event = self._read()
        if not isinstance(event, Ready):
            raise TrainerDied(f"expected it to be ready, got {event!r}")
        return event

    def run(self, request: Request) -> Iterator[Event]:
        """Send a stage and yield its events, the last one Done or Failed.

        Raises:
            TrainerDied: it ended before that.
        """
        self.log.clear()
        try:
            self._requests.write(write_request(request))
            self._requests.flush()
        except OSError:
            raise self._dead() from None
        while True:
            event = self._read()
            yield event
            if event.event in ("done", "failed"):
                return

    def stop(self, grace: float = GRACE) -> None:
        """Ask the trainer's process group to end, kill it after `grace` seconds. Returns at once.

        A training saves its state first, and says so with a last event.
        """
        self._signal(signal.SIGTERM)
        if self._killer is None:
            self._killer = threading.Timer(grace, self._signal, [signal.SIGKILL])
            self._killer.daemon = True
            self._killer.start()

    def kill(self) -> None:
        """End the trainer's process group at once."""
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Kill what is left of it, and waits for its end. Safe to call again."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        if self._killer is not None:
            self._killer.cancel()
            self._killer = None
        for stream in (self._requests, self._events):
            with contextlib.suppress(OSError):
                stream.close()
        self.log.close()

    def _signal(self, number: signal.Signals) -> None:
        # Before it is waited for, its process id, and so its group's, cannot be another's.
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _read(self) -> Event:
        try:
            line = self._events.readline()
        except ValueError:  # closed by another thread, which did not wait any longer for this one
            raise TrainerDied("the trainer was ended") from None
        if not line.endswith(b"\n"):
            raise self._dead()
        try:
            return read_event(line)
        except (ValueError, KeyError, TypeError) as error:
            self._signal(signal.SIGKILL)
            raise TrainerDied(f"it wrote a line that is no event ({error!r}): {line[:80]!r}") from None

    def _dead(self) -> TrainerDied:
        message = self.death()
        return TrainerDied(message, asked=self._process.returncode == -signal.SIGTERM)

    def death(self) -> str:
        """Return how it ended, in words; waits a little for the end, and brings it about if it doesn't come."""
        try:
            code = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            return "the trainer closed its pipe and did not end"
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            hint = "; the system may be short of memory" if name == "SIGKILL" else ""
            return f"the trainer was killed by {name}{hint}"
        last = self.log.last_line()
        return f"the trainer ended with exit code {code}" + (f": {last[:300]}" if last else "")
