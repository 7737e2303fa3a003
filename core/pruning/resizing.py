"""Layers in other sizes: a network without some of its channels, and one that fits given weights."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn

from prunesweep.core.copies import copied
from prunesweep.core.pruning.ties import Axis, Place

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def without(model: nn.Module, channels: Iterable[Iterable[Place]]) -> nn.Module:
    """Return a copy of the network without these channels."""
    gone: dict[Axis, set[int]] = defaultdict(set)
    for channel in channels:
        for place in channel:
            gone[place.name, place.axis].add(place.index)
    changes: dict[str, list[tuple[int, set[int]]]] = defaultdict(list)
    for (name, axis), indices in gone.items():
        changes[name].append((axis, indices))

    def smaller(name: str, tensor: Tensor) -> Tensor:
        for axis, indices in changes.get(name, ()):
            kept = [index for index in range(tensor.shape[axis]) if index not in indices]
            tensor = tensor.index_select(axis, torch.tensor(kept, device=tensor.device))
        return tensor

    small = copied(model)
    _replace(small, smaller)
    return small


def fit(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Give the network's layers the shapes of these weights, where they have as many dimensions, in place.

    weights: a `state_dict` of the network without some of its channels. The numbers are not copied.
    """

    def as_large(name: str, tensor: Tensor) -> Tensor:
        wanted = weights.get(name)
        same = wanted is None or wanted.shape == tensor.shape or wanted.dim() != tensor.dim()
        return tensor if same or wanted is None else tensor.new_zeros(wanted.shape)

    _replace(model, as_large)


def _replace(model: nn.Module, change: Callable[[str, Tensor], Tensor]) -> None:
    """Replace tensors by what `change` makes of them; layers say their new sizes."""
    made: dict[int, Tensor] = {}
    with torch.no_grad():
        for prefix, module in model.named_modules():
            changed = False
            own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
            for name, tensor in own:
                # A tensor that several layers share stays shared: it has the name of the first.
                if id(tensor) not in made:
                    new = change(f"{prefix}.{name}" if prefix else name, tensor)
                    parameter = isinstance(tensor, nn.Parameter) and new is not tensor
                    made[id(tensor)] = nn.Parameter(new, requires_grad=tensor.requires_grad) if parameter else new
                if made[id(tensor)] is not tensor:
                    changed = True
                    setattr(module, name, made[id(tensor)])
            if changed:
                _say_sizes(module)


def _say_sizes(module: nn.Module) -> None:
    """Set the numbers of channels that a layer of torch's has beside its tensors."""
    if isinstance(module, (*_CONVOLUTIONS, *_TRANSPOSED)):
        outputs, inputs = module.weight.shape[:2]
        if isinstance(module, _TRANSPOSED):
            module.in_channels, module.out_channels = outputs, inputs * module.groups
            return
        if inputs == 1 and module.groups == module.in_channels:  # depthwise
            module.groups = module.groups * outputs // module.out_channels
        module.in_channels, module.out_channels = inputs * module.groups, outputs
    elif isinstance(module, nn.Linear):
        module.out_features, module.in_features = module.weight.shape
    elif isinstance(module, _NORMS):
        found = next((one for one in (module.weight, module.running_mean) if one is not None), None)
        module.num_features = module.num_features if found is None else len(found)
