"""Ends the servers of a test run, or of a chaos run, that was itself killed.

PostgreSQL and the embedded Valkey are daemons: they outlive whoever started them. So each run starts this program in a
session of its own and holds the other end of its standard input. When that closes, however the run ended, every process
that works in one of the folders named there is killed.
"""

import atexit
import contextlib
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import IO, cast

import psutil

_LONGEST = 10.0
"""Seconds in which it looks again: a server may be starting another one while it is killed."""


def watch(folder: Path) -> None:
    """Let no process that works in this folder outlive this one."""
    pipe = _pipe()
    pipe.write(f"{folder.resolve()}\n")
    pipe.flush()


@cache
def _pipe() -> IO[str]:
    """Start the watchdog. It sees the pipe close when this process ends; atexit only saves a warning."""
    command = [sys.executable, "-P", __file__]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, cwd="/", text=True)
    pipe = cast(IO[str], process.stdin)

    def end() -> None:
        pipe.close()
        process.wait()

    atexit.register(end)
    return pipe


def processes_in(folders: list[Path]) -> list[psutil.Process]:
    """Return the processes whose working folder or SWEEP_HOME lies in one of these; the folder may be gone by now."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            places = (process.cwd().removesuffix(" (deleted)"), process.environ().get("SWEEP_HOME", ""))
            if any(Path(place).is_relative_to(folder) for place in places for folder in folders):
                found.append(process)
    return found


def _main() -> None:
    folders = [Path(line.rstrip("\n")) for line in sys.stdin]
    deadline = time.monotonic() + _LONGEST
    while folders and (left := processes_in(folders)) and time.monotonic() < deadline:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=1.0)


if __name__ == "__main__":
    _main()
