"""How timm makes images one size, as its `config.json` and its own entries say it."""

import math
from collections.abc import Mapping
from typing import Any

from prunesweep.core.images.said import SaidSize, by_rule, side_of

_FILTERS = ("bilinear", "bicubic")
_SHARE = 0.875


def timm_size(said: Mapping[str, Any]) -> SaidSize:
    """Return what a `pretrained_cfg` comes to.

    Source: timm's `resolve_data_config` and `transforms_imagenet_eval`: `input_size` [3, H, W], `interpolation`,
    `crop_pct` (side before the middle is cut out: input / crop_pct, rounded down), `crop_mode` (center: shorter side;
    squash: both sides; border: longer side, the rest of the mean colour).
    """
    side, word = side_of(_listed(said.get("input_size"))), said.get("interpolation")
    bicubic = word == "bicubic"
    if isinstance(word, str) and word and word not in _FILTERS:
        return SaidSize(side, unlike=f"the {word[:20]} filter")
    share = said.get("crop_pct") or _SHARE
    if not isinstance(share, int | float) or not 0.1 <= share <= 10:
        return SaidSize(side, unlike=f"crop_pct {str(share)[:20]}")
    scaled, mode = math.floor(side / share), said.get("crop_mode") or "center"
    if mode == "border":
        return _bordered(side, scaled, _colour(said.get("mean")), bicubic=bicubic)
    if mode not in ("center", "squash"):
        return SaidSize(side, unlike=f"crop_mode {str(mode)[:20]}")
    kind = "stretch" if mode == "squash" else "crop"
    if not side:  # another file, or option, has the size
        return by_rule(kind, 0, 0, bicubic=bicubic)
    return by_rule(kind, side, scaled, bicubic=bicubic)


def _listed(size: object) -> object:
    """Return `input_size`; `size` in a config.json of anybody's may be of something else."""
    return list(size) if isinstance(size, list | tuple) else 0


def _bordered(side: int, scaled: int, colour: list[int], *, bicubic: bool) -> SaidSize:
    if scaled == side and not any(colour):
        return by_rule("pad", side, side, bicubic=bicubic)
    return SaidSize(side, unlike=f"longer side to {scaled}, the rest of colour {','.join(map(str, colour))}")


def _colour(mean: object) -> list[int]:
    """Return the bytes of the mean colour, black where the mean is no list of numbers."""
    numbers = mean if isinstance(mean, list | tuple) else []
    return [round(255 * number) for number in numbers if isinstance(number, int | float) and 0 <= number <= 1]
