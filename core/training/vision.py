"""The only door to torchvision.

torchvision's Python side declares kernels for `torchvision::nms` at import. Where its compiled part does not load
(a torchvision wheel built for another torch variant, e.g. the CUDA build beside a CPU-only torch) those operators
are missing and the import fails, though models and datasets need none of them. Declaring the two schemas first makes
the import work; the operators themselves stay absent and nothing here calls them.

torchvision's region pooling asks torch's compiler for one function, at import. Loading the compiler takes five times as
long as all of torchvision, so a stand-in fetches it for the first caller: nothing here is one.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any

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
    with _compiler_later():
        try:
            return importlib.import_module("torchvision")
        except RuntimeError as error:
            if "torchvision::nms" not in str(error):
                raise ImportError(f"torchvision cannot be imported: {error}") from error
        _declare_operators()
        return importlib.import_module("torchvision")


_COMPILER = "torch._dynamo.utils"


class _Later(ModuleType):
    """Stands for that module of the compiler's: imports it once this is called, or anything else is asked for."""

    def is_compile_supported(self, device_type: str) -> bool:
        return bool(self.__getattr__("is_compile_supported")(device_type))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python asks every module, for a stack say
            raise AttributeError(name)
        if sys.modules.get(_COMPILER) is self:
            del sys.modules[_COMPILER]
        return getattr(importlib.import_module(_COMPILER), name)


@contextmanager
def _compiler_later() -> Iterator[None]:
    """Keep an import from loading torch's compiler, unless it is loaded already."""
    if "torch._dynamo" in sys.modules:
        yield
        return
    later = sys.modules[_COMPILER] = _Later(_COMPILER)
    try:
        yield
    finally:
        if sys.modules.get(_COMPILER) is later:
            del sys.modules[_COMPILER]


@lru_cache(maxsize=1)
def _declare_operators() -> torch.library.Library:
    """Declares the missing schemas. The cached library object keeps them alive: they go when it goes."""
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name, schema in _SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)  # type: ignore[no-untyped-call]
    return library
