"""Which layers may lose weights, and how many: rules by name pattern.

- `dense`: the layer keeps every weight, and the asked sparsity counts them.
- `exempt`: it keeps every weight, and the sparsity is of the other layers.
- a sparsity: exactly that fraction of the layer's weights is pruned, and they count.

The layers without a rule make up the asked sparsity, by the algorithm's allocation.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import prod

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_sparsity
from prunesweep.core.plan.counts import kept_count

DENSE, EXEMPT = "dense", "exempt"
WORDS = ("first", "last", "shortcuts", "depthwise")
"""Patterns that go by place or shape; every other one is a glob over `state_dict` names."""
_SHORTCUTS = ("*downsample*", "*shortcut*")
_FIX = 'write PATTERN = "dense", "exempt" or a sparsity, e.g. first = "dense", "*downsample*" = "exempt", "fc.*" = 0.5'
_DECIMAL = re.compile(r"0\.\d{1,20}|\d(\.\d{1,20})?e-\d{1,2}")
_LONGEST = 200
_SHOWN = 4


@dataclass(frozen=True)
class LayerRule:
    """A rule for the layers whose names match a pattern.

    Attributes:
        pattern: a glob over `state_dict` names, or one of `WORDS`.
        value: `dense`, `exempt`, or a sparsity in (0, 1) as its shortest decimal.
    """

    pattern: str
    value: str

    def __str__(self) -> str:
        return f"{self.pattern}={self.value}"

    @property
    def sparsity(self) -> float | None:
        """The layer's own sparsity, None = it keeps every weight."""
        return None if self.value in (DENSE, EXEMPT) else float(self.value)


@dataclass(frozen=True)
class LayerShare:
    """How many weights each layer keeps, as far as the rules say it.

    Attributes:
        counted: weights that the asked sparsity is of.
        fixed: name → weights kept, of the layers with a rule.
        free: names of the others.
        kept: weights that these keep together.
    """

    counted: int
    fixed: Mapping[str, int]
    free: tuple[str, ...]
    kept: int


def parse_rules(value: object, field: str = "layers") -> tuple[LayerRule, ...]:
    """Return the rules of a TOML table, of `PATTERN=VALUE,…`, or of a ledger's list; sorted, each once.

    Raises:
        UserError: a pattern or a value that cannot be, or one pattern with two values.
    """
    found: dict[str, str] = {}
    for pattern, what in _pairs(value, field):
        if not _is_pattern(pattern):
            raise UserError(field, pattern, f"give a weight's name, a glob over such names, or {', '.join(WORDS)}")
        read = _value(what, f"{field}.{pattern}")
        if found.setdefault(pattern, read) != read:
            raise UserError(field, pattern, f"has two rules, {found[pattern]} and {read}; leave one out")
    return tuple(LayerRule(pattern, found[pattern]) for pattern in sorted(found))


def encode_rules(rules: Iterable[LayerRule]) -> str:
    """Return the rules as a stage writes them: `conv1.weight=dense,fc.weight=0.5`; "" for none."""
    return ",".join(map(str, rules))


def decode_rules(text: str) -> tuple[LayerRule, ...]:
    """Return what `encode_rules` wrote, in its order.

    Raises:
        UserError: it isn't such a text.
    """
    rules = []
    for part in text.split(",") if text else ():
        pattern, _, value = part.partition("=")
        # Not `parse_sparsity`, which keeps six decimals: a round on the way has twelve.
        if not _is_pattern(pattern) or not (value in (DENSE, EXEMPT) or _DECIMAL.fullmatch(value)):
            raise UserError("layers", part, "is no rule of this release")
        rules.append(LayerRule(pattern, value))
    return tuple(rules)


def resolved(rules: Iterable[LayerRule], shapes: Mapping[str, tuple[int, ...]], model: str) -> tuple[LayerRule, ...]:
    """Return one rule for each layer that the rules match, by its own name, in the network's order.

    Raises:
        UserError: a pattern that matches no layer, or two that contradict each other at one.
    """
    by_layer: dict[str, LayerRule] = {}
    for rule in rules:
        names = [name for name in shapes if _matches(rule.pattern, name, shapes)]
        if not names:
            known = ", ".join(list(shapes)[:_SHOWN]) + (", …" if len(shapes) > _SHOWN else "")
            raise UserError("layers", rule.pattern, f"matches no layer of {model}; its layers: {known}")
        for name in names:
            other = by_layer.setdefault(name, rule)
            if other.value != rule.value:
                fix = f"{name} would be {other.value} by {other.pattern!r} and {rule.value} by {rule.pattern!r}"
                raise UserError("layers", rule.pattern, f"{fix}; change one of them")
    return tuple(LayerRule(name, by_layer[name].value) for name in shapes if name in by_layer)


