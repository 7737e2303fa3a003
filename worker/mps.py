"""NVIDIA's Multi-Process Service, by which several trainers use a GPU at the same time instead of in turns.

One daemon for all workers of the user on this host. It ends with the last of them.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PIPE, _LOG = "CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_LOG_DIRECTORY"
_TOOL = "nvidia-cuda-mps-control"
_SECONDS = 30
_QUIT_SECONDS = 5
_FIX = "trainers take turns on the GPU"

Run = Callable[..., "subprocess.CompletedProcess[Any]"]


@dataclass(frozen=True)
class Mps:
    """Whether trainers have the service.

    Attributes:
        used: True if they do.
        words: the same for a person, with the reason.
        environ: what trainers need in their environment.
        stop: ends the daemon if it is ours and nobody else needs it.
    """

    used: bool
    words: str
    environ: Mapping[str, str]
    stop: Callable[[], None] = lambda: None


def start_mps(folder: Path, environ: Mapping[str, str], run: Run = subprocess.run) -> Mps:
    """Start the daemon, or join the one that another worker started.

    Args:
        folder: of the user's on this host; its path must be short, as it will hold sockets.
        environ: of this process. A user who has set the daemon's folder runs it; it is left alone.
        run: as `subprocess.run`.
    """
    if environ.get(_PIPE):
        return Mps(True, f"with MPS of {_PIPE}", {})
    tool = shutil.which(_TOOL, path=environ.get("PATH"))
    if tool is None:
        return Mps(False, f"without MPS ({_TOOL} is not installed; {_FIX})", {})
    if environ.get("CUDA_VISIBLE_DEVICES", "").startswith("MIG-"):
        return Mps(False, f"without MPS (a part of a GPU by MIG; {_FIX})", {})
    place = folder / "mps"
    place.mkdir(mode=0o700, exist_ok=True)
    ours = {_PIPE: str(place), _LOG: str(place)}
    # A daemon that knows of CUDA_VISIBLE_DEVICES renumbers the GPUs, and its clients would count from there.
    daemon = {name: value for name, value in environ.items() if name != "CUDA_VISIBLE_DEVICES"} | ours
    lock = os.open(place / "users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    wrong = _bring_up(tool, daemon, run)
    if wrong:
        os.close(lock)
        return Mps(False, f"without MPS ({wrong}; {_FIX})", {})
    return Mps(True, "with MPS", ours, lambda: _stop(tool, daemon, lock, run))


def _bring_up(tool: str, environ: Mapping[str, str], run: Run) -> str:
    """Return what is wrong, "" once the daemon runs."""
    try:
        if _ask(tool, "get_server_list", environ, run) == 0:
            return ""
        started = run([tool, "-d"], env=environ, capture_output=True, text=True, timeout=_SECONDS)
        said = (started.stderr or started.stdout or "").strip().partition("\n")[0][:200]
        return "" if started.returncode == 0 else f"its daemon does not start: {said or started.returncode}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"its daemon does not start: {str(error)[:200]}"


def _ask(tool: str, word: str, environ: Mapping[str, str], run: Run, seconds: int = _SECONDS) -> int:
    asked = run([tool], input=word + "\n", env=environ, capture_output=True, text=True, timeout=seconds)
    return int(asked.returncode)


def _stop(tool: str, environ: Mapping[str, str], lock: int, run: Run) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _ask(tool, "quit", environ, run, _QUIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):  # another worker needs it, or it is gone
        pass
    finally:
        os.close(lock)
