"""What a user names as one side of a comparison: a sweep, or some of its cells (`study:algorithm=oneshot,epochs=9`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.queries.lookup import dataset_of
from prunesweep.core.ledger.queries.report import ReportRow, report_rows
from prunesweep.core.ledger.queries.sweeps import SweepRow, find_sweep
from prunesweep.core.ledger.queries.training_specs import trained
from prunesweep.core.plan.axes import axis_name, field_of, parse_count, parse_sparsity
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.suggestions import did_you_mean
from prunesweep.orchestrator.compare import contents
from prunesweep.orchestrator.compare.paired import AXES, MACHINE, SEED, CellPoint, Value

_FILTER = "filter"
_READERS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "algorithm": str,
        "sparsity": parse_sparsity,
        "epochs": lambda text: parse_count(text, "epochs", 0, 100_000),
        "iterations": lambda text: parse_count(text, "rounds", 1, 1000),
        SEED: lambda text: parse_count(text, SEED, 0, 2**31 - 1),
    }
)
"""The axes in which cells of one sweep differ."""


@dataclass(frozen=True)
class CellFilter:
    """Which cells of a sweep are chosen.

    Attributes:
        sweep: name or number, None = the latest.
        where: axis → the values that may be there.
    """

    text: str
    sweep: str | None
    where: Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True)
class SelectedCells:
    """The cells that a filter lets through; at least one."""

    text: str
    sweep: SweepRow
    points: tuple[CellPoint, ...]


def parse_filter(text: str) -> CellFilter:
    """Read `SWEEP`, `SWEEP:axis=value,…` or `:axis=value,…` (the latest sweep); an axis given twice may have either
    value.

    Raises:
        UserError: an unknown axis, or a value that it cannot have.
    """
    sweep, colon, conditions = text.partition(":")
    where: dict[str, tuple[Value, ...]] = {}
    for condition in conditions.split(",") if colon and conditions else ():
        axis, equals, value = (part.strip() for part in condition.partition("="))
        if not equals or not value:
            raise UserError(_FILTER, text, "write SWEEP:axis=value,axis=value, e.g. study:algorithm=oneshot,epochs=9")
        axis = field_of(axis)
        if axis not in _READERS:
            raise UserError(_FILTER, axis, did_you_mean(axis, [axis_name(known) for known in _READERS]))
        where[axis] = (*where.get(axis, ()), _READERS[axis](value))
    return CellFilter(text, sweep or None, where)


def read_side(engine: Engine, wanted: CellFilter) -> SelectedCells:
    """Read its cells from the ledger.

    Raises:
        UserError: no such sweep, or no cell of it fits.
    """
    sweep = find_sweep(engine, wanted.sweep)
    points = points_of(engine, sweep, report_rows(engine, sweep.id))
    left = points
    for axis, values in wanted.where.items():
        there = list(dict.fromkeys(point.at[axis] for point in left))
        left = tuple(point for point in left if point.at[axis] in values)
        if not left:
            shown = ", ".join(map(str, there[:12]))
            raise UserError(
                _FILTER, wanted.text, f"no cell of {sweep.name} fits; its {axis_name(axis)}: {shown or 'none'}"
            )
    return SelectedCells(wanted.text, sweep, left)


def points_of(engine: Engine, sweep: SweepRow, rows: list[ReportRow]) -> tuple[CellPoint, ...]:
    """Return the cells of a sweep with where they lie. Image folder, recipe, own algorithms and costs stand there by
    their content: a file may have changed between two sweeps, or have moved."""
    if not rows:
        return ()
    specs = trained(engine, sweep.id).specs
    dataset = DatasetRef(**dataset_of(engine, sweep.id))
    wide: dict[str, Value] = {
        "dataset": dataset.label + (f" mean {dataset.mean} std {dataset.std}" if dataset.mean else ""),
        "weights": contents.NamedContent(rows[0].weights_sha256, rows[0].weights),
        "dense_epochs": sweep.grid.get("dense_epochs"),
        "recipe": contents.recipe_of(sweep, specs),
        "code": contents.code_of(specs),
        "layer_rules": contents.rules_of(rows[0], dataset.classes),
    }
    looked = sweep.grid.get("looked", ())
    return tuple(
        CellPoint(
            row,
            {**_own_axes(row), **wide, "composition": contents.composition_of(row, sweep, specs)},
            look=2 if looked and row.seed not in looked else 1,
        )
        for row in rows
    )


def _own_axes(row: ReportRow) -> dict[str, Value]:
    names = (*AXES, *MACHINE, SEED)
    return {axis: getattr(row, axis) for axis in names if hasattr(row, axis)}
