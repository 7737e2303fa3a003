"""Names of the machine that a latency belongs to."""

import platform
from pathlib import Path

import torch

_CPUINFO = Path("/proc/cpuinfo")


def processor_name(device: torch.device) -> str:
    """The model of the CPU, or of the GPU, at most 128 characters, e.g. `AMD EPYC 9R14`."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _cpu_name()
    return " ".join(name.split())[:128]


def host_name() -> str:
    """This computer's network name, at most 128 characters."""
    return platform.node()[:128] or "unknown"


def _cpu_name() -> str:
    try:
        lines = _CPUINFO.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model", "cpu model") and value.strip():
            return value
    return platform.processor() or platform.machine() or "unknown"
