"""The layer rules of each pruning round: the grid's own, and those that an allocation brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from prunesweep.core.errors import UserError
from prunesweep.core.plan.algorithms import Algorithm, sparsities
from prunesweep.core.plan.allocations import CHANNELS, TWO_OF_FOUR, UNIFORM
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.layer_rules import DENSE, LayerRule, encode_rules, share
from prunesweep.core.plan.shapes import Shapes

_NO_LAYER_SPARSITY: Mapping[str, str] = MappingProxyType(
    {TWO_OF_FOUR: "keeps 2 of every 4"} | dict.fromkeys(CHANNELS, "takes out channels, which belong to several layers")
)
"""Why layers have no sparsity of their own."""


@dataclass(frozen=True)
class RoundRules:
    """A grid's rules, by layer names or patterns.

    Attributes:
        shapes: of the network's prunable weights, None = not known.
    """

    grid: Grid
    shapes: Shapes | None
    rules: tuple[LayerRule, ...]

    def check(self, cells: Iterable[Cell]) -> None:
        """Raise UserError where rules cannot go together with a sparsity, in any round, or with an algorithm."""
        for name, sparsity, rounds in dict.fromkeys((cell.algorithm, cell.sparsity, cell.iterations) for cell in cells):
            algorithm = self.grid.base(name)
            own = next((rule for rule in self.rules if rule.sparsity is not None), None)
            if own is not None and algorithm.allocation in _NO_LAYER_SPARSITY:
                what = _NO_LAYER_SPARSITY[algorithm.allocation]
                raise UserError("layers", own, f"{name} {what}; make the layer dense or exempt")
            if algorithm.allocation != TWO_OF_FOUR and self.shapes is not None and sparsity:
                self._check_reach(algorithm, sparsity, rounds)

    def _check_reach(self, algorithm: Algorithm, sparsity: float, rounds: int) -> None:
        """The layers without a rule can only lose weights from round to round."""
        left: int | None = None
        for number, reached in enumerate(sparsities(algorithm, sparsity, rounds), 1):
            cell = Cell(algorithm.name, sparsity, 0, rounds, 0)
            found = share(self.shapes or {}, self.of(algorithm, cell, number), reached)
            if left is not None and found.kept > left:
                fix = f"round {number} of {rounds} would need weights that are gone; change the layers' own sparsities"
                raise UserError("layers", encode_rules(self.rules), fix)
            left = found.kept

    def of(self, algorithm: Algorithm, cell: Cell, number: int) -> tuple[LayerRule, ...]:
        """Return the layer rules of a round: a layer's own sparsity grows by the algorithm's schedule as the network's
        does; where nothing goes, there is nothing to rule."""
        if not cell.sparsity:
            return ()
        return tuple(
            rule
            if rule.sparsity is None
            else replace(rule, value=repr(sparsities(algorithm, rule.sparsity, cell.iterations)[number - 1]))
            for rule in self._first_dense(algorithm)
        )

    def _first_dense(self, algorithm: Algorithm) -> tuple[LayerRule, ...]:
        """Return the grid's rules, and for `uniform` that the first layer stays dense, unless a rule is about that
        layer."""
        if algorithm.allocation != UNIFORM:
            return self.rules
        if self.shapes is None:
            return self.rules or (LayerRule("first", DENSE),)
        first = next(iter(self.shapes))
        ruled = any(rule.pattern == first for rule in self.rules)
        return self.rules if ruled else (LayerRule(first, DENSE), *self.rules)
