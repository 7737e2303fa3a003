"""How the images of a network were prepared, as a file beside its weights says: a model card or a library's config."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_channels
from prunesweep.core.plan.datasets import RESIZES, read_size, resize_rule

CARD_ROW = "images normalised by"
"""The row of a model card that gives mean and standard deviation."""
CARD_SIZE = "images resized to"
"""The row of a model card that gives the side of its images in pixels."""
_CARD = re.compile(rf"^\| {CARD_ROW} \| mean ([\d.,e-]+), standard deviation ([\d.,e-]+)", re.MULTILINE)
_SIDE = re.compile(rf"^\| {CARD_SIZE} \| (\d+) (?:.*\(([a-z-]+)\))?", re.MULTILINE)
_BICUBIC = ("bicubic", 3)
"""As libraries write it: torchvision's and timm's `interpolation`, and Pillow's number in transformers' `resample`."""
_CONFIGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"config.json": ("input_size",), "preprocessor_config.json": ("crop_size", "size")}
)
"""File → the keys that give the images' size in it. `size` in a config.json of anybody's may be of something else."""
_LARGEST_FILE = 10_000_000


@dataclass(frozen=True)
class Preprocessing:
    """What such a file says.

    Attributes:
        source: the file's name.
        mean, std: of values in [0, 1], as `parse_channels` writes them; "" = it does not say.
        image_size: side in pixels of square images, 0 = it does not say.
        resize: how they are made so (`prunesweep.core.plan.datasets.RESIZES`), "" = it does not say.
    """

    source: str
    mean: str = ""
    std: str = ""
    image_size: int = 0
    resize: str = ""

    def agrees(self, used: "Preparation", *, resizes: bool) -> bool:
        """Return whether images prepared in that way are prepared as it says. resizes: as `prepare_as_said` has it."""
        normalised = not self.mean or (self.mean, self.std) == (used.mean, used.std)
        if not resizes:
            return normalised
        alike = not used.image_size or self.resize in ("", resize_rule(used.resize))
        return normalised and self.image_size in (0, used.image_size) and alike


@dataclass(frozen=True)
class Preparation:
    """How images are prepared for given weights.

    Attributes:
        mean, std: as `Preprocessing` has them, "" = the dataset's own.
        image_size: side in pixels that images are resized to, 0 = they are not.
        resize: how; the default counts as not chosen.
        notes: what was taken from a file beside the weights, a line each.
    """

    mean: str
    std: str
    image_size: int
    resize: str = RESIZES[0]
    notes: tuple[str, ...] = ()


def prepare_as_said(weights: Path, asked: Preparation, *, resizes: bool, name: str = "") -> Preparation:
    """Return what was asked for, completed by what a file beside the weights says: the one place for every command that
    takes weights.

    Args:
        asked: what a person gave wins.
        resizes: whether these images can be resized, or have one size.
        name: of the weights in notes, default the file's.
    """
    said, name = beside(weights), name or weights.name
    if said is None:
        return asked
    found, notes = asked, []
    if said.mean and not asked.mean and not asked.std:
        found = replace(found, mean=said.mean, std=said.std)
        how = f"images are normalised as {said.source} says, mean {said.mean}, std {said.std}; see --mean, --std"
        notes.append(f"{name}: {how}")
    if said.image_size and not asked.image_size and resizes:
        found = replace(found, image_size=said.image_size)
        notes.append(f"{name}: images are of {said.image_size} pixels as {said.source} says; see --image-size")
    if said.resize and found.image_size and resizes and asked.resize == RESIZES[0] != said.resize:
        found = replace(found, resize=said.resize)
        notes.append(f"{name}: images are resized by {said.resize} as {said.source} says; see --resize")
    return replace(found, notes=(*asked.notes, *notes))


def differing(weights: Path, used: Preparation, *, resizes: bool) -> str:
    """Return the note for weights beside which a file says that images are prepared otherwise, "" for others."""
    said = beside(weights)
    if said is None or said.agrees(used, resizes=resizes):
        return ""
    return f"{weights.name}: {said.source} prepares its images otherwise; all files see the same images"


def beside(weights: Path) -> Preprocessing | None:
    """Return what lies beside a file of weights: its model card `NAME.md`, else `config.json` as timm writes it, else
    `preprocessor_config.json` as transformers does; None where none of them says anything that can be used.

    Source: timm's `pretrained_cfg` (mean, std, input_size [3, H, W], interpolation); transformers' image processors
    (image_mean, image_std, size, resample).
    """
    folder = weights.parent
    candidates = (
        _card(weights.with_suffix(".md")),
        *(_config(folder / name, *sizes) for name, sizes in _CONFIGS.items()),
    )
    return next((found for found in candidates if found and (found.mean or found.image_size)), None)


def _card(file: Path) -> Preprocessing | None:
    text = _text(file)
    numbers, side = _CARD.search(text), _SIDE.search(text)
    mean, std = _channels(numbers[1].rstrip(","), numbers[2].rstrip(",")) if numbers else ("", "")
    rule = side[2] if side and side[2] in RESIZES else ""
    return Preprocessing(file.name, mean, std, _size(side[1]) if side else 0, rule)


def _config(file: Path, *sizes: str) -> Preprocessing | None:
    try:
        whole = json.loads(_text(file) or "null")
    except (ValueError, RecursionError):  # somebody else's file of that name
        return None
    if not isinstance(whole, dict):
        return None
    said = next((whole[key] for key in ("pretrained_cfg", "data_config") if isinstance(whole.get(key), dict)), whole)
    mean, std = _channels(*(next(_found(said, axis, f"image_{axis}"), "") for axis in ("mean", "std")))
    sides = (_side(each) for each in _found(said, *sizes))
    rule = rule_of(next(_found(said, "interpolation", "resample"), ""))
    return Preprocessing(file.name, mean, std, next((side for side in sides if side), 0), rule)


def rule_of(interpolation: object) -> str:
    """Return the rule of resizing that a library's word for its interpolation comes to, "" = the default or unknown."""
    return f"{RESIZES[0]}-bicubic" if interpolation in _BICUBIC else ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.stat().st_size <= _LARGEST_FILE else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _found(said: Mapping[str, Any], *names: str) -> Iterator[Any]:
    return (said[name] for name in names if said.get(name))


def _channels(mean: object, std: object) -> tuple[str, str]:
    """Return both as canonical text, or neither."""
    try:
        found = parse_channels(mean, "mean", zero=True), parse_channels(std, "std", zero=False)
    except UserError:
        return "", ""
    return found if all(found) else ("", "")


def _side(value: object) -> int:
    """Return the side of `224`, `[3, 224, 224]`, `{height: 224, width: 224}`, `{shortest_edge: 224}`; 0 = no square."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        sides = {str(each) for each in value[-2:]}
        value = sides.pop() if len(sides) == 1 else 0
    return _size(value)


def _size(value: object) -> int:
    try:
        return read_size(value)
    except UserError:
        return 0
