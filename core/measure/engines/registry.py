"""All engines, and which of them can be used here."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

import torch

from prunesweep.core.errors import StageError
from prunesweep.core.measure.engines import onnxruntime_engine, openvino_engine, sparse_engine, torch_engine
from prunesweep.core.measure.engines.base import EngineAdapter
from prunesweep.core.plan.engines import ENGINES, is_baseline

_MODULES = (torch_engine, onnxruntime_engine, openvino_engine, sparse_engine)
_ALWAYS = "torch"


@cache
def registry() -> Mapping[str, EngineAdapter]:
    """Return every engine by its name."""
    return MappingProxyType({engine.name: engine for module in _MODULES for engine in module.engines()})


def missing(name: str, device: torch.device) -> str | None:
    """Return why the engine cannot be used with this device, or None.

    Raises:
        StageError: no such engine.
    """
    if name not in ENGINES:
        raise StageError(f"unknown latency engine {name!r}; known: {', '.join(ENGINES)}")
    if device.type not in ENGINES[name].devices:
        return f"does not run on {device.type}"
    return registry()[name].missing(device)


def choose(names: Iterable[str], device: torch.device) -> tuple[tuple[EngineAdapter, ...], dict[str, str]]:
    """Return the engines of these names that can be used with `device`, and why the others cannot. `torch` is always
    among them when no other dense fp32 one is: without it there would be nothing to compare with."""
    reasons = {name: missing(name, device) for name in dict.fromkeys(names)}
    chosen = [name for name, reason in reasons.items() if reason is None]
    if not any(map(is_baseline, chosen)):
        chosen.insert(0, _ALWAYS)
    left_out = {name: reason for name, reason in reasons.items() if reason is not None}
    return tuple(registry()[name] for name in chosen), left_out
