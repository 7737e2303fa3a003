"""Training recipes: versioned TOML files. A recipe is a value; its fields are part of every digest.

What a file of the user's is called, and where it lies, is no part of it: a file with the values and the version of a
recipe that comes with the program is that recipe, any other one is `own`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan.datasets import OPTIONAL
from prunesweep.core.plan.suggestions import one_of, unknown_file
from prunesweep.core.plan.toml_files import parse_toml, read_toml

OPTIMIZERS = ("sgd", "adamw")
SCHEDULES = ("triangle", "cosine")
FLIPS = ("none", "random", "alternating")
PRECISIONS = ("auto", "fp32", "bf16")
_FOLDER = "recipe_files"
OWN = "own"
"""What every recipe of the user's is called in a stage."""

LEFT_OUT: Mapping[str, float] = MappingProxyType({"crop_scale": 1.0, "crop_ratio": 4 / 3})
"""Keys that a file may leave out, and a stage does where they have these values."""


@dataclass(frozen=True)
class Recipe:
    """An optimizer with its schedule, and how images are varied.

    A file may leave out `crop_scale` and `crop_ratio`, as does a stage where they have their defaults.

    Attributes:
        name: whose recipe, and which part: `default-dense`, or `own-dense` for a user's file.
        version: of the file.
        batch: images a step, at least 2.
        optimizer: `sgd` with Nesterov momentum, or `adamw` (momentum is its first beta; Loshchilov & Hutter 2019,
            arXiv:1711.05101).
        lr: peak learning rate, above 0.
        schedule: `triangle` falls linearly to 0, `cosine` along half a cosine (Loshchilov & Hutter 2017,
            arXiv:1608.03983), both after the warm-up.
        warmup: fraction of the steps in which the rate climbs to its peak, in [0, 1).
        momentum: in [0, 1).
        weight_decay: at least 0.
        decay_all: decay batch-norm and biases as well.
        label_smoothing: in [0, 1).
        translate: random shift of up to that many pixels each way, at least 0 (zero-padded crop).
        flip: mirror `none`, a `random` half of the images, or `alternating`, each image every other epoch (Jordan 2024,
            arXiv:2404.00498, section 3.6).
        cutout: side in pixels of a square set to the mean colour, 0 = none (DeVries & Taylor 2017, arXiv:1708.04552).
        validation: fraction of the training images held out, class by class, for learning curves and choices, in
            [0, 0.5].
        precision: `auto` = bf16 autocast where the device has it, else fp32; or `fp32`, `bf16`.
        distill_weight: share of the dense parent's outputs as targets (`prunesweep.core.training.distillation`), in [0,
            1]; 0 = labels only. In a file: `distill = {weight = 0.9, temperature = 4}` under [finetune].
        distill_temperature: of those targets, at least 1.
        crop_scale: each image shows a random rectangle of at least this share of its area, enlarged to the whole, in
            (0, 1]; 1 = none (Szegedy et al. 2015, arXiv:1409.4842, section 6). `translate` must then be 0.
        crop_ratio: the largest ratio of that rectangle's sides, at least 1.
    """

    name: str
    version: int
    batch: int
    optimizer: str
    lr: float
    schedule: str
    warmup: float
    momentum: float
    weight_decay: float
    decay_all: bool
    label_smoothing: float
    translate: int
    flip: str
    cutout: int
    validation: float
    precision: str
    distill_weight: float = field(default=0.0, metadata={OPTIONAL: True})
    distill_temperature: float = field(default=1.0, metadata={OPTIONAL: True})
    crop_scale: float = field(default=LEFT_OUT["crop_scale"], metadata={OPTIONAL: True})
    crop_ratio: float = field(default=LEFT_OUT["crop_ratio"], metadata={OPTIONAL: True})


@dataclass(frozen=True)
class RecipePair:
    """The recipes of a grid's two kinds of training.

    Attributes:
        dense: trains the dense network (and whatever goes back to its schedule).
        finetune: one recovery round.
    """

    dense: Recipe
    finetune: Recipe

    def named(self, name: str) -> "RecipePair":
        """Return the same values and version by another name."""
        return RecipePair(replace(self.dense, name=f"{name}-dense"), replace(self.finetune, name=f"{name}-finetune"))


