"""NVIDIA's driver on this machine, and the oldest that a CUDA version runs on; found out without torch."""

import re
import subprocess

_SECONDS = 20
_LEAST = {11: "450.80.02", 12: "525.60.13", 13: "580.65.06"}
"""CUDA's major version → driver on Linux. Source: NVIDIA, "CUDA Compatibility", minor version compatibility."""


def driver_version() -> str | None:
    """Return the driver's version, e.g. `580.65.06`; None if nvidia-smi is missing or fails."""
    asked = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    first = answer.stdout.strip().partition("\n")[0].strip()
    return first if answer.returncode == 0 and re.fullmatch(r"\d+(\.\d+)+", first) else None


def least_driver(cuda: str) -> str | None:
    """Return the oldest driver for a CUDA version such as `13.0`; None = not known."""
    major = cuda.partition(".")[0]
    return _LEAST.get(int(major)) if major.isdigit() else None


def too_old(cuda: str | None, driver: str | None) -> str | None:
    """Return what is wrong with a driver for that CUDA version, None if nothing that is known."""
    least = least_driver(cuda or "")
    if least is None or driver is None or _parts(driver) >= _parts(least):
        return None
    return f"the driver {driver} is older than {least}, which CUDA {cuda} needs; update it, or install an older torch"


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
