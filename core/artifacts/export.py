"""Writes a checkpoint's weights as a file that any torch program can load."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch

from core.errors import UserError

FORMATS = ("torch", "safetensors")


def write_weights(weights: Mapping[str, torch.Tensor], path: Path, form: str) -> int:
    """Writes `weights` to `path`, whole or not at all; returns the size in bytes.

    form: `torch` = a plain dict as torch.save writes it, for `load_state_dict(torch.load(path), strict=True)`;
    `safetensors` = the same tensors, for `safetensors.torch.load_file`.

    Raises:
        UserError: an unknown form, or a file that cannot be written.
    """
    if form not in FORMATS:
        raise UserError("format", form, f"known: {', '.join(FORMATS)}")
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            if form == "torch":
                torch.save(plain, file)
            else:
                file.write(safetensors.torch.save(plain, {"format": "pt"}))
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        temporary.replace(path)
    except OSError as error:
        raise UserError("file", path, f"cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return size
