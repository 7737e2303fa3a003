"""What a file beside weights, or a library's entry for them, says of their images."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_channels
from prunesweep.core.plan.datasets import read_size
from prunesweep.core.plan.resize_rules import RESIZES, ResizeRule, resize_text


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


@dataclass(frozen=True)
class SaidChannels:
    """Attributes:
    mean, std: of values in [0, 1], as `parse_channels` writes them; "" = it does not say.
    unlike: what it says where no mean and standard deviation do that, "" = these do.
    """

    mean: str = ""
    std: str = ""
    unlike: str = ""


def by_rule(kind: str, side: int, resized_to: int, *, bicubic: bool) -> SaidSize:
    """Return what says that images become squares of `side` pixels by a kind of rule that resizes to `resized_to`."""
    if side and 2 * resized_to < side:
        return SaidSize(side, unlike=f"resized to {resized_to}, the middle {side} cut out")
    rule = resize_text(ResizeRule(kind, bicubic, resized_to), side)
    return SaidSize(side, "" if rule == RESIZES[0] else rule)


def channels_of(mean: object, std: object) -> tuple[str, str]:
    """Return both as canonical text, or "" and "" where they cannot be used. A number is that of all three channels."""
    try:
        found = parse_channels(_three(mean), "mean", zero=True), parse_channels(_three(std), "std", zero=False)
    except UserError:
        return "", ""
    return found if all(found) else ("", "")


def _three(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [value] * 3
    return list(value) * 3 if isinstance(value, list | tuple) and len(value) == 1 else value


def is_numbers(value: object) -> bool:
    """Return whether it is a number, or a list of some."""
    each = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    plain = [number for number in each if isinstance(number, int | float) and not isinstance(number, bool)]
    return len(plain) == len(each) > 0 and all(map(math.isfinite, plain))


def side_of(value: object) -> int:
    """Return the side of a square, from `224`, `[224, 224]` or `[3, 224, 224]`; 0 = none."""
    if isinstance(value, list | tuple):
        sides = {str(each) for each in value[-2:]}
        value = sides.pop() if len(sides) == 1 else 0
    try:
        return read_size(value)
    except UserError:
        return 0
