"""How often a network uses each weight: the output positions of its layer."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from prunesweep.core.operators import OperatorMode
from prunesweep.core.passes import trace
from prunesweep.core.pruning.masks import prunable

PRODUCTS = {"mm": (0, 1), "addmm": (1, 2), "bmm": (0, 1), "baddbmm": (1, 2), "mv": (0, 1), "addmv": (1, 2)}
"""Operators that multiply two matrices, and at which places these are."""


def positions(model: nn.Module, image_shape: tuple[int, int, int]) -> dict[str, int]:
    """Return weight name → output positions of its layer, found by sending one image (channels, height, width) through
    `model`; weights that the image never meets are left out.

    Each element of a conv weight meets the input once at every output position, padding included (of a transposed one
    at every input position); each element of a linear weight once for each row of its input. So multiply-adds =
    elements × positions. Counted where torch multiplies, not where modules are called: attention and networks such as
    torchvision's Swin hand their weights to functions.
    """
    names = [name for name, _ in prunable(model)]
    counter: _Counter | None = None

    def watch(tensors: Mapping[str, Tensor]) -> "_Counter":
        nonlocal counter
        counter = _Counter({name: tensors[name] for name in names if name in tensors})
        return counter

    trace(model, image_shape, watch)
    assert counter is not None  # noqa: S101 - `trace` asks for it
    return counter.positions()


class _Counter(OperatorMode):  # type: ignore[no-untyped-call]
    """Multiplications by each weight, recognised by its storage: views, transposes and parts of it share that."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._weights = {weight.untyped_storage()._cdata: name for name, weight in weights.items()}
        self._sizes = {name: weight.numel() for name, weight in weights.items()}
        self._products: dict[str, int] = {}

    def positions(self) -> dict[str, int]:
        """Return the output positions of each weight, in the weights' order."""
        return {name: self._products[name] // size for name, size in self._sizes.items() if name in self._products}

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        del types
        result = func(*args, **(kwargs or {}))
        operator = func.overloadpacket.__name__
        if operator == "convolution":
            name, weight = self._name(args[1]), args[1]
            # [O, …] and the output's positions; of a transposed one [I, …] and the input's.
            positions = (args[0] if args[6] else result).numel() // weight.shape[0]
            self._add(name, weight.numel() * positions)
        elif operator in PRODUCTS:
            left, right = (args[place] for place in PRODUCTS[operator])
            products = left.numel() * (right.shape[-1] if right.dim() > 1 else 1)
            self._add(self._name(left) or self._name(right), products)
        return result

    def _name(self, tensor: Tensor) -> str | None:
        return self._weights.get(tensor.untyped_storage()._cdata)

    def _add(self, name: str | None, products: int) -> None:
        # Added up: a layer may be used more than once.
        if name is not None:
            self._products[name] = self._products.get(name, 0) + products


def by_tiles(model: nn.Module) -> frozenset[str]:
    """Return the names of the weights of 3×3 windows that move by one pixel: the engine may do such layers dense."""
    found = set()
    for name, module in model.named_modules():
        plain = isinstance(module, nn.Conv2d) and module.groups == 1 and module.dilation == (1, 1)
        if plain and module.kernel_size == (3, 3) and module.stride == (1, 1):
            found.add(f"{name}.weight" if name else "weight")
    return frozenset(found)
