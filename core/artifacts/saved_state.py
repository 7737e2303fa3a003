"""A stage in the middle of its training, as bytes: what its next attempt goes on from."""

from collections.abc import Mapping

from torch import Tensor

from core.artifacts.checkpoint import MASK_PREFIX
from core.artifacts.tensors import from_bits, pack_tensors, to_bits, unpack_tensors
from core.errors import StageError
from core.training.snapshot import Snapshot


def pack_state(stage: str, snapshot: Snapshot, masks: Mapping[str, Tensor]) -> bytes:
    """stage: its digest · masks: bool, by the name of the weight."""
    bits = {MASK_PREFIX + name: to_bits(mask) for name, mask in masks.items()}
    header = {"stage": stage, "epoch": snapshot.epoch, "step": snapshot.step, "seen": snapshot.seen}
    return pack_tensors({**snapshot.tensors, **bits}, header)


def unpack_state(data: bytes, stage: str) -> tuple[Snapshot, dict[str, Tensor]]:
    """The snapshot and the masks that `pack_state` wrote.

    Raises:
        StageError: not such bytes, or of another stage.
    """
    try:
        tensors, header = unpack_tensors(data)
        if header["stage"] != stage:
            raise ValueError(f"of stage {header['stage']:.12}")
        bits = {name: tensors.pop(name) for name in list(tensors) if name.startswith(MASK_PREFIX)}
        masks = {}
        for name, packed in bits.items():
            weight = name.removeprefix(MASK_PREFIX)
            masks[weight] = from_bits(packed, tensors[f"model/{weight}"].shape)
        return Snapshot(int(header["epoch"]), int(header["step"]), int(header["seen"]), tensors), masks
    except Exception as error:
        raise StageError(f"not a saved state: {str(error).partition(chr(10))[0] or repr(error)}") from error
