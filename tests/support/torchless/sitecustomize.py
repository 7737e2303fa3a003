"""A trainer that does not import torch: Python itself loads this file when the folder is on PYTHONPATH.

For tests whose subject is the worker: its trainer is a process of its own as always, with the real `__main__`, pipes,
signals and end, but it needs a twentieth of the CPU time to start. It sleeps through a Sleep stage; of a Train stage
it reports the epochs, `SECONDS` each. Any other stage fails. Nothing ends while the file `hold` is in SWEEP_HOME.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

SECONDS = 0.3
"""What an epoch takes."""


class Context:
    """What `prunesweep.worker.trainer.__main__` asks of a trainer's context. emit: sends an event to the slot."""

    def __init__(self, device: str, emit: Callable[[Any], None]) -> None:
        from prunesweep.worker.trainer.signals import Termination

        self.device, self.emit = device, emit
        self.ending, self.report = Termination(), Report(emit)

    def ready(self) -> Any:
        from prunesweep.worker.protocol import Ready

        return Ready(self.device, "no processor", "none")

    def outgrown(self) -> int:
        return 0


class Report:
    """Sends the phase at each sign of progress. emit: sends an event to the slot."""

    def __init__(self, emit: Callable[[Any], None]) -> None:
        self._emit = emit

    def __call__(self, phase: str) -> None:
        from prunesweep.worker.protocol import Progress

        self._emit(Progress(phase))

    def begin(self) -> None:
        self("beginning")


def run_stage(context: Context, request: Any) -> Any:
    """Take the time that the stage would."""
    from prunesweep.core.plan.stages import Sleep, Train, decode
    from prunesweep.worker.protocol import Done, Epoch

    stage = decode(request.spec)
    if isinstance(stage, Sleep):
        _sleep(context, stage.seconds)
    elif isinstance(stage, Train):
        for epoch in range(1, stage.epochs + 1):
            _sleep(context, SECONDS)
            context.emit(Epoch(epoch, 1 / epoch, 0.5, 0.1, SECONDS, 1.0))
    else:
        raise NotImplementedError(f"a {type(stage).__name__} needs a trainer with torch")
    return Done("", 0, 0.0, {}, {})


def _sleep(context: Context, seconds: float) -> None:
    until, hold = time.monotonic() + seconds, Path(os.environ["SWEEP_HOME"]) / "hold"
    while (left := until - time.monotonic()) > 0 or hold.exists():
        context.report("sleeping")
        time.sleep(min(max(left, 0.05), 0.5))


def _stand_in(name: str, **content: object) -> None:
    """Put a module of that name where `import` looks first."""
    module = sys.modules[name] = ModuleType(name)
    vars(module).update(content)


if "prunesweep.worker.trainer" in sys.orig_argv:
    _stand_in("prunesweep.worker.trainer.context", open_context=Context)
    _stand_in("prunesweep.worker.trainer.stages", run_stage=run_stage)
