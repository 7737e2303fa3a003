"""Writes a checkpoint's weights as a file that any torch program can load."""

import io
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch

from prunesweep.core.artifacts.tensors import apart
from prunesweep.core.errors import UserError
from prunesweep.core.io import written_whole

FORMATS = ("torch", "safetensors")


def write_weights(weights: Mapping[str, torch.Tensor], path: Path, form: str) -> int:
    """Write `weights` to `path`, whole or not at all; return the size in bytes.

    form: `torch` = a plain dict as torch.save writes it, for `load_state_dict(torch.load(path), strict=True)`;
    `safetensors` = the same tensors, for `safetensors.torch.load_file`.

    Raises:
        UserError: an unknown form, or a file that cannot be written.
    """
    if form not in FORMATS:
        raise UserError("format", form, f"known: {', '.join(FORMATS)}")
    plain = apart(weights)
    with written_whole(path) as file:
        if form == "torch":
            made = io.BytesIO()  # on a full disk torch hides the error behind one of its own
            torch.save(plain, made)
            file.write(made.getbuffer())
        else:
            file.write(safetensors.torch.save(plain, {"format": "pt"}))
        return file.tell()
