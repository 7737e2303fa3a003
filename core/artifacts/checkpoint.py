"""A checkpoint as bytes: safetensors in which a weight with a mask is one bit a weight and the kept ones.

How such a weight is laid out: `prunesweep.core.sparse.model.codec`. Its shape is under `packed` in the header; a
header without `packed` is of a dense network, or of an earlier release, which wrote all weights dense and a mask as
`mask/NAME`. Equal checkpoints make equal bytes, so that equal work is stored once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from prunesweep.core.artifacts.tensors import from_bits, pack_tensors, unpack_tensors
from prunesweep.core.errors import StageError
from prunesweep.core.sparse.model.codec import MASK, VALUES, pack_weight, unpack_weight

MASK_PREFIX = "mask/"
OPTIMIZER_PREFIX = "optimizer/"
_DTYPES = (torch.float32, torch.int64)
Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Checkpoint:
    """The state of a network after a stage.

    Attributes:
        weights: the whole `state_dict`, float32 (int64 for counters), zeros included, in the model's order.
        masks: bool, True = kept, by the name of the weight and in its shape; empty for a dense network.
        meta: what it is; nothing of when or where, so that equal work has equal bytes.
        optimizer: its state, where the training continues from here, by `optimizer/<parameter name>/<slot>`.
    """

    weights: Mapping[str, torch.Tensor]
    masks: Mapping[str, torch.Tensor] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)
    optimizer: Mapping[str, torch.Tensor] = field(default_factory=dict)


def pack(checkpoint: Checkpoint) -> bytes:
    """Return the checkpoint as safetensors bytes.

    Raises:
        ValueError: a tensor of another type, a mask without its weight, or a masked weight that is not zero.
    """
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in checkpoint.weights.items():
        if tensor.dtype not in _DTYPES or name.startswith((MASK_PREFIX, OPTIMIZER_PREFIX)):
            raise ValueError(f"{name}: {tensor.dtype} cannot be in a checkpoint")
        if name not in checkpoint.masks:
            tensors[name] = tensor.detach().cpu().contiguous()
    shapes: dict[str, list[int]] = {}
    for name, mask in checkpoint.masks.items():
        weight = checkpoint.weights.get(name)
        if weight is None or weight.shape != mask.shape or mask.dtype != torch.bool:
            raise ValueError(f"{name}: a mask must be bool and have the shape of its weight")
        arrays = pack_weight(name, _array(weight), _array(mask))
        if arrays.keys() & (tensors.keys() | checkpoint.weights.keys()):
            raise ValueError(f"{name}: another tensor has the name of its mask or values")
        tensors |= {key: torch.from_numpy(array) for key, array in arrays.items()}
        shapes[name] = list(weight.shape)
    for name, tensor in checkpoint.optimizer.items():
        if tensor.dtype not in _DTYPES or not name.startswith(OPTIMIZER_PREFIX):
            raise ValueError(f"{name}: {tensor.dtype} cannot be an optimizer's state")
        tensors[name] = tensor.detach().cpu().contiguous()
    header: dict[str, object] = {"meta": dict(checkpoint.meta), "order": list(checkpoint.weights)}
    return pack_tensors(tensors, header | ({"packed": shapes} if shapes else {}))


def unpack(data: bytes) -> Checkpoint:
    """Return the checkpoint that `pack` wrote, or an earlier release; its tensors are on the CPU and own their memory.

    Raises:
        StageError: not such bytes.
    """
    try:
        tensors, header = unpack_tensors(data)
        weights, masks = _unpacked(tensors, header)
        optimizer = {name: tensors.pop(name) for name in list(tensors) if name.startswith(OPTIMIZER_PREFIX)}
        meta = {str(key): str(value) for key, value in header["meta"].items()}
    except Exception as error:
        raise StageError(f"not a checkpoint: {str(error).partition(chr(10))[0] or repr(error)}") from error
    if tensors:
        raise StageError(f"not a checkpoint: unexpected tensor {next(iter(tensors))!r}")
    for name, weight in {**weights, **optimizer}.items():
        if weight.dtype not in _DTYPES:
            raise StageError(f"not a checkpoint: {name} is {weight.dtype}")
    return Checkpoint(weights, masks, meta, optimizer)


def _unpacked(tensors: Tensors, header: Mapping[str, Any]) -> tuple[Tensors, Tensors]:
    """Return weights in their order, and masks; what was used is taken out of `tensors`."""
    shapes = header.get("packed", {})
    weights: Tensors = {}
    masks: Tensors = {}
    for name in header["order"]:
        if name in shapes:
            parts = {key: tensors.pop(key).numpy() for key in (name + MASK, name + VALUES) if key in tensors}
            weight, mask = unpack_weight(name, parts, shapes[name])
            weights[name], masks[name] = torch.from_numpy(weight), torch.from_numpy(mask)
            continue
        weights[name] = tensors.pop(name)
        if MASK_PREFIX + name in tensors:
            masks[name] = from_bits(tensors.pop(MASK_PREFIX + name), weights[name].shape)
    return weights, masks


def _array(tensor: torch.Tensor) -> np.ndarray:
    array: np.ndarray = tensor.detach().cpu().contiguous().numpy()
    return array
