"""Models by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MODELS: Mapping[str, int] = MappingProxyType(
    {
        "resnet18": 64,
        "resnet18-cifar": 64,
        "resnet20": 16,
        "resnet56": 16,
        "resnet20-a": 16,
        "resnet56-a": 16,
        "vgg16-bn": 64,
    }
)
"""Networks and their published width: the channels of the first stage."""


@dataclass(frozen=True)
class ModelRef:
    """A network.

    Attributes:
        name: one of `MODELS`, or of another source (`prunesweep.core.plan.networks`).
        width: channels of its first stage (`MODELS` = as published), ≥ 1; 0 for networks of other sources.
        classes: ≥ 2.
    """

    name: str
    width: int
    classes: int
