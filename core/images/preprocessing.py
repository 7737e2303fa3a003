"""How the images of a network were prepared, as a file beside its weights says: a model card or a library's config."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.images.processor_config import SaidSize, said_size
from prunesweep.core.plan.axes import parse_channels
from prunesweep.core.plan.datasets import RESIZES, read_size, resize_rule

CARD_ROW = "images normalised by"
"""The row of a model card that gives mean and standard deviation."""
CARD_SIZE = "images resized to"
"""The row of a model card that gives the side of its images in pixels."""
_CARD = re.compile(rf"^\| {CARD_ROW} \| mean ([\d.,e-]+), standard deviation ([\d.,e-]+)", re.MULTILINE)
_SIDE = re.compile(rf"^\| {CARD_SIZE} \| (\d+) (?:.*\(([a-z-]+)\))?", re.MULTILINE)
_LARGEST_FILE = 10_000_000


@dataclass(frozen=True)
class Preprocessing:
    """What such a file says.

    Attributes:
        source: the file's name.
        mean, std: of values in [0, 1], as `parse_channels` writes them; "" = it does not say.
        image_size: side in pixels of square images, 0 = it does not say.
        resize: how they are made so (`prunesweep.core.plan.datasets.RESIZES`), "" = it does not say.
        unlike: how, where none of these rules does that.
    """

    source: str
    mean: str = ""
    std: str = ""
    image_size: int = 0
    resize: str = ""
    unlike: str = ""

    def agrees(self, used: "Preparation", *, resizes: bool) -> bool:
        """Return whether images prepared in that way are prepared as it says. resizes: as `prepare_as_said` has it."""
        normalised = not self.mean or (self.mean, self.std) == (used.mean, used.std)
        if not resizes:
            return normalised
        alike = not used.image_size or (not self.unlike and self.resize in ("", resize_rule(used.resize)))
        return normalised and self.image_size in (0, used.image_size) and alike


@dataclass(frozen=True)
class Preparation:
    """How images are prepared for given weights.

    Attributes:
        mean, std: as `Preprocessing` has them, "" = the dataset's own.
        image_size: side in pixels that images are resized to, 0 = they are not.
        resize: how.
        chosen: those of these that a person gave, also where they are at their defaults.
        notes: what was taken from a file beside the weights, a line each.
    """

    mean: str
    std: str
    image_size: int
    resize: str = RESIZES[0]
    chosen: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Return whether a person gave one of these."""
        plain = Preparation("", "", 0)
        return any(name in self.chosen or getattr(self, name) != getattr(plain, name) for name in names)


def prepare_as_said(weights: Path, asked: Preparation, *, resizes: bool, name: str = "") -> Preparation:
    """Return what was asked for, completed by what a file beside the weights says: the one place for every command that
    takes weights.

    Args:
        asked: what a person gave wins.
        resizes: whether these images can be resized, or have one size.
        name: of the weights in notes, default the file's.

    Raises:
        UserError: no rule resizes images as it says, and nobody has chosen one.
    """
    said, name = beside(weights), name or weights.name
    if said is None:
        return asked
    found, notes = asked, []
    if said.mean and not asked.has("mean", "std"):
        found = replace(found, mean=said.mean, std=said.std)
        how = f"images are normalised as {said.source} says, mean {said.mean}, std {said.std}; see --mean, --std"
        notes.append(f"{name}: {how}")
    if said.image_size and resizes and not asked.has("image_size"):
        found = replace(found, image_size=said.image_size)
        notes.append(f"{name}: images are of {said.image_size} pixels as {said.source} says; see --image-size")
    if found.image_size and resizes and not asked.has("resize"):
        _check_rule(said)
    if said.resize and found.image_size and resizes and not asked.has("resize") and said.resize != RESIZES[0]:
        found = replace(found, resize=said.resize)
        notes.append(f"{name}: images are resized by {said.resize} as {said.source} says; see --resize")
    return replace(found, notes=(*asked.notes, *notes))


def _check_rule(said: Preprocessing) -> None:
    if said.unlike:
        fix = f"{said.source} beside the weights says so, and no rule does that; choose one: --resize {RESIZES[0]}"
        raise UserError("resize", said.unlike, f"{fix}, {', '.join(RESIZES[1:-1])}")


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
    (image_mean, image_std, and `prunesweep.core.images.processor_config`).
    """
    folder = weights.parent
    candidates = (
        _card(weights.with_suffix(".md")) if weights.name else None,  # not of `.`, which is refused later
        _config(folder / "config.json", _timm_size),
        _config(folder / "preprocessor_config.json", said_size),
    )
    return next((found for found in candidates if found and (found.mean or found.image_size)), None)


def _card(file: Path) -> Preprocessing | None:
    text = _text(file)
    numbers, side = _CARD.search(text), _SIDE.search(text)
    mean, std = _channels(numbers[1].rstrip(","), numbers[2].rstrip(",")) if numbers else ("", "")
    rule = side[2] if side and side[2] in RESIZES else ""
    return Preprocessing(file.name, mean, std, _size(side[1]) if side else 0, rule)


def _config(file: Path, read_size_of: Callable[[Mapping[str, Any]], SaidSize]) -> Preprocessing | None:
    try:
        whole = json.loads(_text(file) or "null")
    except (ValueError, RecursionError):  # somebody else's file of that name
        return None
    if not isinstance(whole, dict):
        return None
    said = next((whole[key] for key in ("pretrained_cfg", "data_config") if isinstance(whole.get(key), dict)), whole)
    mean, std = _channels(*(next(_found(said, axis, f"image_{axis}"), "") for axis in ("mean", "std")))
    size = read_size_of(said)
    return Preprocessing(file.name, mean, std, size.side, size.resize, size.unlike)


def _timm_size(said: Mapping[str, Any]) -> SaidSize:
    """Return what timm's config says; `size` in a config.json of anybody's may be of something else."""
    value = said.get("input_size")
    sides = {str(each) for each in value[-2:]} if isinstance(value, list) else set()
    return SaidSize(_size(sides.pop()) if len(sides) == 1 else 0, rule_of(said.get("interpolation", "")))


def rule_of(interpolation: object) -> str:
    """Return the rule of resizing that torchvision's or timm's word for its interpolation comes to, "" = the default or
    unknown."""
    return f"{RESIZES[0]}-bicubic" if interpolation == "bicubic" else ""


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


def _size(value: object) -> int:
    try:
        return read_size(value)
    except UserError:
        return 0