def share(shapes: Mapping[str, tuple[int, ...]], rules: Iterable[LayerRule], sparsity: float) -> LayerShare:
    """Return what each layer keeps at `sparsity`, a fraction of the counted weights. rules: resolved ones.

    Raises:
        UserError: the asked sparsity cannot be reached with these rules.
    """
    sizes = {name: prod(shape) for name, shape in shapes.items()}
    by_name = {rule.pattern: rule for rule in rules}
    fixed = {name: kept_count(sizes[name], rule.sparsity or 0.0) for name, rule in by_name.items()}
    free = tuple(name for name in sizes if name not in by_name)
    exempt = {name for name, rule in by_name.items() if rule.value == EXEMPT}
    counted = sum(size for name, size in sizes.items() if name not in exempt)
    sure = sum(count for name, count in fixed.items() if name not in exempt)
    kept, room = kept_count(counted, sparsity) - sure, sum(sizes[name] for name in free)
    asked = f"{100 * sparsity:g}% of {counted:,} counted weights"
    if not free:
        raise UserError("layers", encode_rules(by_name.values()), "every layer has a rule; leave one without, to give")
    if kept < 0:
        most = 100 * (counted - sure) / counted
        fix = f"the layers with rules keep {sure:,}, so at most {most:.4g}% can go; ask for less, or exempt some"
        raise UserError("sparsity", asked, fix)
    if kept > room:
        least = 100 * (counted - sure - room) / counted
        fix = f"the layers' own sparsities take more, {least:.4g}%; ask for that or more, or lower theirs"
        raise UserError("sparsity", asked, fix)
    return LayerShare(counted, fixed, free, kept)


def counted_layers(names: Iterable[str], rules: Iterable[LayerRule]) -> tuple[str, ...]:
    """Return the layers that are not exempt. rules: resolved ones."""
    exempt = {rule.pattern for rule in rules if rule.value == EXEMPT}
    return tuple(name for name in names if name not in exempt)


@dataclass(frozen=True)
class KeptCounts:
    """At a sparsity: weights kept of the counted ones, and of all, with those of exempt layers."""

    sparsity: float
    counted: int
    all: int


@dataclass(frozen=True)
class RulesOverview:
    """What a grid's layer rules come to for a network.

    Attributes:
        rules: one for each layer that they match.
        counted, total: weights that the sparsity is of, and all prunable ones.
    """

    rules: tuple[LayerRule, ...]
    counted: int
    total: int
    kept: tuple[KeptCounts, ...]


def overview(
    rules: Iterable[LayerRule], shapes: Mapping[str, tuple[int, ...]], model: str, sparsities: Iterable[float]
) -> RulesOverview:
    """Return what rules come to in a network, with and without the exempt layers.

    Raises:
        UserError: as `resolved`.
    """
    found = resolved(rules, shapes, model)
    total = sum(prod(shape) for shape in shapes.values())
    counted = sum(prod(shapes[name]) for name in counted_layers(shapes, found))
    kept = ((sparsity, kept_count(counted, sparsity)) for sparsity in sparsities)
    return RulesOverview(
        found, counted, total, tuple(KeptCounts(one, left, left + total - counted) for one, left in kept)
    )


def _pairs(value: object, field: str) -> list[tuple[str, object]]:
    if isinstance(value, str):
        parts = [part.strip().partition("=") for part in value.split(",")] if value.strip() else []
        if not all(equals for _, equals, _ in parts):
            raise UserError(field, value, "write PATTERN=VALUE,PATTERN=VALUE, e.g. first=dense,*downsample*=exempt")
        return [(pattern.strip(), what.strip()) for pattern, _, what in parts]
    if isinstance(value, list | tuple):  # as a ledger keeps it
        if not all(isinstance(one, Mapping) and set(one) == {"pattern", "value"} for one in value):
            raise UserError(field, value, _FIX)
        return [(one["pattern"], one["value"]) for one in value]
    if isinstance(value, Mapping):
        return [pair for key, what in value.items() for pair in _flat(key, what)]
    raise UserError(field, value, _FIX)


def _flat(key: str, value: object) -> list[tuple[str, object]]:
    """Flatten the tables within tables that TOML makes of a dotted key without quotes: conv1.weight = "dense"."""
    if isinstance(value, Mapping):
        return [pair for inner, what in value.items() for pair in _flat(f"{key}.{inner}", what)]
    return [(key, value)]


def _is_pattern(pattern: object) -> bool:
    if not isinstance(pattern, str) or not 0 < len(pattern) <= _LONGEST:
        return False
    return pattern.isascii() and all(letter.isalnum() or letter in "._-*?[]!" for letter in pattern)


def _value(value: object, field: str) -> str:
    if value in (DENSE, EXEMPT):
        return str(value)
    try:
        sparsity = parse_sparsity(value, field)
    except UserError:
        raise UserError(field, value, _FIX) from None
    return repr(sparsity) if sparsity else DENSE


def _matches(pattern: str, name: str, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    if pattern not in WORDS:
        return fnmatchcase(name, pattern)
    names = list(shapes)
    if pattern in ("first", "last"):
        return name == names[0 if pattern == "first" else -1]
    if pattern == "shortcuts":
        return any(fnmatchcase(name, each) for each in _SHORTCUTS)
    shape = shapes[name]
    return len(shape) > 2 and shape[0] > 1 and shape[1] == 1
