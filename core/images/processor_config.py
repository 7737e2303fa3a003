"""How transformers' image processors make images one size, as `preprocessor_config.json` says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan.datasets import RESIZES, read_size

_CROP, _STRETCH, _BICUBIC = RESIZES[0], "stretch", "-bicubic"
_MARGIN = 256 / 224
"""The rule `crop`: shorter side before the middle is cut out, over the side that is left."""
_FILTERS: Mapping[int, str] = MappingProxyType({0: "nearest", 1: "Lanczos", 4: "box", 5: "Hamming"})
"""Pillow's numbers of filters that no rule has; 2 is bilinear, 3 bicubic."""
_WARPED = 384
"""Side from which on ConvNeXt's processor stretches instead."""


@dataclass(frozen=True)
class SaidSize:
    """Attributes:
    side: in pixels of square images, 0 = it does not say.
    resize: the rule that does it, "" = it does not say, or the default.
    unlike: what it says where no rule does that, "" = one does.
    """

    side: int = 0
    resize: str = ""
    unlike: str = ""


def said_size(said: Mapping[str, Any]) -> SaidSize:
    """Return what the keys of such a file come to.

    Source: transformers' `BaseImageProcessor`s: do_resize, size ({height, width}: both sides, whatever the proportions;
    {shortest_edge}: that side, proportions stay; a number: the class decides), do_center_crop, crop_size, resample;
    `crop_pct` of ConvNeXt's and PoolFormer's, 256/224 of LeViT's.
    """
    edge, side = _size_of(said)
    cut = _cut(said)
    if said.get("do_resize") is False:
        return SaidSize(cut, unlike=f"no resizing, the middle {cut} cut out") if cut else SaidSize()
    if not side:
        return SaidSize(resize=_with_filter(_STRETCH, said) if edge == "both" else "")
    edge, side, cut = _by_class(said, edge, side, cut)
    name = _FILTERS.get(_number(said.get("resample")), "")
    if name:
        return SaidSize(cut or side, unlike=f"the {name} filter")
    if edge == "both" and cut in (0, side):
        return SaidSize(side, _with_filter(_STRETCH, said))
    if edge == "shorter" and not cut and said.get("do_center_crop") is None:  # it does not say how they become squares
        return SaidSize(side, _with_filter(_CROP, said))
    if edge == "shorter" and abs(side - cut * _MARGIN) < 1:
        return SaidSize(cut, _with_filter(_CROP, said))
    sides = "both sides" if edge == "both" else f"{edge} side"
    return SaidSize(cut or side, unlike=f"{sides} to {side}, " + (f"the middle {cut} cut out" if cut else "no square"))


def _size_of(said: Mapping[str, Any]) -> tuple[str, int]:
    """Return which edges `size` is of (both, shorter, longer, "" = the class decides) and their length; 0 = none, or
    sides of two lengths."""
    size = said.get("size")
    if isinstance(size, Mapping):
        if "height" in size and "width" in size:
            return "both", _side([size["height"], size["width"]])
        found = [(edge, _side(size[key])) for key, edge in _EDGES.items() if key in size]
        return found[0] if len(found) == 1 else ("", 0)
    return ("both" if isinstance(size, list) else ""), _side(size)


_EDGES: Mapping[str, str] = MappingProxyType({"shortest_edge": "shorter", "longest_edge": "longer"})


def _cut(said: Mapping[str, Any]) -> int:
    """Return the side of the middle that is cut out, 0 = none is."""
    size, crops = said.get("crop_size"), said.get("do_center_crop")
    if crops is False or (crops is None and size is None):
        return 0
    if isinstance(size, Mapping):
        size = [size.get("height"), size.get("width")]
    return _side(said.get("size") if size is None else size)


def _by_class(said: Mapping[str, Any], edge: str, side: int, cut: int) -> tuple[str, int, int]:
    """Return edges, length and cut, as the processor's class understands them."""
    kind = str(said.get("image_processor_type") or said.get("feature_extractor_type") or "")
    share = said.get("crop_pct")
    if not isinstance(share, int | float) or not 0 < share <= 1:
        share = 1 / _MARGIN if kind.startswith("ConvNext") else 0
    if share and edge in ("", "shorter"):
        warped = side >= _WARPED and not cut
        return ("both", side, 0) if warped else ("shorter", int(side / share), cut or side)
    if kind.startswith("Levit") and edge in ("", "shorter"):
        return "shorter", int(side * _MARGIN), cut or side
    if not edge:
        edge = "shorter" if cut and not kind.startswith("DeiT") else "both"
    return edge, side, cut


def _with_filter(rule: str, said: Mapping[str, Any]) -> str:
    """Return the rule with its filter, "" for the default."""
    rule += _BICUBIC if _number(said.get("resample")) == 3 else ""
    return "" if rule == _CROP else rule


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _side(value: object) -> int:
    """Return the side of a square, from `224`, `[224, 224]` or `[3, 224, 224]`; 0 = none."""
    if isinstance(value, list):
        sides = {str(each) for each in value[-2:]}
        value = sides.pop() if len(sides) == 1 else 0
    try:
        return read_size(value)
    except UserError:
        return 0
