"""Which devices a machine has, and which a worker serves; found out without torch."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from core.errors import UserError

_FIX = "give cpu, cuda, cuda:0,cuda:1, … or all"
_CUDA = re.compile(r"cuda:(\d{1,3})")
_PROBE_SECONDS = 20
_CPUINFO = Path("/proc/cpuinfo")


def parse_devices(text: str, field: str = "devices", gpus: int | None = None) -> tuple[str, ...]:
    """`cpu`, `cuda` (every GPU), `cuda:N`, separated by commas; or `all`: every GPU, and the CPU if there is none.

    gpus: how many there are; None = look.

    Raises:
        UserError: not such a list, a device named twice, or a GPU that isn't there.
    """
    names = [name.strip() for name in text.split(",")]
    count = (count_gpus() if gpus is None else gpus) if names != ["cpu"] else 0
    found = tuple(f"cuda:{number}" for number in range(count))
    if names == ["all"]:
        return found or ("cpu",)
    chosen: list[str] = []
    for name in names:
        match = _CUDA.fullmatch(name)
        if name != "cpu" and name != "cuda" and match is None:
            raise UserError(field, text, _FIX)
        device = f"cuda:{int(match[1])}" if match else name
        if name != "cpu" and (not found or (match and device not in found)):
            there = f"there is {', '.join(found)}" if found else "this machine has none that can be seen"
            raise UserError(field, name, f"no such GPU; {there}")
        chosen += found if name == "cuda" else (device,)
    if len(set(chosen)) != len(chosen):
        raise UserError(field, text, "names a device twice")
    return tuple(chosen)


def count_gpus(environ: Mapping[str, str] | None = None) -> int:
    """How many CUDA devices a program started now would see. CUDA_VISIBLE_DEVICES is honoured."""
    visible = (os.environ if environ is None else environ).get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return _installed()
    names = [name.strip() for name in visible.split(",")]
    # CUDA stops reading at the first entry that is no device.
    stop = next((place for place, name in enumerate(names) if name in ("", "-1")), len(names))
    return min(stop, _installed()) if stop else 0


def _installed() -> int:
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=_PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return len([path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()])
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines()) if listed.returncode == 0 else 0


def cpu_name() -> str:
    """The processor's model, e.g. `AMD EPYC 9R14`; `unknown` if the system does not tell."""
    try:
        lines = _CPUINFO.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model", "cpu model") and value.strip():
            return value
    return platform.processor() or platform.machine() or "unknown"
