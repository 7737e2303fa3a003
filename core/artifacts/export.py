"""Writes a checkpoint's weights as a file that any torch program can load."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

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
            _save(plain, file)
        else:
            file.write(safetensors.torch.save(plain, {"format": "pt"}))
        return file.tell()


class _Written:
    """A file for torch, which hides the error of a full disk behind one of its own: it is kept here."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        """All is written at the end of the file's block."""


def _save(weights: Mapping[str, torch.Tensor], file: BinaryIO) -> None:
    written = _Written(file)
    try:
        torch.save(weights, written)  # type: ignore[arg-type]  # needs no more of a file than this
    except RuntimeError:
        if written.error is not None:
            raise written.error from None
        raise
