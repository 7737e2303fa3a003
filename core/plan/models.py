"""Models by name."""

from dataclasses import dataclass

from core.errors import UserError
from core.plan.nearest import did_you_mean

MODELS = ("resnet18",)


@dataclass(frozen=True)
class ModelRef:
    """A network: `width` is its first stage's channels (64 = as published), ≥ 1; `classes` ≥ 2."""

    name: str
    width: int
    classes: int


def parse_model(value: object, field: str = "model") -> str:
    """The name of a known model.

    Raises:
        UserError: unknown.
    """
    if isinstance(value, str) and value in MODELS:
        return value
    raise UserError(field, value, did_you_mean(str(value), MODELS))
