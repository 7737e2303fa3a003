"""How often a network uses each weight: the output positions of its layer."""

from collections.abc import Callable

from torch import Tensor, nn

from prunesweep.core.passes import trace
from prunesweep.core.pruning.masks import PRUNABLE


def positions(model: nn.Module, image_shape: tuple[int, int, int]) -> dict[str, int]:
    """Weight name → output positions of its layer, found by sending the shape of one image (channels,
    height, width) through `model`; layers that the image never meets are left out.

    Each element of a conv weight meets the input once at every output position, padding included; each element
    of a linear weight once. So multiply-adds = elements × output positions.
    """
    found: dict[str, int] = {}
    layers = [(name, module) for name, module in model.named_modules() if isinstance(module, PRUNABLE)]
    hooks = [
        module.register_forward_hook(_recorder(f"{name}.weight" if name else "weight", len(module.weight), found))
        for name, module in layers
    ]
    try:
        trace(model, image_shape)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def by_tiles(model: nn.Module) -> frozenset[str]:
    """Return the names of the weights of 3×3 windows that move by one pixel: the engine may do such layers dense."""
    found = set()
    for name, module in model.named_modules():
        plain = isinstance(module, nn.Conv2d) and module.groups == 1 and module.dilation == (1, 1)
        if plain and module.kernel_size == (3, 3) and module.stride == (1, 1):
            found.add(f"{name}.weight" if name else "weight")
    return frozenset(found)


def _recorder(name: str, outputs: int, found: dict[str, int]) -> Callable[[nn.Module, object, Tensor], None]:
    def record(module: nn.Module, inputs: object, output: Tensor) -> None:
        del module, inputs
        # Added up: a module may be used more than once.
        found[name] = found.get(name, 0) + output.numel() // outputs

    return record
