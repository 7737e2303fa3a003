"""What a process does that makes or upgrades a ledger while others do, or that is killed while it does."""

import os
import signal
import sys
import warnings
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import Engine, event

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import Settings


def upgrade_with_others(settings: Settings, log: Path, start: Barrier) -> None:
    """Upgrade when all have come this far."""
    _say_into(log)
    start.wait(300)
    open_ledger(settings, upgrade=True).dispose()


def open_elsewhere(settings: Settings, log: Path, folder: Path) -> None:
    """Open the ledger, or make it, from that folder."""
    _say_into(log)
    os.chdir(folder)
    open_ledger(settings).dispose()


def upgrade_and_die(settings: Settings, log: Path, at: str) -> None:
    """Be killed before the first statement with these words, or before the first COMMIT that makes tables."""
    _say_into(log)
    begun: list[bool] = []

    def look(connection: object, cursor: object, statement: str, *_: object) -> None:
        begun.append("CREATE TABLE" in statement)
        if at != "COMMIT" and at in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(_: object) -> None:
        if at == "COMMIT" and any(begun):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", look)
    event.listen(Engine, "commit", commit)
    open_ledger(settings, upgrade=True).dispose()


def _say_into(log: Path) -> None:
    """Let all that this process prints go into a file, and let its warnings be errors."""
    warnings.simplefilter("error")
    with log.open("wb") as file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