_RANGES: Mapping[str, tuple[float, float]] = {
    "batch": (2, 65_536),
    "lr": (1e-9, 1000),
    "warmup": (0, 0.999),
    "momentum": (0, 0.9999),
    "weight_decay": (0, 10),
    "label_smoothing": (0, 0.999),
    "translate": (0, 64),
    "cutout": (0, 1024),
    "validation": (0, 0.5),
    "weight": (0, 1),
    "temperature": (1, 100),
    "crop_scale": (0.01, 1),
    "crop_ratio": (1, 10),
}
_DISTILL = "distill"
_WORDS = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "flip": FLIPS, "precision": PRECISIONS}


@cache
def recipe_names() -> tuple[str, ...]:
    """Return the recipes that come with the program."""
    found = (entry.name for entry in files(__package__).joinpath(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def recipe_for(dataset: object) -> str:
    """Return the recipe of a dataset for which none was given."""
    return "digits" if dataset == "digits" else "default"


def load_recipe(name: str) -> RecipePair:
    """Return a recipe by its name, or from a file by a path that ends in `.toml`.

    Raises:
        UserError: unknown name; an unreadable file, a TOML error, a missing or unknown key, a value out of range.
    """
    if name.lower().endswith(".toml"):
        read = _read(read_toml(Path(name), "recipe")[0], OWN, name)
        known = (_built_in(each) for each in recipe_names())
        return next((one for one in known if one.named(OWN) == read), read)
    if name not in recipe_names():
        raise unknown_file(name, "recipe", recipe_names())
    return _built_in(name)


@cache
def _built_in(name: str) -> RecipePair:
    entry = files(__package__).joinpath(_FOLDER, f"{name}.toml")
    return _read(parse_toml(entry.read_bytes(), "recipe", name)[0], name, name)


def _read(values: dict[str, Any], name: str, where: str) -> RecipePair:
    unknown = set(values) - {"version", "dense", "finetune"}
    if unknown:
        raise UserError("recipe", where, f"unknown key {min(unknown)!r}; known: version, [dense], [finetune]")
    version = values.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 10**6:
        raise UserError("recipe", where, "give it a version, a whole number from 1, and raise it with every change")
    dense, finetune = (_part(values.get(part), part, name, version, where) for part in ("dense", "finetune"))
    return RecipePair(dense, finetune)


def _part(values: object, part: str, name: str, version: int, where: str) -> Recipe:
    names = {one.name: one.type for one in fields(Recipe) if not one.name.startswith(_DISTILL)}
    values, distill = _without_distill(values, part, where)
    wanted = set(names) - {"name", "version"}
    needed = wanted - set(LEFT_OUT)
    if not isinstance(values, dict) or not needed <= set(values) <= wanted:
        missing = sorted(needed - set(values)) if isinstance(values, dict) else sorted(needed)
        extra = sorted(set(values) - wanted) if isinstance(values, dict) else []
        what = f"lacks {', '.join(missing)}" if missing else f"has unknown keys: {', '.join(map(str, extra))}"
        raise UserError("recipe", where, f"[{part}] {what}")
    read = {key: _value(key, names[key], value, f"{where} [{part}]") for key, value in values.items()}
    recipe = Recipe(name=f"{name}-{part}", version=version, **read, **distill)
    if recipe.crop_scale < 1 and recipe.translate:
        fix = "a rectangle lies anywhere already: give 0 with crop_scale"
        raise UserError(f"recipe {where} [{part}] translate", recipe.translate, fix)
    return recipe


def _without_distill(values: object, part: str, where: str) -> tuple[object, dict[str, Any]]:
    """Return the part's other values, and the fields that `distill` stands for."""
    if not isinstance(values, dict) or _DISTILL not in values:
        return values, {}
    rest = {key: value for key, value in values.items() if key != _DISTILL}
    given = values[_DISTILL]
    if part != "finetune":
        raise UserError("recipe", where, "[dense] cannot have distill: the dense network is the teacher")
    if not isinstance(given, dict) or set(given) != {"weight", "temperature"}:
        raise UserError(f"recipe {where} distill", given, "write {weight = 0.9, temperature = 4}")
    read = {key: _value(key, float, value, f"{where} [finetune] distill") for key, value in given.items()}
    return rest, {f"distill_{key}": value for key, value in read.items()} if read["weight"] else {}


def _value(key: str, kind: Any, value: object, where: str) -> Any:
    if key in _WORDS:
        return one_of(value, f"recipe {where} {key}", _WORDS[key])
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise UserError(f"recipe {where} {key}", value, "give true or false")
    low, high = _RANGES[key]
    kinds = (int,) if kind is int else (int, float)
    if isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high:
        return kind(value)
    fix = f"give a {'whole ' if kind is int else ''}number from {low:g} to {high:g}"
    raise UserError(f"recipe {where} {key}", value, fix)
