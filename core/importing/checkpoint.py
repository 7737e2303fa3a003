"""An imported network as one of our checkpoints: equal tensors make equal bytes, whatever file they came in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import torch
from torch import nn

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
from prunesweep.core.errors import StageError
from prunesweep.core.plan.models import ModelRef

META = "tensors"
"""Under this key an imported checkpoint's header holds `tensors_sha`; a trained one holds its stage's digest."""


@dataclass(frozen=True)
class ImportedCheckpoint:
    """An imported network as a checkpoint file.

    Attributes:
        data: the checkpoint file.
        tensors: see `tensors_sha`.
        artifact: SHA-256 of `data`.
    """

    data: bytes
    tensors: str
    artifact: str


def pack_imported(network: nn.Module, masks: Mapping[str, torch.Tensor], ref: ModelRef) -> ImportedCheckpoint:
    """Return the network as a checkpoint of this program.

    Raises:
        ValueError: a tensor that is neither fp32 nor int64.
    """
    weights = {name: tensor.detach().contiguous() for name, tensor in network.state_dict().items()}
    tensors = tensors_sha(weights, masks)
    meta = {META: tensors, "model": ref.name, "width": str(ref.width), "classes": str(ref.classes)}
    data = pack(Checkpoint(weights, dict(masks), meta))
    return ImportedCheckpoint(data, tensors, sha256(data).hexdigest())


def tensors_sha(weights: Mapping[str, torch.Tensor], masks: Mapping[str, torch.Tensor]) -> str:
    """Return the SHA-256 over name, type, shape and little-endian bytes of all tensors, sorted by name; a mask's name
    is `mask/NAME`."""
    digest = sha256()
    for part in _parts({**weights, **{f"mask/{name}": mask for name, mask in masks.items()}}):
        digest.update(part)
    return digest.hexdigest()


def _parts(tensors: Mapping[str, torch.Tensor]) -> Iterator[bytes]:
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        head = [name, str(tensor.dtype).removeprefix("torch."), list(tensor.shape)]
        yield json.dumps(head, separators=(",", ":")).encode() + b"\n"
        yield tensor.numpy().tobytes()


def check_imported(checkpoint: Checkpoint, tensors: str, ref: ModelRef) -> None:
    """Check that a checkpoint is the imported network.

    Raises:
        StageError: it is not.
    """
    says = (checkpoint.meta.get("model"), checkpoint.meta.get("width"), checkpoint.meta.get("classes"))
    if says != (ref.name, str(ref.width), str(ref.classes)):
        raise StageError(f"it is not a {ref.name} of width {ref.width} with {ref.classes} classes")
    found = tensors_sha(checkpoint.weights, checkpoint.masks)
    if found != tensors or checkpoint.meta.get(META) != tensors:
        raise StageError(f"its tensors hash to {found[:12]}, those that were imported to {tensors[:12]}")
