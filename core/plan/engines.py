"""The inference engines that latency can be measured with, by name. Which of them a machine has, only it can say:
`prunesweep.core.measure.engines`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prunesweep.core.plan.axes import parse_list
from prunesweep.core.plan.suggestions import one_of

_BOTH = ("cpu", "cuda")


@dataclass(frozen=True)
class EngineKind:
    """An inference engine that latency can be measured with.

    Attributes:
        dtype: what it computes in.
        dense: it multiplies zeros like any other number.
        devices: kinds it runs on.
    """

    dtype: str
    dense: bool
    devices: tuple[str, ...]


INT8 = "onnxruntime-int8"
CALIBRATION, MOST_CALIBRATION = 500, 100_000
"""Training images that int8 is calibrated with: as many as are taken when nobody says, and at most."""
ENGINES: Mapping[str, EngineKind] = MappingProxyType(
    {
        "torch": EngineKind("fp32", True, _BOTH),
        "torch-bf16": EngineKind("bf16", True, _BOTH),
        "torch-fp16": EngineKind("fp16", True, ("cuda",)),
        "onnxruntime": EngineKind("fp32", True, ("cpu",)),
        INT8: EngineKind("int8", True, ("cpu",)),
        "openvino": EngineKind("fp32", True, ("cpu",)),
        "openvino-bf16": EngineKind("bf16", True, ("cpu",)),
        "sparse": EngineKind("fp32", False, ("cpu",)),
        "torch-2:4": EngineKind("fp16", False, ("cuda",)),
    }
)
DEFAULT = ("torch", "onnxruntime", "sparse")
"""Of a sweep's Benchmark stages: quick to prepare, and a worker has them."""


def is_baseline(name: str) -> bool:
    """Return True for the engines among which the fastest is "best dense": dense and fp32."""
    kind = ENGINES[name]
    return kind.dense and kind.dtype == "fp32"


def parse_engines(value: object, field: str) -> tuple[str, ...]:
    """Return the names of engines, separated by commas.

    Raises:
        UserError: an unknown name.
    """
    return parse_list(value, field, lambda name: one_of(name, field, ENGINES))
