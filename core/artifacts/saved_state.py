"""A stage in the middle of its training, as bytes: what its next attempt continues from."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from prunesweep.core.artifacts.checkpoint import MASK_PREFIX
from prunesweep.core.artifacts.tensors import from_bits, pack_tensors, to_bits, unpack_tensors
from prunesweep.core.errors import StageError
from prunesweep.core.training.training_state import TrainingState


@dataclass(frozen=True)
class SavedState:
    """A training between two steps.

    Attributes:
        masks: bool, by the name of the weight.
        seconds: spent on the training so far, by whichever attempts.
    """

    snapshot: TrainingState
    masks: Mapping[str, Tensor]
    seconds: float


def pack_state(stage: str, state: SavedState) -> bytes:
    """stage: the digest of the stage that is in training."""
    snapshot = state.snapshot
    bits = {MASK_PREFIX + name: to_bits(mask) for name, mask in state.masks.items()}
    header: dict[str, object] = {"stage": stage, "epoch": snapshot.epoch, "step": snapshot.step, "seen": snapshot.seen}
    header |= {"seconds": state.seconds}
    return pack_tensors({**snapshot.tensors, **bits}, header)


def unpack_state(data: bytes, stage: str) -> SavedState:
    """Return the state that `pack_state` wrote.

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
        place = TrainingState(int(header["epoch"]), int(header["step"]), int(header["seen"]), tensors)
        return SavedState(place, masks, float(header["seconds"]))
    except Exception as error:
        raise StageError(f"not a saved state: {str(error).partition(chr(10))[0] or repr(error)}") from error
