"""A GPU's clock: idle it runs at a fifth of its speed, and takes a while to rise."""

import subprocess

import numpy as np
import torch

from prunesweep.core.measure.engines.base import Pass
from prunesweep.core.measure.interleaved import Timer

_WINDOW_SECONDS = 0.1
_SAME = 0.01
_WINDOWS = 3
_MOST_SECONDS = 5.0
_ASK_SECONDS = 10


def run_until_steady(run: Pass, timer: Timer) -> bool:
    """Run until the time of a pass stays within 1 % over three windows of 100 ms.

    Returns:
        Whether it did within 5 s of work.
    """
    medians: list[float] = []
    spent = 0.0
    while spent < _MOST_SECONDS:
        times: list[float] = []
        while sum(times) < _WINDOW_SECONDS:
            times.append(max(timer(run, 1)[0], 1e-6))
        spent += sum(times)
        medians = [*medians, float(np.median(times))][-_WINDOWS:]
        if len(medians) == _WINDOWS and max(medians) <= (1 + _SAME) * min(medians):
            return True
    return False


def clock_mhz(device: torch.device) -> int | None:
    """Return the clock of a GPU's multiprocessors now, in MHz; None for a CPU, or without nvidia-smi."""
    if device.type != "cuda":
        return None
    uuid = f"GPU-{torch.cuda.get_device_properties(device).uuid}"
    return smi_clock(uuid)


def smi_clock(uuid: str) -> int | None:
    """Return what nvidia-smi says is the clock of the GPU with that UUID, in MHz."""
    asked = ["nvidia-smi", f"--id={uuid}", "--query-gpu=clocks.sm", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=_ASK_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    word = answer.stdout.strip()
    return int(word) if answer.returncode == 0 and word.isdigit() else None
