"""A checkpoint's weights without torch."""

import json
import struct

import numpy as np
from safetensors.numpy import load

from core.errors import StageError
from core.sparse.codec import unpack_weight


def read_weights(data: bytes) -> dict[str, np.ndarray]:
    """The weights of a checkpoint's bytes: `state_dict` name → array, in the model's order, zeros included, masks not.

    Raises:
        StageError: not such bytes.
    """
    try:
        tensors = load(data)
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["prunesweep"])
        shapes = header.get("packed", {})
        return {
            name: unpack_weight(name, tensors, shapes[name])[0] if name in shapes else tensors[name]
            for name in header["order"]
        }
    except Exception as error:
        raise StageError(f"not a checkpoint: {str(error).partition(chr(10))[0] or repr(error)}") from error
