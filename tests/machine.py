"""`python -m tests.machine`: the processor, and the instructions that torch's kernels and oneDNN's use of it."""

import os
import subprocess
import sys

import torch

from prunesweep.core.devices import cpu_name

_CONVOLUTION = "import torch; torch.nn.functional.conv2d(torch.ones(8, 16, 32, 32), torch.ones(16, 16, 3, 3))"


def main() -> None:
    """Print one line."""
    shown = subprocess.run(
        [sys.executable, "-c", _CONVOLUTION], env=os.environ | {"ONEDNN_VERBOSE": "1"}, capture_output=True, text=True
    )
    instructions = next((line.partition("isa:")[2] for line in shown.stdout.splitlines() if "cpu,isa:" in line), "?")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    aten = torch.backends.cpu.get_cpu_capability()
    name = " ".join(cpu_name().split())
    print(f"{name}, {cores} CPUs · torch {torch.__version__}: ATen {aten}, oneDNN {instructions}", flush=True)


if __name__ == "__main__":
    main()
