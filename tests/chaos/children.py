"""Programs that the harness starts: they end when it does, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path], folder: Path, log: Path, env: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Runs a program in a process group of its own; what it prints is appended to `log`."""

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    with log.open("ab") as lines:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=dict(os.environ if env is None else env),
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            process_group=0,
            preexec_fn=prepare,  # noqa: PLW1509 - one system call
        )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kills it, stopped or not, and waits for its end. Safe to call again."""
    if process.poll() is None:
        process.kill()
    process.wait()
