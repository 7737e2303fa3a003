"""Layer rules from what each layer by itself tolerates, as a part of a grid file."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from prunesweep.core.errors import UserError
from prunesweep.core.plan.counts import kept_count
from prunesweep.core.plan.layer_rules import EXEMPT, LayerRule, encode_rules, parse_rules, resolved, share
from prunesweep.core.plan.shapes import Shapes

_DIGITS = range(3, 7)
"""Decimals of the network's sparsity, the fewest that do; a plan keeps six."""
_FEWER, _MORE = 0.02, 0.01
"""What that rounding may change in the layer without a rule: fewer weights kept, as a part of those; more, as a part of
the layer."""


@dataclass(frozen=True)
class LayerSuggestion:
    """Rules for all layers but one, and the sparsity at which that one has its own as well.

    Attributes:
        free: the layer without a rule, because a plan needs one that takes what is left.
        free_sparsity: what it tolerates.
        sparsity: of all layers that are not exempt, together.
    """

    rules: tuple[LayerRule, ...]
    free: str
    free_sparsity: float
    sparsity: float

    def toml(self) -> str:
        """Return the part of a grid file; the first line belongs above every [table]."""
        values = {rule.pattern: f'"{EXEMPT}"' if rule.sparsity is None else rule.value for rule in self.rules}
        lines = [f'"{name}" = {value}' for name, value in values.items()]
        return "\n".join(
            [
                f"sparsity = [{self.sparsity}]",
                "",
                "[layers]",
                *lines,
                f"# {self.free} has no rule: it takes what is left, {self.free_sparsity:g} at this sparsity",
                "",
            ]
        )


def suggest(shapes: Shapes, tolerated: Mapping[str, float]) -> LayerSuggestion | None:
    """Return rules that prune every layer to what it tolerates, which a plan accepts.

    The layer that loses most weights has no rule, and not the first one, which `uniform` would keep dense, if another
    can lose any.

    Args:
        tolerated: layer → sparsity in [0, 1), 0 = it tolerates none and is exempt.

    Returns:
        None if no layer tolerates any, or if one has a name that no rule can have.
    """
    lost = {name: prod(shape) - kept_count(prod(shape), tolerated[name]) for name, shape in shapes.items()}
    able = [name for name in shapes if lost[name]]
    if not able:
        return None
    free = max(able[able[0] == next(iter(shapes)) and len(able) > 1 :], key=lost.__getitem__)
    table = {name: tolerated[name] if lost[name] else EXEMPT for name in shapes if name != free}
    try:
        by_name = {rule.pattern: rule for rule in parse_rules(table)}
        rules = tuple(by_name[name] for name in table)
        sparsity = _together(shapes, rules, free, tolerated[free])
    except UserError:
        return None
    return LayerSuggestion(rules, free, tolerated[free], sparsity)


def _together(shapes: Shapes, rules: tuple[LayerRule, ...], free: str, own: float) -> float:
    """Return the sparsity, with few decimals, at which the layer without a rule has its own, or very nearly.

    Raises:
        UserError: a plan would not take these rules.
    """
    found = resolved(rules, shapes, "this network")
    if len(found) != len(rules) or any(rule.pattern == free for rule in found):
        raise UserError("layers", encode_rules(rules), "a name is a pattern that matches other layers too")
    sizes = {name: prod(shape) for name, shape in shapes.items()}
    counted = {rule.pattern: kept_count(sizes[rule.pattern], rule.sparsity) for rule in found if rule.sparsity}
    counted[free] = kept_count(sizes[free], own)
    total = sum(sizes[name] for name in counted)
    exact = Fraction(total - sum(counted.values()), total)
    for digits in _DIGITS:
        sparsity = float(round(exact, digits))
        more = kept_count(total, sparsity) - sum(counted.values())
        fits = 0 <= counted[free] + more <= sizes[free]
        if 0 < sparsity < 1 and fits and -_FEWER * counted[free] <= more <= _MORE * sizes[free]:
            share(shapes, found, sparsity)  # refuses what cannot be reached
            return sparsity
    raise UserError("sparsity", float(exact), "has no six decimals that do")
