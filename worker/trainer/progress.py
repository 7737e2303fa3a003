"""Tells the slot that the trainer gets on: in which phase, at most once a second while that stays the same."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from prunesweep.core.training.recording import Recording
from prunesweep.worker.protocol import Event, Progress
from prunesweep.worker.trainer.gpu_usage import GpuUsage

_SECONDS = 1.0
_EVERY = 16
_AHEAD = 4


class Reporter:
    """Call it with the phase at each sign of progress; a call costs a fraction of a microsecond."""

    def __init__(self, emit: Callable[[Event], None], gpu: Callable[[], GpuUsage] = GpuUsage) -> None:
        """gpu: what the trainer uses of its GPU now."""
        self._emit, self._gpu = emit, gpu
        self._last = Progress("")
        self._next = 0.0

    def __call__(self, phase: str, trouble: str = "", *, done: int = 0, total: int = 0, unit: str = "") -> None:
        """Note a sign of progress.

        Args:
            trouble: what holds the trainer up, e.g. a store that is away.
            done, total, unit: how far it is, see `prunesweep.core.ledger.db.doing`.
        """
        now = time.monotonic()
        if now >= self._next or phase != self._last.phase or trouble != self._last.trouble:
            used = self._gpu()
            self._last, self._next = (
                Progress(phase, trouble, done, total, unit, used.percent, used.bytes),
                now + _SECONDS,
            )
            self._emit(self._last)

    def begin(self) -> None:
        """Note that a stage was taken up: a trainer that does not get even here hangs."""
        self._next = 0.0
        self("beginning")

    def again(self) -> None:
        """Give a sign of progress in the phase of before."""
        last = self._last
        self(last.phase, last.trouble, done=last.done, total=last.total, unit=last.unit)

    @contextmanager
    def watching(self, model: nn.Module, phase: str) -> Iterator[None]:
        """Within, every forward pass that Python starts is a sign of progress: those of validation and scores, too."""
        self(phase)
        hook = model.register_forward_pre_hook(lambda _module, _inputs: self.again())
        try:
            yield
        finally:
            hook.remove()


class ReportedRecording:
    """A recording of a step that says when it is made: that takes seconds, in which no step is counted."""

    def __init__(self, recording: Recording, report: Callable[[str], None]) -> None:
        self._recording, self._report = recording, report

    def capture(self, work: Callable[[], None]) -> None:
        """Record `work`."""
        self._report("recording a step")
        self._recording.capture(work)

    def replay(self) -> None:
        """Carry it out once more."""
        self._recording.replay()


class DeviceSteps:
    """Counts a step as progress when the device has done it, not when it was launched.

    Keeps the CPU at most 64 steps ahead of a GPU. Without that it runs some thousand launches ahead, and a device that
    works well would look hung when the CPU waits for all of them at the epoch's end.
    """

    def __init__(self, device: torch.device, report: Callable[[], None]) -> None:
        self._device, self._report = device, report
        self._count = 0
        self._events: deque[torch.cuda.Event] = deque()

    def step(self) -> None:
        """Count a step; to be called between two, by the thread that launches them."""
        if self._device.type != "cuda":
            self._report()
            return
        self._count += 1
        if self._count % _EVERY:
            return
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(self._device))
        self._events.append(event)
        if len(self._events) > _AHEAD:
            self._events.popleft().synchronize()
            self._report()
