"""Programs on a terminal of their own, which a test can close."""

import os
import pty
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_PATIENCE = 300.0


def until(condition: Callable[[], Any]) -> None:
    """Wait until it holds; each look may cost 30 ms."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def on_terminal(words: list[str]) -> tuple[int, int]:
    """Start a program as the leader of a new terminal; (process, our side of the terminal)."""
    process, terminal = pty.fork()
    if process == 0:
        # As in any new terminal; a test run under nohup would hand down that it is ignored.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.execv(words[0], words)
    os.set_blocking(terminal, False)
    return process, terminal


def read(terminal: int) -> bytes:
    """Take what was printed, so that the program never waits for us."""
    found = b""
    with suppress(BlockingIOError, OSError):
        while more := os.read(terminal, 65536):
            found += more
    return found


def exit_code(process: int) -> int:
    """Wait for the end of a program that `on_terminal` started."""
    status = 0

    def ended() -> bool:
        nonlocal status
        found, status = os.waitpid(process, os.WNOHANG)
        return found != 0

    until(ended)
    return os.waitstatus_to_exitcode(status)
