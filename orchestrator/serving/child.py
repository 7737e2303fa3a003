"""A server process that lives and dies with `sweep serve`, whatever ends that."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.console.output import note

_PR_SET_PDEATHSIG = 1
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_LONGEST_LOG = 10 * 2**20  # bytes
_LONGEST_WAIT = 30.0


def dying_with_us(number: signal.Signals) -> Callable[[], None]:
    """Return what a new process calls so that Linux sends it this signal when the thread that started it ends.

    Elsewhere it does nothing.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork, where little is safe
    return lambda: prctl(_PR_SET_PDEATHSIG, number)


@dataclass
class Child:
    """One server process.

    Attributes:
        command, environ: how it is started; no secret in the command, which anybody on the host can read.
        log: what it prints; emptied when it has grown long.
        stop_signal: ends it in good order.
        user: as whom it runs when we are root; "" = as ourselves.
        leftover: its socket, which one that was killed leaves behind and the next one stumbles over; None = it clears
            away itself.
    """

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    user: str = ""
    leftover: Path | None = None
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _again_at: float = field(default=0.0, init=False)
    _wait: float = field(default=1.0, init=False)
    _logged: int = field(default=0, init=False)

    def start(self, answers: Callable[[], bool]) -> None:
        """Start it and wait until `answers` is true; it is started again if it ends before: the one of a run that was
        killed may still be on its way out.

        Raises:
            UserError: it does not come up; gives the last line of its log.
        """
        deadline = time.monotonic() + _START_SECONDS
        failures = 0
        self._spawn()
        while not answers():
            if self._ended():
                failures += 1
                if failures > 3:
                    raise UserError(self.name, self.log, f"does not start: {self._last_line()}")
                time.sleep(0.5)
                self._spawn()
            if time.monotonic() > deadline:
                raise UserError(self.name, self.log, f"does not answer within {_START_SECONDS:g} s")
            time.sleep(0.02)

    def ensure(self) -> None:
        """Start it again if it has ended, each time in a row after a longer wait."""
        self._shorten()
        now = time.monotonic()
        if not self._ended() or now < self._again_at:
            return
        note(f"sweep: {self.name} has ended ({self._last_line()}); starting it again")
        self._wait = min(_LONGEST_WAIT, 2 * self._wait) if now < self._again_at + 60 else 1.0
        self._again_at = now + self._wait
        self._spawn()

    def stop(self) -> None:
        """End it, in good order if it can. Safe to call again."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(self.stop_signal)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> None:
        self._shorten()
        if self.leftover is not None:
            self.leftover.unlink(missing_ok=True)
        with suppress(OSError):
            self._logged = self.log.stat().st_size
        # A session of its own: Ctrl-C is for us, and we end it then.
        with open(self.log, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as log:
            self._process = subprocess.Popen(
                self.command,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                umask=0o077,
                user=self.user or None,
                start_new_session=True,
                preexec_fn=dying_with_us(self.stop_signal),  # noqa: PLW1509 - started by our main thread
            )

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _shorten(self) -> None:
        with suppress(OSError):
            if self.log.stat().st_size > _LONGEST_LOG:
                os.truncate(self.log, 0)

    def _last_line(self) -> str:
        with suppress(OSError):
            # What an earlier one said is not why this one has ended.
            lines = self.log.read_bytes()[self._logged :].decode(errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")
        return "it printed nothing"
