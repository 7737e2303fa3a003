"""A checkpoint as bytes: safetensors with the masks beside the weights, one bit a weight.

Equal checkpoints make equal bytes, so that equal work is stored once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from core.artifacts.tensors import from_bits, pack_tensors, to_bits, unpack_tensors
from core.errors import StageError

MASK_PREFIX = "mask/"
_DTYPES = (torch.float32, torch.int64)


@dataclass(frozen=True)
class Checkpoint:
    """The state of a network after a stage.

    weights: the whole `state_dict`, float32 (int64 for counters), zeros included, in the model's order ·
    masks: bool, True = kept, by the name of the weight and in its shape; empty for a dense network ·
    meta: what it is; nothing of when or where, so that equal work has equal bytes.
    """

    weights: Mapping[str, torch.Tensor]
    masks: Mapping[str, torch.Tensor] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)


def pack(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as safetensors bytes; masks are bits under `mask/<name>` (uint8, little bit order).

    Raises:
        ValueError: a tensor of another type, a mask without its weight, or a masked weight that is not zero.
    """
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in checkpoint.weights.items():
        if tensor.dtype not in _DTYPES or name.startswith(MASK_PREFIX):
            raise ValueError(f"{name}: {tensor.dtype} cannot be in a checkpoint")
        tensors[name] = tensor.detach().cpu().contiguous()
    for name, mask in checkpoint.masks.items():
        weight = tensors.get(name)
        if weight is None or weight.shape != mask.shape or mask.dtype != torch.bool:
            raise ValueError(f"{name}: a mask must be bool and have the shape of its weight")
        kept = mask.detach().cpu().contiguous()
        if bool(weight[~kept].count_nonzero()):
            raise ValueError(f"{name}: a masked weight is not zero")
        tensors[MASK_PREFIX + name] = to_bits(kept)
    return pack_tensors(tensors, {"meta": dict(checkpoint.meta), "order": list(checkpoint.weights)})


def unpack(data: bytes) -> Checkpoint:
    """The checkpoint that `pack` wrote; its tensors are on the CPU and own their memory.

    Raises:
        StageError: not such bytes.
    """
    try:
        tensors, header = unpack_tensors(data)
        weights = {name: tensors.pop(name) for name in header["order"]}
        masks = {}
        for name, weight in weights.items():
            if MASK_PREFIX + name in tensors:
                masks[name] = from_bits(tensors.pop(MASK_PREFIX + name), weight.shape)
        meta = {str(key): str(value) for key, value in header["meta"].items()}
    except Exception as error:
        raise StageError(f"not a checkpoint: {str(error).splitlines()[0] if str(error) else error!r}") from error
    if tensors:
        raise StageError(f"not a checkpoint: unexpected tensor {next(iter(tensors))!r}")
    for name, weight in weights.items():
        if weight.dtype not in _DTYPES:
            raise StageError(f"not a checkpoint: {name} is {weight.dtype}")
    return Checkpoint(weights, masks, meta)
