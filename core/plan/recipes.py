"""Training recipes by name. A recipe is a value: its fields are part of every digest that uses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Recipe:
    """SGD with Nesterov momentum; the learning rate falls linearly to 0 within the stage.

    batch: images a step, ≥ 1 · lr: peak learning rate, > 0 · warmup: fraction of the steps in which the
    rate climbs from 0 to lr, in [0, 1) · momentum, weight_decay, label_smoothing: as in torch ·
    pad: random shift of up to `pad` pixels each way (zero-padded crop) · flip: mirror half of the images ·
    validation: fraction of the training images held out for learning curves, in [0, 0.5] ·
    precision: `auto` = bf16 autocast where the device has it, else fp32; or `fp32`, `bf16`.
    """

    name: str
    batch: int
    lr: float
    warmup: float
    momentum: float
    weight_decay: float
    label_smoothing: float
    pad: int
    flip: bool
    validation: float
    precision: str


RECIPES: Mapping[str, tuple[Recipe, Recipe]] = MappingProxyType(
    {
        "default": (
            Recipe("dense", 256, 0.1, 0.2, 0.9, 5e-4, 0.0, 4, True, 0.02, "auto"),
            Recipe("finetune", 256, 0.02, 0.0, 0.9, 5e-4, 0.0, 4, True, 0.02, "auto"),
        ),
        "digits": (
            Recipe("digits-dense", 64, 0.05, 0.2, 0.9, 5e-4, 0.0, 1, False, 0.1, "auto"),
            Recipe("digits-finetune", 64, 0.05, 0.0, 0.9, 5e-4, 0.0, 1, False, 0.1, "auto"),
        ),
    }
)
"""name → (recipe of the dense network, recipe of each recovery round)."""
