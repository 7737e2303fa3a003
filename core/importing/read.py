"""Reads a checkpoint file into memory: safetensors, or what torch.save wrote; never runs anything in it."""

import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from safetensors import SafetensorError

from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.artifacts.tensors import HEADER as CHECKPOINT
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.importing.text import FIELD, SAVE


@dataclass(frozen=True)
class FileContent:
    """What a file holds.

    Attributes:
        value: a mapping, or whatever else was saved.
        masks: of a checkpoint of this program, by name, True = kept.
        ours: it is such a checkpoint.
    """

    value: object
    masks: Mapping[str, torch.Tensor] = field(default_factory=dict)
    ours: bool = False


def read_file(path: Path) -> FileContent:
    """Return the content of a checkpoint file, its tensors on the CPU; large files are mapped, not copied.

    Raises:
        UserError: not such a file, or it holds more than tensors and plain containers.
    """
    if path.suffix.lower() in (".packed", ".onnx"):
        fix = "is for inference only, and no network can be made of it; give the .pt or .safetensors file of it"
        raise UserError(FIELD, path, fix)
    try:
        return _safetensors(path) if path.suffix == ".safetensors" else _torch(path)
    except UserError:
        raise
    except StageError as error:
        raise UserError(FIELD, path, f"is {error}") from None
    except OSError as error:
        raise UserError(FIELD, path, f"cannot be read: {error.strerror or error}") from None
    except SafetensorError as error:
        raise UserError(FIELD, path, f"is not a safetensors file: {error}") from None
    except pickle.UnpicklingError as error:
        raise UserError(FIELD, path, _refusal(str(error))) from None
    except Exception:  # whatever a damaged archive makes the reader trip over
        raise UserError(FIELD, path, f"is not a file that torch.save wrote; {SAVE}") from None


def _safetensors(path: Path) -> FileContent:
    with safetensors.safe_open(path, framework="pt") as file:
        ours = CHECKPOINT in (file.metadata() or {})
    if not ours:
        return FileContent(safetensors.torch.load_file(path))
    checkpoint = unpack(path.read_bytes())
    return FileContent(dict(checkpoint.weights), checkpoint.masks, ours=True)


def _torch(path: Path) -> FileContent:
    archive = zipfile.is_zipfile(path)
    if archive:
        _check_archive(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of archives that hold code; the error says it
        return FileContent(torch.load(path, map_location="cpu", weights_only=True, mmap=archive))


def _check_archive(path: Path) -> None:
    """Raise UserError for a compressed archive: torch makes none, and its few bytes could fill any memory."""
    with zipfile.ZipFile(path) as archive:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise UserError(FIELD, path, f"is a compressed archive; {SAVE}")


def _refusal(text: str) -> str:
    """Return why torch would not read a pickle, in a few words."""
    names = re.search(r"GLOBAL ([\w.]+)", text) or re.search(r"(?:class|type|global) ([\w.]+\.[\w.]+)", text)
    what = f" ({names[1]})" if names else ""
    return f"holds more than tensors{what}, which is never executed here; {SAVE}"
