"""Faults from within a process under test: Python itself loads this file when the folder is on PYTHONPATH.

* A trainer that gets SIGUSR2 fails as on a GPU that has broken: its next convolution raises what torch raises then.
* With CHAOS_CLOCK, the name of a file, every SQLite connection's clock is off by the seconds that the file holds.
"""

import os
import signal
import sqlite3.dbapi2
import sys
import time
from pathlib import Path
from typing import Any


def _break_device(_signal: int, _frame: object) -> None:
    torch: Any = sys.modules["torch"]

    def conv2d(*_arguments: object, **_named: object) -> None:
        raise torch.AcceleratorError("CUDA error: uncorrectable ECC error encountered")

    torch.nn.functional.conv2d = conv2d


def _step_clocks(file: str) -> None:
    plain = sqlite3.dbapi2.connect

    def julianday(_now: str) -> float:
        return (time.time() + float(Path(file).read_text("ascii"))) / 86_400.0 + 2_440_587.5

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection = plain(*arguments, **named)
        connection.create_function("julianday", 1, julianday)
        return connection

    sqlite3.dbapi2.connect = connect


if "prunesweep.worker.trainer" in sys.orig_argv:
    signal.signal(signal.SIGUSR2, _break_device)
if "CHAOS_CLOCK" in os.environ:
    _step_clocks(os.environ["CHAOS_CLOCK"])
