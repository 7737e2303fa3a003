"""What a grid's axes are called, and how their values, from the command line or from TOML, become canonical numbers."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from prunesweep.core.errors import UserError

T = TypeVar("T")

_RANGE = re.compile(r"^\s*(\d{1,9})\s*(?:-|\.\.|:)\s*(\d{1,9})\s*$")
_MOST_SPELLED = 20
"""Values of a range, such as `0-2`, that a refusal spells out."""
_SPARSITY_FIX = "give a sparsity from 0 to below 1, or from 0% to below 100%, e.g. 0.9, 90 or 90%"


def parse_sparsity(value: object, field: str = "sparsity") -> float:
    """Return the sparsity as a fraction in [0, 1). `0.9`, `90` and `90%` are the same; 0 is the dense control.

    Numbers below 1 are fractions, above 1 percentages; a bare 1 could be either and is refused.

    Raises:
        UserError: not a number, or outside [0, 1).
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UserError(field, value, _SPARSITY_FIX)
    text = str(value).strip()
    percent = text.endswith("%")
    if not text.isascii() or "_" in text or len(text) > 100:  # Decimal reads digits of every script
        raise UserError(field, value, _SPARSITY_FIX)
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        raise UserError(field, value, _SPARSITY_FIX) from None
    # Beyond these exponents even a division by 100 overflows.
    if not number.is_finite() or not -100 < number.adjusted() < 100:
        raise UserError(field, value, _SPARSITY_FIX)
    if number == 1 and not percent:
        raise UserError(field, value, "1 could mean 1% or 100%; write 1% or 0.01")
    fraction = number / 100 if percent or number > 1 else number
    if not 0 <= fraction < 1:
        raise UserError(field, value, _SPARSITY_FIX)
    rounded = round(float(fraction), 6)
    if rounded == 1 or (rounded == 0) != (number == 0):
        raise UserError(field, value, "sparsity is kept to six decimals; " + _SPARSITY_FIX)
    return abs(rounded)


def parse_sparsities(value: object, field: str, one: Callable[[object], float]) -> tuple[float, ...]:
    """Return a list of sparsities, each read by `one`.

    Raises:
        UserError: a bad value; or `0,9`, which would be 0 and 9 %, by somebody who writes decimals with a comma.
    """
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else []
    whole, decimals = parts[::2], parts[1::2]
    if (
        len(whole) == len(decimals)
        and set(whole) == {"0"}
        and any(len(part) == 1 and part in "123456789" for part in decimals)
    ):
        fractions, percentages = ",".join(f"0.{part}" for part in decimals), ",".join(f"{part}%" for part in parts)
        raise UserError(field, value, f"a comma separates values; write {fractions}, or {percentages} if that is meant")
    return parse_list(value, field, one)


def parse_channels(value: object, field: str, *, zero: bool) -> str:
    """Return three numbers in [0, 1], one for each of red, green and blue, as canonical text: `0.49,0.48,0.45`.

    zero: whether 0 is allowed.

    Raises:
        UserError: not three such numbers.
    """
    if value == "":
        return ""
    parts = value.split(",") if isinstance(value, str) else value
    fix = f"give three numbers from {'0' if zero else 'above 0'} to 1, e.g. 0.4914,0.4822,0.4465"
    if not isinstance(parts, Sequence) or len(parts) != 3:
        raise UserError(field, value, fix)
    numbers = []
    for part in parts:
        text = str(part).strip()
        try:
            number = float(text) if text.isascii() and "_" not in text and len(text) <= 32 else -1.0
        except ValueError:
            number = -1.0
        if isinstance(part, bool) or not 0 <= number <= 1 or (number == 0 and not zero):
            raise UserError(field, value, fix)
        numbers.append(number)
    return ",".join(repr(number) for number in numbers)


def parse_count(value: object, field: str, low: int, high: int) -> int:
    """Return a whole number in [low, high].

    Raises:
        UserError: not a whole number, or out of range.
    """
    fix = f"give a whole number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UserError(field, value, fix)
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise UserError(field, value, fix)
    number = int(text)
    if not low <= number <= high:
        raise UserError(field, value, fix)
    return number


def parse_list(value: object, field: str, one: Callable[[object], T]) -> tuple[T, ...]:
    """Return a comma-separated string or a TOML array, each item read by `one`; duplicates collapse, order stays."""
    if isinstance(value, str):
        items: Sequence[object] = [part.strip() for part in value.split(",")]
    elif isinstance(value, list | tuple):
        items = value
    else:
        items = [value]
    if not items or any(item == "" for item in items):
        raise UserError(field, value, "give one or more values, separated by commas")
    try:
        return tuple(dict.fromkeys(one(item) for item in items))
    except UserError:
        if listed := _with_commas(items):
            raise UserError(field, value, f"separate values by commas: {listed}") from None
        raise


def _with_commas(items: Sequence[object]) -> str:
    """Return `0,1,2` where items are `0-2` or `0..2`, and `50,90` for `50 90` or `50;90`; "" = nothing of the kind."""
    texts = [str(item) for item in items]
    found = [part for text in texts for part in _RANGE.sub(_spelled, text).replace(";", " ").replace(",", " ").split()]
    return ",".join(found) if len(found) > len(texts) else ""


def _spelled(found: re.Match[str]) -> str:
    low, high = int(found[1]), int(found[2])
    return ",".join(map(str, range(low, high + 1))) if low <= high < low + _MOST_SPELLED else found[0]


def parse_points(value: object, field: str) -> float:
    """Return a difference of accuracies in percentage points, as a fraction: `1.5` is 0.015.

    Raises:
        UserError: no number from 0 to 100.
    """
    text = str(value).strip()
    try:
        points = float(text) if text.isascii() and "_" not in text and len(text) <= 32 else -1.0
    except ValueError:
        points = -1.0
    if isinstance(value, bool) or not 0 <= points <= 100:
        raise UserError(field, value, "give percentage points from 0 to 100, e.g. 1")
    return points / 100


def field_of(axis: str) -> str:
    """Return the field of `Grid` that holds an axis, which people may call by another word."""
    return "iterations" if axis == "rounds" else axis


def axis_name(field: str) -> str:
    """Return what people call the axis that a field of `Grid` holds."""
    return "rounds" if field == "iterations" else field
