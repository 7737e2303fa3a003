"""How transformers' image processors prepare images, as `preprocessor_config.json` says it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from prunesweep.core.images.said import SaidChannels, SaidSize, by_rule, channels_of, is_numbers, side_of

_FILTERS: Mapping[int, str] = MappingProxyType({0: "nearest", 1: "Lanczos", 4: "box", 5: "Hamming"})
"""Pillow's numbers of filters that no rule has; 2 is bilinear, 3 bicubic."""
_SHARES: Mapping[str, float] = MappingProxyType({"ConvNext": 224 / 256, "PoolFormer": 0.9, "Levit": 224 / 256})
"""Part of the image that classes of processors keep where the file does not say `crop_pct`."""
_WARPED = 384
"""Side from which on ConvNeXt's processor stretches instead."""


def said_size(said: Mapping[str, Any]) -> SaidSize:
    """Return what the keys of such a file come to.

    Source: transformers' `BaseImageProcessor`s: do_resize, size ({height, width}: both sides, whatever the proportions;
    {shortest_edge}: that side, proportions stay; a number: the class decides), do_center_crop, crop_size, resample;
    `crop_pct` of ConvNeXt's and PoolFormer's, 256/224 of LeViT's. All round as `int` does.
    """
    edge, side = _size_of(said)
    cut = _cut(said)
    if said.get("do_resize") is False:
        return SaidSize(cut, unlike=f"no resizing, the middle {cut} cut out") if cut else SaidSize()
    bicubic = _number(said.get("resample")) == 3
    if not side:
        return by_rule("stretch", 0, 0, bicubic=bicubic) if edge == "both" else SaidSize()
    edge, side, cut = _by_class(said, edge, side, cut)
    if odd := _odd(said):
        return SaidSize(cut or side, unlike=odd)
    if edge == "both":
        return by_rule("stretch", cut or side, side, bicubic=bicubic)
    if edge == "shorter" and not cut and said.get("do_center_crop") is None:  # it does not say how they become squares
        found = by_rule("crop", 0, 0, bicubic=bicubic)
        return SaidSize(side, found.resize)
    if edge == "shorter" and cut:
        return by_rule("crop", cut, side, bicubic=bicubic)
    return SaidSize(
        cut or side, unlike=f"{edge} side to {side}, " + (f"the middle {cut} cut out" if cut else "no square")
    )


def _odd(said: Mapping[str, Any]) -> str:
    """Return what no rule does whatever the sizes are, "" = nothing."""
    name = _FILTERS.get(_number(said.get("resample")), "")
    if name:
        return f"the {name} filter"
    if _class(said).startswith("Perceiver"):
        return "the middle cut out before resizing"
    return "padded after resizing" if said.get("do_pad") is True else ""


def _class(said: Mapping[str, Any]) -> str:
    return str(said.get("image_processor_type") or said.get("feature_extractor_type") or "")


def _size_of(said: Mapping[str, Any]) -> tuple[str, int]:
    """Return which edges `size` is of (both, shorter, longer, "" = the class decides) and their length; 0 = none, or
    sides of two lengths."""
    size = said.get("size")
    if isinstance(size, Mapping):
        if "height" in size and "width" in size:
            return "both", side_of([size["height"], size["width"]])
        found = [(edge, side_of(size[key])) for key, edge in _EDGES.items() if key in size]
        return found[0] if len(found) == 1 else ("", 0)
    return ("both" if isinstance(size, list) else ""), side_of(size)


_EDGES: Mapping[str, str] = MappingProxyType({"shortest_edge": "shorter", "longest_edge": "longer"})


def _cut(said: Mapping[str, Any]) -> int:
    """Return the side of the middle that is cut out, 0 = none is."""
    size, crops = said.get("crop_size"), said.get("do_center_crop")
    if crops is False or (crops is None and size is None):
        return 0
    if isinstance(size, Mapping):
        size = [size.get("height"), size.get("width")]
    return side_of(said.get("size") if size is None else size)


def _by_class(said: Mapping[str, Any], edge: str, side: int, cut: int) -> tuple[str, int, int]:
    """Return edges, length and cut, as the processor's class understands them."""
    kind = _class(said)
    share = said.get("crop_pct", next((_SHARES[name] for name in _SHARES if kind.startswith(name)), 0))
    if not isinstance(share, int | float) or not 0 < share <= 1:
        share = 0
    if share and (edge in ("", "shorter") or kind.startswith("PoolFormer")):
        warped = side >= _WARPED and not cut and not kind.startswith(("PoolFormer", "Levit"))
        return ("both", side, 0) if warped else ("shorter", int(side / share), cut or side)
    if not edge:
        edge = "shorter" if cut and not kind.startswith("DeiT") else "both"
    return edge, side, cut


def said_channels(said: Mapping[str, Any]) -> SaidChannels:
    """Return mean and standard deviation that do to a byte / 255 what the keys of such a file say.

    Source: transformers' `BaseImageProcessor`s: byte · rescale_factor (1/255; do_rescale), less image_mean, over
    image_std (do_normalize); EfficientNet's `rescale_offset` (less 1) and `include_top` (over image_std again), and
    MobileViT's, which never normalises.
    """
    kind = _class(said)
    if said.get("do_flip_channel_order", kind.startswith("MobileViT")) is True:
        return SaidChannels(unlike="blue first, red last")
    factor = 1 if said.get("do_rescale") is False else said.get("rescale_factor") or 1 / 255
    mean, std = (said.get(f"image_{axis}", said.get(axis)) for axis in ("mean", "std"))
    if said.get("do_normalize") is False or kind.startswith("MobileViT"):
        mean, std = 0, 1
    offset = int(said.get("rescale_offset") is True)
    twice = said.get("include_top", kind.startswith("EfficientNet")) is True and is_numbers(std)
    if factor != 1 / 255 or offset or twice:
        mean, std = _in_bytes(mean, std, factor, offset, twice=twice)
    found = channels_of(mean, std)
    given = [said[key] for key in ("image_mean", "image_std") if is_numbers(said.get(key))]
    return SaidChannels(*found, unlike=_numbers_said(said) if given and not found[0] else "")


def _numbers_said(said: Mapping[str, Any]) -> str:
    keys = ("image_mean", "image_std", "do_rescale", "rescale_factor")
    return ", ".join(f"{key} {str(said[key])[:60]}" for key in keys if key in said)


def _in_bytes(mean: Any, std: Any, factor: Any, offset: int, *, twice: bool) -> tuple[Any, Any]:
    """Return both for bytes / 255, where the file's are for bytes · factor - offset; None, None where it has none."""
    if not (is_numbers(mean) and is_numbers(std) and is_numbers(factor)) or isinstance(factor, list) or factor <= 0:
        return None, None
    means, deviations = ([value] * 3 if isinstance(value, int | float) else value for value in (mean, std))
    scale = 255 * factor
    spread = [each * each if twice else each for each in deviations]
    return [_rounded((each + offset) / scale) for each in means], [_rounded(each / scale) for each in spread]


def _rounded(number: float) -> float:
    """Return it without the last digits, in which only the arithmetic shows."""
    return float(f"{number:.9g}")


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
