"""The only door to torchvision.

torchvision's Python side declares kernels for `torchvision::nms` at import. Where its compiled part does not load
(a torchvision wheel built for another torch variant, e.g. the CUDA build beside a CPU-only torch) those operators
are missing and the import fails, though models and datasets need none of them. Declaring the two schemas first makes
the import work; the operators themselves stay absent and nothing here calls them.
"""

import importlib
from functools import lru_cache
from types import ModuleType

import torch

_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


@lru_cache(maxsize=1)
def import_torchvision() -> ModuleType:
    """Return the torchvision module, imported once.

    Raises:
        ImportError: torchvision is not installed, or broken in another way.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise ImportError(f"torchvision cannot be imported: {error}") from error
    _declare_operators()
    return importlib.import_module("torchvision")


@lru_cache(maxsize=1)
def _declare_operators() -> torch.library.Library:
    """Declares the missing schemas. The cached library object keeps them alive: they go when it goes."""
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name, schema in _SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)  # type: ignore[no-untyped-call]
    return library
