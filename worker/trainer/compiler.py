"""`--compile`: whether this machine can compile a network, and where what was compiled is kept."""

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import torch

from prunesweep.core.errors import UserError
from prunesweep.core.private import make_private
from prunesweep.core.settings import COMPILED, Settings


def try_compiler(device: torch.device, settings: Settings) -> None:
    """Compile a few lines for the device and run them; from now on this process compiles by itself, without helpers,
    and keeps what it made in `compiled/` of the home, unless TORCHINDUCTOR_CACHE_DIR says where.

    Raises:
        UserError: `torch.compile` does not work here.
    """
    folder = settings.home / COMPILED
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")
    if "TORCHINDUCTOR_CACHE_DIR" not in os.environ:
        make_private(folder)
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)
        _tidy(folder, settings.keep)
    try:
        found = torch.compile(_some_kernel, dynamic=False)(torch.ones(64, 64, device=device))
    except Exception as error:  # a compiler that is missing, of the wrong kind, without headers, ...
        fix = "install one (g++ and Python's headers; on a GPU triton), or leave --compile and SWEEP_COMPILE out"
        raise UserError("SWEEP_COMPILE", "yes", f"no compiler that works: {_first_line(error)}; {fix}") from error
    if float(found.sum()) != 64 * 64 * 3:
        raise UserError("SWEEP_COMPILE", "yes", "what the compiler makes is wrong; leave --compile and it out")


def _some_kernel(numbers: torch.Tensor) -> torch.Tensor:
    return torch.relu(numbers * 2 + 1)


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.partition("\n")[0][:200].rstrip(" .:")


def _tidy(folder: Path, keep: float) -> None:
    """Remove what nobody has used for `keep` seconds."""
    with suppress(OSError):
        for one in folder.iterdir():
            if one.is_dir() and time.time() - _last_use(one) > keep:
                shutil.rmtree(one, ignore_errors=True)


def _last_use(folder: Path) -> float:
    return max((file.stat().st_atime for file in folder.rglob("*")), default=folder.stat().st_mtime)
