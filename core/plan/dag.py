"""Expands a grid into the stages that it needs; equal stages are one."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from prunesweep.core.errors import UserError
from prunesweep.core.plan.builder import Builder
from prunesweep.core.plan.channel_reach import ChannelGroups, channel_groups
from prunesweep.core.plan.costs import load_profile
from prunesweep.core.plan.datasets import DatasetRef, parse_dataset, with_normalisation
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.layer_rules import resolved
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.networks import label_of
from prunesweep.core.plan.planned_cells import PlannedCell
from prunesweep.core.plan.pruning_work import long_prunings
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.round_rules import RoundRules
from prunesweep.core.plan.shapes import Shapes, prunable_shapes
from prunesweep.core.plan.stages import Import, Stage
from prunesweep.core.plan.weights import FIELD as WEIGHTS
from prunesweep.core.plan.weights import ImportedWeights, check_weights

_PART = 500
"""Cells that are planned at once."""


@dataclass(frozen=True)
class Plan:
    """The stages and cells of a grid.

    Attributes:
        stages: in topological order, parents before children.
        shapes: of the network's prunable weights, None = not known without building it.
        channels: those that can be taken out, None = not known.
        notes: what a person should know of it, one line each.
    """

    grid: Grid
    cells: tuple[PlannedCell, ...]
    stages: Mapping[str, Stage]
    encoded: Mapping[str, str]
    shapes: Shapes | None = None
    channels: ChannelGroups | None = None
    notes: tuple[str, ...] = ()

    def edges(self) -> Iterator[tuple[str, str]]:
        """Yield (parent, child) digests."""
        for child, stage in self.stages.items():
            for parent in stage.parents:
                yield parent, child

    def parts(self) -> Iterator["PlanPart"]:
        """Yield all of it as one part."""
        yield PlanPart(self.cells, self.stages, self.encoded)

    def whole(self) -> "Plan":
        return self


@dataclass(frozen=True)
class PlanPart:
    """Some cells of a plan, and those of their stages that are in no part before.

    Attributes:
        stages, encoded: as a `Plan` has them.
    """

    cells: Sequence[PlannedCell]
    stages: Mapping[str, Stage]
    encoded: Mapping[str, str]


@dataclass(frozen=True)
class GridPlan:
    """What a grid's plan is made from; it is worked out part by part, and kept by whoever wants it whole.

    Attributes:
        shapes, channels, notes: as a `Plan` has them.
        builder: makes one that has planned nothing yet.
    """

    grid: Grid
    shapes: Shapes | None
    channels: ChannelGroups | None
    builder: Callable[[], Builder]
    notes: tuple[str, ...] = ()

    def parts(self) -> Iterator[PlanPart]:
        """Yield the cells in the grid's order, with their stages, parents before children. Only the digests of what has
        been yielded are kept meanwhile."""
        builder, left = self.builder(), self.grid.each_cell()
        while cells := tuple(map(builder.cell, itertools.islice(left, _PART))):
            yield PlanPart(cells, *builder.take())

    def whole(self) -> Plan:
        """Return all parts in one."""
        cells: list[PlannedCell] = []
        stages: dict[str, Stage] = {}
        encoded: dict[str, str] = {}
        for part in self.parts():
            cells += part.cells
            stages.update(part.stages)
            encoded.update(part.encoded)
        return Plan(self.grid, tuple(cells), stages, encoded, self.shapes, self.channels, self.notes)


AnyPlan = Plan | GridPlan


def plan(
    grid: Grid,
    dataset: DatasetRef | None = None,
    imported: ImportedWeights | None = None,
    shapes: Shapes | None = None,
    channels: ChannelGroups | None = None,
) -> Plan:
    """Return the stages of a grid, shared by digest; see `plan_of`."""
    return plan_of(grid, dataset, imported, shapes, channels).whole()


def plan_of(
    grid: Grid,
    dataset: DatasetRef | None = None,
    imported: ImportedWeights | None = None,
    shapes: Shapes | None = None,
    channels: ChannelGroups | None = None,
) -> GridPlan:
    """Check a grid, and return what its plan is worked out from.

    Args:
        dataset: what the grid's dataset was found to be (`prunesweep.core.images.folders.find_dataset`); None = a
            built-in one, looked up by its name.
        imported: what the grid's weights were found to be; needed where it has any.
        shapes: of the prunable weights of a network that is not ours, None = not known.
        channels: those of such a network that can be taken out, None = not known.

    Raises:
        UserError: a dataset, recipe or cost profile that isn't there, too many cells, or layer rules that fit no layer,
            contradict each other or cannot reach a sparsity; an algorithm that the network's layers do not let reach
            one; or an algorithm that cannot begin with given weights.
    """
    check_weights(grid, imported)
    dataset = with_normalisation(dataset or parse_dataset(grid.dataset), grid.mean, grid.std)
    model = ModelRef(grid.model, grid.width, dataset.classes)
    ours = prunable_shapes(model)
    shapes = ours or shapes
    shown = f"{model.name} of width {model.width}" if model.width else label_of(model.name)
    known = channel_groups(model) or channels
    rules = RoundRules(grid, shapes, grid.layers if shapes is None else resolved(grid.layers, shapes, shown), known)
    recipes = load_recipe(grid.recipe)
    if grid.weights:  # trained weights are trained further as after pruning, not from a beginner's learning rate
        labels_only = replace(recipes.finetune, distill_weight=0.0, distill_temperature=1.0)
        recipes = replace(recipes, dense=labels_only)
    root = _import_of(grid, model, imported)
    profile = load_profile(grid.costs)
    grid.check_size()
    wanted = (grid if grid.points else replace(grid, seeds=grid.seeds[:1])).cells()  # the others' have the same rounds
    rules.check(wanted)
    notes = (*rules.notes(wanted), *long_prunings(grid, shapes))
    if ours is None:
        # The stages keep the patterns: a machine without torch, which knows no shapes, plans the same ones.
        rules = RoundRules(grid, None, grid.layers)
    builder = partial(Builder, grid, dataset, model, recipes, profile, rules, root)
    return GridPlan(grid, shapes, known, partial(builder, stops=builder().find_stops(wanted)), notes)


def _import_of(grid: Grid, model: ModelRef, imported: ImportedWeights | None) -> Import | None:
    if not grid.weights:
        return None
    if imported is None or imported.model != model:
        raise UserError(WEIGHTS, grid.weights, "has not been read for this network")
    return Import(imported.tensors, imported.artifact, imported.size, model)
