"""Brings a state_dict into the form of ours: pruning masks multiplied in and kept, fp32, batch-norm counters there."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from prunesweep.core.errors import UserError
from prunesweep.core.importing.text import FIELD, shape_of
from prunesweep.core.importing.unwrap import Note, Weights

COUNTER = "num_batches_tracked"
_PARAMETRIZED = re.compile(r"(?:^|\.)parametrizations\.(?P<name>[^.]+)\.(?P<part>original|0\.mask)$")


@dataclass(frozen=True)
class Folded:
    """A state_dict without mask tensors. masks: bool, True = kept, by the weight's name."""

    weights: Weights
    masks: dict[str, torch.Tensor] = field(default_factory=dict)


def fold_masks(path: Path, weights: Weights, note: Note) -> Folded:
    """Multiply each `X_orig` with its `X_mask` (torch.nn.utils.prune), and each `parametrizations.X.original` with its
    `parametrizations.X.0.mask` (torch.ao.pruning); keep the masks.

    Raises:
        UserError: a mask of another shape than its weight.
    """
    named = {_plain_pair(name): (name, tensor) for name, tensor in weights.items()}
    folded = Folded({})
    for name, (written, tensor) in named.items():
        stem = name.removesuffix("_orig")
        mask = named.get(f"{stem}_mask")
        if stem != name and mask is not None:
            if mask[1].shape != tensor.shape:
                what = f"{mask[0]} is {shape_of(mask[1])}, {written} is {shape_of(tensor)}"
                raise UserError(FIELD, path, f"{what}; they must have one shape")
            kept = mask[1] != 0
            folded.weights[stem] = torch.where(kept, tensor * mask[1], torch.zeros_like(tensor))
            folded.masks[stem] = kept
        elif not (name.endswith("_mask") and f"{name.removesuffix('_mask')}_orig" in named):
            folded.weights[name] = tensor
    if folded.masks:
        note(f"multiplied {len(folded.masks)} weights with their masks, which are kept")
    return folded


def _plain_pair(name: str) -> str:
    """Return `conv.parametrizations.weight.original` as `conv.weight_orig`, its mask as `conv.weight_mask`."""
    found = _PARAMETRIZED.search(name)
    if found is None:
        return name
    stem = f"{name[: found.start()]}." if found.start() else ""
    return f"{stem}{found['name']}_{'orig' if found['part'] == 'original' else 'mask'}"


def to_fp32(weights: Weights, note: Note) -> Weights:
    """Return the weights with every floating-point tensor in fp32."""
    formats = Counter(_name(one.dtype) for one in weights.values() if one.is_floating_point() and one.dtype != _FP32)
    for name, count in sorted(formats.items()):
        note(f"cast {count} tensors from {name} to float32")
    return {name: one.float() if one.is_floating_point() else one for name, one in weights.items()}


_FP32 = torch.float32


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def add_counters(weights: Weights, expected: Iterable[str], note: Note) -> Weights:
    """Return the weights with the batch-norm counters that older files lack, as 0: only training with momentum=None
    reads them."""
    missing = [
        name
        for name in expected
        if name.endswith(f".{COUNTER}")
        and name not in weights
        and f"{name.removesuffix(COUNTER)}running_mean" in weights
    ]
    if missing:
        note(f"added {COUNTER} = 0 to {len(missing)} batch-norm layers")
    return weights | {name: torch.zeros((), dtype=torch.int64) for name in missing}


def whole_masks(masks: Mapping[str, torch.Tensor], prunable: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a mask for each prunable weight (all kept where there was none); empty when no such weight had one."""
    mine = {name: mask for name, mask in masks.items() if name in prunable}
    if not mine:
        return {}
    return {
        name: mine.get(name, torch.ones(weight.shape, dtype=torch.bool)).reshape(weight.shape)
        for name, weight in prunable.items()
    }
