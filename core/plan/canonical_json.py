"""Canonical JSON of stages and their records, and back: equal values, equal bytes, so equal digests.

Every field is there under its name, in order of names, without spaces; an optional one only where it differs from its
default. A stage's object holds its kind and code version too.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import Field, fields, is_dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from math import isfinite
from operator import attrgetter
from typing import Any, NamedTuple, get_type_hints

import msgspec

from prunesweep.core.plan.datasets import OPTIONAL, DatasetRef
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import Recipe

Texts = dict[tuple[Any, ...], tuple[tuple[Any, ...], str]]
"""By the identities of what stages have in common, that itself (so that it stays) and the JSON with a `%s` for each of
the rest. Not by their values: equal ones may be written differently, as 1 and 1.0 are."""

_OWN = frozenset({"parent", "before", "counts", "dense", "pruned", "rewind", "seed", "teacher"})
"""Members that nearly every stage has to itself."""
_KEPT = 5_000
"""Of what stages have in common: a grid has it again for each seed."""
_RECORDS = (DatasetRef, ModelRef, Recipe)


def to_json(value: Any, texts: Texts) -> str:
    """Return what `json.dumps(sort_keys=True, separators=(",", ":"))` makes of its fields by name, without the optional
    ones that have their default; in a tenth of the time, and a grid of 10,000 cells has 44,350 stages."""
    layout = _layout(value.__class__)
    common = layout.common(value)
    key = (layout.kind, *map(id, common))
    found = texts.get(key)
    if found is None:
        if len(texts) >= _KEPT:
            texts.clear()
        found = texts[key] = (common, "".join(_template(layout, value, texts)))
    own = layout.own(value)
    shown = [encode_basestring_ascii(one) if type(one) is str else _member(one, texts) for one in own]
    for place, opening, default in layout.optional:
        shown[place] = "" if own[place] == default else opening + shown[place]
    return "{" + (found[1] % tuple(shown))[1:] + "}"


def _template(layout: "_Layout", value: Any, texts: Texts) -> Iterator[str]:
    """Yield the JSON of each member, the comma before it too; `%s` for the value of an own one, and for all of it where
    it is optional."""
    for one in layout.members:
        if one.name in _OWN:
            yield "%s" if one.optional else f"{one.opening}%s"
        elif not (one.optional and getattr(value, one.name) == one.default):
            yield (one.opening + _member(getattr(value, one.name), texts)).replace("%", "%%")


def _member(value: Any, texts: Texts) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring_ascii(value)
    if kind is int:
        return str(value)
    if kind in _RECORDS:
        return to_json(value, texts)
    if kind is float and isfinite(value):
        return repr(value)
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class _Member(NamedTuple):
    """A member of a JSON object. opening: what stands before the value, the comma too."""

    name: str
    opening: str
    optional: bool
    default: Any


class _Layout(NamedTuple):
    """The JSON object of a stage or record of a kind.

    Attributes:
        members: in order.
        own: returns the values of those that nearly every stage has to itself, in order.
        optional: the place among those, what stands before the value, and the default, of each that may be left out.
        common: returns the values of all others.
    """

    kind: type
    members: tuple[_Member, ...]
    own: Callable[[Any], tuple[Any, ...]]
    optional: tuple[tuple[int, str, Any], ...]
    common: Callable[[Any], tuple[Any, ...]]


@lru_cache(maxsize=16)
def _layout(kind: type) -> _Layout:
    found = [_Member(one.name, f',"{one.name}":', _is_optional(one), one.default) for one in fields(kind)]
    if hasattr(kind, "kind"):  # a stage
        found += [_Member(name, f',"{name}":', False, None) for name in ("kind", "code")]
    members = tuple(sorted(found))
    own = [one for one in members if one.name in _OWN]
    optional = tuple((place, one.opening, one.default) for place, one in enumerate(own) if one.optional)
    return _Layout(kind, members, _values(own), optional, _values([one for one in members if one not in own]))


def _values(members: Sequence[_Member]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what returns the values of those members."""
    if len(members) > 1:
        return attrgetter(*(one.name for one in members))
    return lambda value: tuple(getattr(value, one.name) for one in members)


def _is_optional(one: "Field[Any]") -> bool:
    return bool(one.metadata.get(OPTIONAL))


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def from_body(kind: Any, body: dict[str, Any]) -> Any:
    """Return the dataclass that a JSON object is, with every value of the type that its field has.

    Raises:
        ValueError: it has other fields, or a value of another type.
    """
    _check_names(kind, body)
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


def _check_names(kind: Any, body: dict[str, Any]) -> None:
    """Raise ValueError unless the object, and each in it, has its dataclass's fields; optional ones may be absent."""
    names = {one.name for one in fields(kind)}
    needed = {one.name for one in fields(kind) if not _is_optional(one)}
    if not needed <= set(body) <= names:
        raise ValueError(f"{kind.__name__} has fields {sorted(names)}, got {sorted(body)}")
    for name, hint in _hints(kind).items():
        if is_dataclass(hint) and isinstance(body.get(name), dict):
            _check_names(hint, body[name])
