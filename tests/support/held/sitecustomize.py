"""Trainings that wait in their middle: Python itself loads this file when the folder is on PYTHONPATH.

While the file `hold` is in SWEEP_HOME, an attempt makes TEST_HOLD_AFTER steps and then waits, so that a test can do to
it what it wants, however fast or slow the machine is. SIGTERM ends the wait. The file `held` then has the position of
the last saved state.
"""

import os
import sys
import time
from pathlib import Path

if "prunesweep.worker.trainer" in sys.orig_argv:
    from prunesweep.worker.trainer.checkpointer import Checkpointer

    before_step = Checkpointer.__call__
    home, free = Path(os.environ["SWEEP_HOME"]), int(os.environ["TEST_HOLD_AFTER"])
    steps: dict[Checkpointer, int] = {}

    def held(self: Checkpointer, training: object) -> None:
        before_step(self, training)
        steps[self] = steps.get(self, 0) + 1
        while steps[self] > free and (home / "hold").exists() and not self._ending.asked:
            self._join()
            (home / "held").write_text(f"{self._last}")
            time.sleep(0.02)

    Checkpointer.__call__ = held
