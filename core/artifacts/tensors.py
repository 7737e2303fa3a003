"""Named tensors and a header as safetensors bytes. Equal input makes equal bytes."""

import json
from collections.abc import Mapping
from typing import Any

import safetensors.torch
import torch

from prunesweep.core.sparse.model import codec
from prunesweep.core.sparse.model.files import metadata_entry

HEADER = "prunesweep"
"""The metadata entry of a file of ours."""


def pack_tensors(tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]) -> bytes:
    """Return safetensors bytes. header: what JSON can hold; nothing of when or where, if equal work is to have equal
    bytes."""
    plain = apart(tensors)
    # One metadata entry: safetensors writes several in random order, which would change the hash.
    packed: bytes = safetensors.torch.save(plain, {HEADER: json.dumps(dict(header), sort_keys=True)})
    return packed


def apart(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the tensors on the CPU, contiguous, each in memory of its own: of a weight that two layers share, both
    names have all values, as no safetensors file holds two names for one."""
    found: dict[str, torch.Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        place = plain.untyped_storage().data_ptr()
        found[name] = plain.clone() if place in seen and plain.numel() else plain
        seen.add(place)
    return found


def unpack_tensors(data: bytes) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return tensors (on the CPU, owning their memory) and header. Any exception means: not such bytes."""
    tensors: dict[str, torch.Tensor] = safetensors.torch.load(data)
    return tensors, metadata_entry(data, HEADER)


def to_bits(mask: torch.Tensor) -> torch.Tensor:
    """Return a bool mask as uint8, eight values a byte, little bit order."""
    return torch.from_numpy(codec.to_bits(mask.detach().cpu().contiguous().numpy()))


def from_bits(bits: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """Return the mask that `to_bits` packed.

    Raises:
        ValueError: too many or too few bits for the shape.
    """
    return torch.from_numpy(codec.from_bits(bits.numpy(), shape))
