"""The layer rules of each pruning round: the grid's own, and those that an allocation brings."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from prunesweep.core.errors import UserError
from prunesweep.core.plan.algorithms import Algorithm, sparsities
from prunesweep.core.plan.allocations import CHANNELS, UNIFORM
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.channel_reach import ChannelGroups
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.layer_rules import DENSE, LayerRule, LayerShare, encode_rules, share
from prunesweep.core.plan.patterns import read_pattern
from prunesweep.core.plan.reach import check_channels, check_pattern, pattern_note
from prunesweep.core.plan.shapes import Shapes


@dataclass(frozen=True)
class RoundRules:
    """A grid's rules, by layer names or patterns.

    Attributes:
        shapes: of the network's prunable weights, None = not known.
        channels: its channels that can be taken out, None = not known.
    """

    grid: Grid
    shapes: Shapes | None
    rules: tuple[LayerRule, ...]
    channels: ChannelGroups | None = None

    def check(self, cells: Iterable[Cell]) -> None:
        """Raise UserError where rules cannot go together with a sparsity, in any round, or with an algorithm; or where
        the layers do not let an algorithm reach a sparsity."""
        for name, sparsity, rounds in dict.fromkeys((cell.algorithm, cell.sparsity, cell.iterations) for cell in cells):
            algorithm = self.grid.base(name)
            own = next((rule for rule in self.rules if rule.sparsity is not None), None)
            if own is not None and (why := _no_layer_sparsity(algorithm.allocation)):
                raise UserError("layers", own, f"{name} {why}; make the layer dense or exempt")
            if not sparsity:
                continue
            if pattern := read_pattern(algorithm.allocation):
                check_pattern(name, pattern, rounds, self.shapes, {rule.pattern for rule in self.rules})
            elif self.shapes is not None:
                self._check_reach(algorithm, sparsity, rounds, self.shapes)

    def notes(self, cells: Iterable[Cell]) -> tuple[str, ...]:
        """Return where the layers let an algorithm reach far less than is asked for, one line each."""
        if self.shapes is None:
            return ()
        named = dict.fromkeys(cell.algorithm for cell in cells if cell.sparsity)
        patterns = ((name, read_pattern(self.grid.base(name).allocation)) for name in named)
        found = (pattern_note(name, pattern, self.shapes, self.rules) for name, pattern in patterns if pattern)
        return tuple(filter(None, found))

    def _check_reach(self, algorithm: Algorithm, sparsity: float, rounds: int, shapes: Shapes) -> None:
        """Check that the layers without a rule only lose weights from round to round, and channels all at once."""
        found: LayerShare | None = None
        for number, reached in enumerate(sparsities(algorithm, sparsity, rounds), 1):
            cell = Cell(algorithm.name, sparsity, 0, rounds, 0)
            before, found = found, share(shapes, self.of(algorithm, cell, number), reached)
            if before is not None and found.kept > before.kept:
                fix = f"round {number} of {rounds} would need weights that are gone; change the layers' own sparsities"
                raise UserError("layers", encode_rules(self.rules), fix)
        if found is not None and algorithm.allocation in CHANNELS and self.channels is not None:
            check_channels(algorithm, sparsity, shapes, self.channels, found)

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


def _no_layer_sparsity(allocation: str) -> str:
    """Return why layers have no sparsity of their own, "" = they may."""
    if allocation in CHANNELS:
        return "takes out channels, which belong to several layers"
    pattern = read_pattern(allocation)
    return f"keeps {pattern.keep} of every {pattern.of}" if pattern else ""
