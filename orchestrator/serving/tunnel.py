"""One SSH connection to a serving host, opened again whenever it drops."""

import contextlib
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_when_event_set, wait_exponential
from tenacity.nap import sleep_using_event

from prunesweep.core.broker.valkey import ping
from prunesweep.core.errors import UserError
from prunesweep.orchestrator.serving import ssh
from prunesweep.orchestrator.serving.child import dying_with_us

_UP_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_LONGEST_WAIT = 30.0


class ConnectionLost(Exception):
    """The connection ended, or did not come up; says why."""


class Tunnel:
    """Holds the forwards from `start` to `stop`. While the connection is down nothing listens on the local sockets, as
    if the servers were away."""

    def __init__(
        self, target: ssh.SshTarget, forwards: tuple[ssh.Forward, ...], probe: Path, tell: Callable[[str], None]
    ) -> None:
        """
        Args:
            probe: the local socket of the host's broker; its answer says that the connection works.
            tell: called with a line when the connection is lost and when it is back.
        """
        self._target, self._forwards, self._probe, self._tell = target, forwards, probe, tell
        self._log = probe.with_name("ssh.log")
        self._stopping = threading.Event()
        self._settled = threading.Event()
        self._failure: ConnectionLost | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lost = False
        # Not the caller's thread: Linux ends ssh together with the thread that started it.
        self._thread = threading.Thread(target=self._keep, name="tunnel", daemon=True)

    def start(self) -> None:
        """Connect.

        Raises:
            UserError: the first connection does not come up.
        """
        self._thread.start()
        self._settled.wait()
        if self._failure is not None:
            raise UserError(ssh.FIELD, self._target.shown, str(self._failure))

    def stop(self) -> None:
        """Disconnect. Safe to call again."""
        self._stopping.set()
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        if self._thread.ident is not None:
            self._thread.join(10)

    def _keep(self) -> None:
        try:
            self._hold()
        except ConnectionLost as lost:
            if not self._settled.is_set():  # never came up: the user must see to it
                self._failure = lost
                self._settled.set()
                return
            self._say_lost(lost)
        while not self._stopping.is_set():
            # A connection that came up and was lost begins with short waits again.
            with contextlib.suppress(ConnectionLost):
                self._again()

    def _again(self) -> None:
        Retrying(
            retry=retry_if_exception_type(ConnectionLost),
            wait=wait_exponential(multiplier=0.5, max=_LONGEST_WAIT),
            stop=stop_when_event_set(self._stopping),
            sleep=sleep_using_event(self._stopping),
            before_sleep=self._log_try,
            reraise=True,
        )(self._hold_and_return)

    def _hold_and_return(self) -> None:
        """Hold the connection as `_hold`; returns if the connection was up, so that the next one is tried at once."""
        try:
            self._hold()
        except ConnectionLost as lost:
            was_up, self._lost = not self._lost, True
            if not was_up:
                raise
            self._say_lost(lost)

    def _say_lost(self, lost: ConnectionLost) -> None:
        self._lost = True
        if not self._stopping.is_set():
            self._tell(f"connection to {self._target.shown} lost ({lost}); connecting again until it is back")

    def _log_try(self, state: RetryCallState) -> None:
        logging.getLogger(__name__).debug("try %d to connect failed", state.attempt_number)

    def _hold(self) -> None:
        """Connect and wait for the end of it.

        Raises:
            ConnectionLost: always, unless we stop.
        """
        with open(self._log, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as log:
            # A session of its own: Ctrl-C stops the worker first, which needs the connection to hand its stages back.
            process = subprocess.Popen(
                ssh.forwarding(self._target, self._forwards),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_us(signal.SIGTERM),  # noqa: PLW1509 - prctl alone
            )
        self._process = process
        try:
            self._wait_until_up(process)
            process.wait()
        finally:
            process.terminate()
            process.wait()
        if not self._stopping.is_set():
            raise ConnectionLost(ssh.reason(ssh.last_words(self._log), self._target))

    def _wait_until_up(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until the host's broker answers through the connection, or ssh has ended.

        Raises:
            ConnectionLost: the broker does not answer: nothing is served, or nothing may be forwarded.
        """
        tries = round(_UP_SECONDS / _LOOK_SECONDS)
        for _ in range(tries):
            if process.poll() is not None or self._stopping.is_set():
                return
            # `-LOADING` and the like are answers, too.
            if ping(self._probe):
                self._settled.set()
                if self._lost:
                    self._lost = False
                    self._tell(f"connected to {self._target.shown} again")
                return
            self._stopping.wait(_LOOK_SECONDS)
        said = ssh.last_words(self._log)
        if "administratively prohibited" in said:
            raise ConnectionLost(ssh.reason(said, self._target))
        raise ConnectionLost("its broker does not answer; is it served? start on that host: sweep serve")
