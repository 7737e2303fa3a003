"""How the images of a network were prepared, as a file beside its weights says: a model card or a library's config."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.images.processor_config import said_channels, said_size
from prunesweep.core.images.said import SaidChannels, SaidSize, channels_of, side_of
from prunesweep.core.images.timm_config import timm_size
from prunesweep.core.plan.resize_rules import RESIZES, parse_resize, resize_at, scaled_resize

CARD_ROW = "images normalised by"
"""The row of a model card that gives mean and standard deviation."""
CARD_SIZE = "images resized to"
"""The row of a model card that gives the side of its images in pixels."""
_CARD = re.compile(rf"^\| {CARD_ROW} \| mean ([\d.,e-]+), standard deviation ([\d.,e-]+)", re.MULTILINE)
_SIDE = re.compile(rf"^\| {CARD_SIZE} \| (\d+) (?:.*\(([a-z-]+(?::\d+)?)\))?", re.MULTILINE)
_LARGEST_FILE = 10_000_000


@dataclass(frozen=True)
class Preprocessing:
    """What such a file says.

    Attributes:
        source: the file's name.
        mean, std: of values in [0, 1], as `parse_channels` writes them; "" = it does not say.
        image_size: side in pixels of square images, 0 = it does not say.
        resize: how they are made so (`prunesweep.core.plan.resize_rules`), "" = it does not say.
        unlike: how, where none of these rules does that.
        unlike_mean: how pixels become numbers, where no mean and standard deviation do that.
    """

    source: str
    mean: str = ""
    std: str = ""
    image_size: int = 0
    resize: str = ""
    unlike: str = ""
    unlike_mean: str = ""

    def resize_at(self, size: int) -> str:
        """Return how images of another size lose the same part, "" = it does not say."""
        return scaled_resize(self.resize, self.image_size, size)

    def agrees(self, used: "Preparation", *, resizes: bool) -> bool:
        """Return whether images prepared in that way are prepared as it says. resizes: as `prepare_as_said` has it."""
        normalised = not self.unlike_mean and (not self.mean or (self.mean, self.std) == (used.mean, used.std))
        if not resizes:
            return normalised
        size = used.image_size
        alike = not size or (not self.unlike and self.resize_at(size) in ("", resize_at(used.resize, size)))
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
    if said.unlike_mean and not asked.has("mean", "std"):
        raise UserError("mean", said.unlike_mean, f"{said.source} beside the weights says so; {_NO_MEAN}")
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
        found = replace(found, resize=said.resize_at(found.image_size))
        notes.append(f"{name}: images are resized by {found.resize} as {said.source} says; see --resize")
    return replace(found, notes=(*asked.notes, *notes))


_NO_MEAN = (
    "images here are red, green, blue, each (byte / 255 - mean) / std with numbers in [0, 1]; "
    "change the first layer's weights to that, and give --mean and --std"
)


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

    Source: timm's `pretrained_cfg` (mean, std, and `prunesweep.core.images.timm_config`); transformers' image
    processors (`prunesweep.core.images.processor_config`).
    """
    folder = weights.parent
    candidates = (
        _card(weights.with_suffix(".md")) if weights.name else None,  # not of `.`, which is refused later
        _config(folder / "config.json", timm_size, _plain_channels),
        _config(folder / "preprocessor_config.json", said_size, said_channels),
    )
    return next(
        (found for found in candidates if found and (found.mean or found.image_size or found.unlike_mean)), None
    )


def _card(file: Path) -> Preprocessing | None:
    text = _text(file)
    numbers, side = _CARD.search(text), _SIDE.search(text)
    mean, std = channels_of(numbers[1].rstrip(","), numbers[2].rstrip(",")) if numbers else ("", "")
    return Preprocessing(file.name, mean, std, side_of(side[1]) if side else 0, _card_rule(side[2]) if side else "")


def _card_rule(word: str | None) -> str:
    try:
        return parse_resize(word)
    except UserError:  # of a later release
        return ""


def _config(
    file: Path,
    size_of: Callable[[Mapping[str, Any]], SaidSize],
    channels: Callable[[Mapping[str, Any]], SaidChannels],
) -> Preprocessing | None:
    try:
        whole = json.loads(_text(file) or "null")
    except (ValueError, RecursionError):  # somebody else's file of that name
        return None
    if not isinstance(whole, dict):
        return None
    said = next((whole[key] for key in ("pretrained_cfg", "data_config") if isinstance(whole.get(key), dict)), whole)
    size, numbers = size_of(said), channels(said)
    return Preprocessing(file.name, numbers.mean, numbers.std, size.side, size.resize, size.unlike, numbers.unlike)


def _plain_channels(said: Mapping[str, Any]) -> SaidChannels:
    return SaidChannels(*channels_of(*(said.get(axis) or said.get(f"image_{axis}") or "" for axis in ("mean", "std"))))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.stat().st_size <= _LARGEST_FILE else ""
    except (OSError, UnicodeDecodeError):
        return ""
