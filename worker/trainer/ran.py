"""What a stage ran with, as it stands in its row. See `prunesweep.core.ledger.queries.ran` for the names."""

import os
import re
from typing import Any

import torch

from prunesweep.core.measure.machine import processor_name
from prunesweep.core.passes import Format


def what_ran(device: torch.device, resolved: Format, resumed: bool = False, compiled: bool = False) -> dict[str, Any]:
    """Return what ran the passes that have just been made in this process.

    Args:
        device: where.
        resolved: the passes' layout and number format.
        resumed: whether an earlier attempt began the stage.
        compiled: whether `torch.compile` made kernels of their own for the network.
    """
    on_gpu = device.type == "cuda"
    return {
        "device": processor_name(device),
        "numbers": resolved.numbers,
        "layout": resolved.layout,
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "kernels": (_cudnn() if on_gpu else _onednn()) + (", torch.compile" if compiled else ""),
        "instructions": _compute_capability(device) if on_gpu else _instructions(),
        "resumed": resumed,
    }


def _onednn() -> str:
    found = re.search(r"MKL-DNN v([\d.]+)", torch.__config__.show())
    return f"oneDNN {found[1]}" if found else "no oneDNN"


def _cudnn() -> str:
    version = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    return f"cuDNN {version}, CUDA {torch.version.cuda}"


def _compute_capability(device: torch.device) -> str:
    major, minor = torch.cuda.get_device_capability(device)
    return f"sm_{major}{minor}"


def _instructions() -> str:
    """Return what torch's own kernels use, what oneDNN may add to it, and the limit that its user has set."""
    found = [torch.backends.cpu.get_cpu_capability()]
    found += ["bf16"] if torch.cpu._is_avx512_bf16_supported() else []
    found += ["AMX"] if torch.cpu._is_amx_tile_supported() else []
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA")
    return " ".join(found) + (f", oneDNN at most {limit[:32]}" if limit else "")
