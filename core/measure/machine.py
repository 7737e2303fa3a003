"""Names of the machine that a latency belongs to."""

import platform

import torch

from prunesweep.core.devices import cpu_name


def processor_name(device: torch.device) -> str:
    """Return the model of the CPU, or of the GPU, at most 128 characters, e.g. `AMD EPYC 9R14`."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else cpu_name()
    return " ".join(name.split())[:128]


def host_name() -> str:
    """This computer's network name, at most 128 characters."""
    return platform.node()[:128] or "unknown"
