"""Tells the slot that the trainer gets on: in which phase, at most once a second while that stays the same."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

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
        self._phase, self._trouble = "", ""
        self._next = 0.0

    def __call__(self, phase: str, trouble: str = "") -> None:
        """trouble: what holds the trainer up, e.g. a store that is away."""
        now = time.monotonic()
        if now >= self._next or phase != self._phase or trouble != self._trouble:
            self._phase, self._trouble, self._next = phase, trouble, now + _SECONDS
            used = self._gpu()
            self._emit(Progress(phase, trouble, used.percent, used.bytes))

    def begin(self) -> None:
        """A stage was taken up: a trainer that does not get even here hangs."""
        self._next = 0.0
        self("beginning")

    def again(self) -> None:
        """A sign of progress in the phase of before."""
        self(self._phase, self._trouble)

    @contextmanager
    def watching(self, model: nn.Module, phase: str) -> Iterator[None]:
        """Within, every forward pass that Python starts is a sign of progress: those of validation and scores, too."""
        self(phase)
        hook = model.register_forward_pre_hook(lambda _module, _inputs: self.again())
        try:
            yield
        finally:
            hook.remove()


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
        """To be called between two steps, by the thread that launches them."""
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
