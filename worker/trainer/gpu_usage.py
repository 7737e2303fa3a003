"""What this process uses of its GPU."""

import sys
import time
from dataclasses import dataclass

import torch

_SECONDS = 2.0


@dataclass(frozen=True)
class GpuUsage:
    """What a GPU does; None = not known.

    Attributes:
        percent: of the last moments in which it computed, whoever used it.
        bytes: of its memory that torch holds in this process.
    """

    percent: float | None = None
    bytes: int | None = None


class GpuMeter:
    """Asks torch and NVIDIA's management library, at most every two seconds; neither call waits for the device."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._next = 0.0
        self._last = GpuUsage()
        self._managed = True

    def __call__(self) -> GpuUsage:
        """Return what was last measured; nothing is known of a CPU."""
        if self._device.type == "cuda" and time.monotonic() >= self._next:
            self._last = GpuUsage(self._percent(), torch.cuda.memory_reserved(self._device))
            self._next = time.monotonic() + _SECONDS
        return self._last

    def _percent(self) -> float | None:
        if not self._managed:
            return None
        try:
            return float(torch.cuda.utilization(self._device))
        except Exception as error:
            # A GPU of another maker, a container without the library, a slice of a GPU (MIG): no figure to show, and
            # no reason to fail a training.
            self._managed = False
            reason = str(error).partition("\n")[0][:200]
            print(f"the GPU's utilisation is not known: {type(error).__name__}: {reason}", file=sys.stderr, flush=True)
            return None
