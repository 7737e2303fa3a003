"""How images become squares, as text: `crop`, `crop:232`, `stretch-bicubic`, `pad`.

A number is the pixels that an image is resized to before the middle is cut out, as torchvision's `resize_size` beside
its `crop_size`. `prunesweep.core.images.resizing` does what these words say.
"""

from dataclasses import dataclass
from fractions import Fraction

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_count
from prunesweep.core.plan.suggestions import did_you_mean

RESIZES = ("crop", "stretch", "pad", "crop-bicubic", "stretch-bicubic", "pad-bicubic", "crop-bilinear")
"""The rules without a number. The first one is what nobody has chosen, so that a file beside weights may say otherwise;
the last one is the same, chosen."""
_MARGIN = 256 / 224
"""Shorter side before the middle is cut out, over the side that is left, where `crop` has no number."""
_BICUBIC, _BILINEAR = "-bicubic", "-bilinear"
_LARGEST = 4096


@dataclass(frozen=True)
class ResizeRule:
    """A rule at a size of images.

    Attributes:
        kind: `crop`: shorter side to `side`; `stretch`: both sides; `pad`: longer side.
        bicubic: by the bicubic filter instead of the bilinear one.
        side: in pixels; what is more than the images' size is cut off on both sides.
    """

    kind: str
    bicubic: bool
    side: int


def parse_resize(value: object, field: str = "resize") -> str:
    """Return a way of resizing as a person gave it.

    Raises:
        UserError: no rule, or a number that none has.
    """
    name, colon, number = value.partition(":") if isinstance(value, str) else ("", "", "")
    if name not in RESIZES:
        raise UserError(field, value, did_you_mean(str(value), [*RESIZES, "crop:PIXELS", "stretch:PIXELS"]))
    if not colon:
        return name
    if name.startswith("pad"):
        raise UserError(field, value, f"cuts nothing off, so it takes no number: {name}")
    return f"{name}:{_side(value, field, number)}"


def _side(value: object, field: str, number: str) -> int:
    if share := _share(number):
        fix = f"takes pixels, not a share: the image size over {number}, rounded down"
        raise UserError(field, value, f"{fix}, e.g. {int(224 / share)} behind the colon for images of 224")
    try:
        return parse_count(number, field, 8, _LARGEST)
    except UserError as error:
        raise UserError(field, value, f"behind the colon, {error.fix}") from None


def _share(number: str) -> Fraction | None:
    """Return what somebody took for a share of the image, as timm's `crop_pct` is; None for anything else."""
    try:
        share = Fraction(number) if "." in number and len(number) <= 32 else Fraction(0)
    except ValueError:
        return None
    return share if Fraction(1, 2) <= share <= 2 else None


def rule_at(resize: str, size: int) -> ResizeRule:
    """Return what a way of resizing comes to for images of that size."""
    name, _, number = resize.partition(":")
    kind = name.removesuffix(_BICUBIC).removesuffix(_BILINEAR)
    return ResizeRule(kind, name.endswith(_BICUBIC), int(number) if number else _usual(kind, size))


def resize_at(resize: str, size: int) -> str:
    """Return the way of resizing as a dataset keeps it: one text for what is the same at that size."""
    return resize_text(rule_at(resize, size), size)


def resize_text(rule: ResizeRule, size: int) -> str:
    """Return the rule as text, without a number where it is the usual one."""
    number = "" if rule.side == _usual(rule.kind, size) else f":{rule.side}"
    return f"{rule.kind}{_BICUBIC if rule.bicubic else ''}{number}"


def scaled_resize(resize: str, size: int, other: int) -> str:
    """Return what cuts off the same part of images of another size: `crop:232` at 224 is `crop:166` at 160."""
    name, _, number = resize.partition(":")
    if not number or not size or size == other:
        return resize
    return resize_at(f"{name}:{max(-(-other // 2), round(int(number) * other / size))}", other)


def check_resize(resize: str, size: int) -> None:
    """Check that a way of resizing comes with a size, and fits it.

    Raises:
        UserError: another way than the default is named, and no size; or its number is no side of such images.
    """
    if resize != RESIZES[0] and not size:
        raise UserError("resize", resize, "says how images become one size; give that too: --image-size 224")
    if ":" in resize and 2 * rule_at(resize, size).side < size:
        fix = f"leaves most of {size} pixels empty; the number is the pixels resized to before the middle is cut out"
        raise UserError("resize", resize, f"{fix}, e.g. {resize.partition(':')[0]}:{round(size * 232 / 224)}")


def _usual(kind: str, size: int) -> int:
    return round(size * _MARGIN) if kind == "crop" else size
