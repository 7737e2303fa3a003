"""A run in the background: a session of its own, which the end of the terminal does not end."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.private import make_private
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.torch_client import python

_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Detached:
    """A run that continues after logout.

    Attributes:
        pid: of the run, which is the leader of its session.
        log: what it prints.
    """

    pid: int
    log: Path


def start(words: Sequence[str], name: str, settings: Settings) -> Detached:
    """Start `sweep WORDS…` in the background and wait until it follows its sweep, or has ended.

    Raises:
        UserError: it ended before that with bad input (its own words), or its log cannot be written.
    """
    log = settings.home / "logs" / f"run-{name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        make_private(log.parent)
        with log.open("wb") as out:
            process = subprocess.Popen(
                python("prunesweep", *words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise UserError("SWEEP_HOME", log, f"cannot be written: {error.strerror}") from None
    try:
        _wait(process, log)
    except KeyboardInterrupt:
        process.send_signal(signal.SIGTERM)
        raise
    return Detached(process.pid, log)


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until it shows progress: the first line says that a worker is started, the second one that it is up."""
    while log.read_bytes().count(b"\n") < 2:
        code = process.poll()
        if code == 2:
            words = log.read_text(errors="replace").strip().splitlines()
            raise UserError("run", "", words[-1].removeprefix("sweep: ") if words else "refused to start")
        if code is not None:
            return
        time.sleep(_LOOK_SECONDS)
