"""Models by name."""

from dataclasses import dataclass

MODELS = ("resnet18",)


@dataclass(frozen=True)
class ModelRef:
    """A network: `width` is its first stage's channels (64 = as published), ≥ 1; `classes` ≥ 2."""

    name: str
    width: int
    classes: int
