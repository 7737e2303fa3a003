"""A checkpoint's weights without torch."""

import numpy as np
from safetensors.numpy import load

from prunesweep.core.errors import StageError
from prunesweep.core.sparse.model.codec import unpack_weight
from prunesweep.core.sparse.model.files import metadata_entry


def read_weights(data: bytes) -> dict[str, np.ndarray]:
    """Return the weights of a checkpoint's bytes: `state_dict` name → array, in the model's order, zeros included,
    masks not.

    Raises:
        StageError: not such bytes.
    """
    try:
        tensors = load(data)
        header = metadata_entry(data, "prunesweep")
        shapes = header.get("packed", {})
        return {
            name: unpack_weight(name, tensors, shapes[name])[0] if name in shapes else tensors[name]
            for name in header["order"]
        }
    except Exception as error:
        raise StageError(f"not a checkpoint: {str(error).partition(chr(10))[0] or repr(error)}") from error
