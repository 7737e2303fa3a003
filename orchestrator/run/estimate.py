"""What a grid would cost: stages, epochs, and time where an epoch of its kind has been measured."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.lookup import done_among
from prunesweep.core.ledger.queries.status import epoch_seconds
from prunesweep.core.plan.dag import GridPlan
from prunesweep.core.plan.layer_rules import RulesOverview, encode_rules, overview
from prunesweep.core.plan.networks import label_of
from prunesweep.core.plan.plan_size import Counting, PlanSize, size_of
from prunesweep.core.plan.stages import epochs_of, workload_of
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.ledger_session import ledger

_SHOWN = 3


@dataclass(frozen=True)
class Estimate:
    """What is asked for, what of it is done already, and how long the rest takes.

    Attributes:
        done_stages, done_epochs: already in the ledger.
        seconds: of training on one worker, None = never measured.
        cost: in the currency of SWEEP_COST_PER_HOUR, None when either is unknown.
    """

    size: PlanSize
    done_stages: int = 0
    done_epochs: int = 0
    epoch_seconds: float | None = None
    seconds: float | None = None
    cost: float | None = None


def estimate(settings: Settings, plan: GridPlan) -> Estimate:
    """Read what is known; an embedded ledger that isn't there yet is not made. Nothing of the plan is kept."""
    if settings.embedded_ledger and not settings.ledger_file.exists():
        return Estimate(size_of(plan))

    with ledger(settings) as engine:
        return _estimate(engine, settings, Counting(plan))


def _estimate(engine: Engine, settings: Settings, counting: Counting) -> Estimate:
    work: dict[str, int] = {}
    done_stages = done_epochs = 0
    for part in counting.parts():
        done = done_among(engine, list(part.stages))
        done_stages += len(done)
        done_epochs += sum(epochs_of(part.stages[digest]) for digest in done)
        for digest, stage in part.stages.items():
            if digest not in done and epochs_of(stage):
                work[workload_of(stage)] = work.get(workload_of(stage), 0) + epochs_of(stage)
    speeds = {workload: epoch_seconds(engine, workload) for workload in work}
    known = [speed for speed in speeds.values() if speed is not None]
    seconds = None
    if len(known) == len(speeds):
        seconds = sum(work[workload] * (speed or 0.0) for workload, speed in speeds.items())
    cost = seconds / 3600 * settings.cost_per_hour if seconds is not None and settings.cost_per_hour else None
    return Estimate(counting.size(), done_stages, done_epochs, known[0] if known else None, seconds, cost)


def as_dict(plan: GridPlan, found: Estimate) -> dict[str, Any]:
    """Return the estimate for --json."""
    size = found.size
    return {
        "cells": size.cells,
        "stages": size.stages,
        "kinds": {kind: {"stages": stages, "epochs": epochs} for kind, (stages, epochs) in size.kinds.items()},
        "epochs": size.epochs,
        "epochs_without_sharing": size.epochs_without_sharing,
        "done_stages": found.done_stages,
        "done_epochs": found.done_epochs,
        "epoch_seconds": found.epoch_seconds,
        "seconds": found.seconds,
        "cost": found.cost,
        "layers": None if (ruled := ruled_layers(plan, found.size)) is None else asdict(ruled),
    }


def ruled_layers(plan: GridPlan, size: PlanSize) -> RulesOverview | None:
    """Return what the grid's layer rules come to; None without rules, or for a network whose layers only a worker
    knows."""
    grid = plan.grid
    if not grid.layers or plan.shapes is None:
        return None
    return overview(grid.layers, plan.shapes, label_of(grid.model), size.sparsities)


def lines(plan: GridPlan, found: Estimate, settings: Settings) -> list[str]:
    """Return the estimate for reading."""
    size = found.size
    columns = (text.Column("stage", left=True), text.Column("stages"), text.Column("epochs"))
    rows = [(kind, text.count(stages), text.count(epochs)) for kind, (stages, epochs) in size.kinds.items()]
    rows.append(("all", text.count(size.stages), text.count(size.epochs)))
    shared = size.epochs_without_sharing / size.epochs if size.epochs else 1.0
    fewer = f" ({shared:.1f}× fewer)" if shared > 1 else ""
    out = [f"{text.plural(size.cells, 'cell')}, {text.plural(size.stages, 'stage')}", ""]
    out += text.table(columns, rows)
    if (ruled := ruled_layers(plan, found.size)) is not None:
        out += ["", *_layers(ruled)]
    elif plan.grid.layers:
        out += ["", f"layer rules      {encode_rules(plan.grid.layers)}, checked by the worker"]
    out += [
        "",
        f"epochs to train  {size.epochs:,} with sharing, {size.epochs_without_sharing:,} without{fewer}",
    ]
    if found.done_stages:
        out.append(f"already done     {text.plural(found.done_stages, 'stage')}, {found.done_epochs:,} epochs")
    out.append(f"estimated time   {_time(found)}")
    if found.cost is not None:
        out.append(f"estimated cost   {found.cost:,.2f} at {settings.cost_per_hour:g} an hour")
    return out


def _layers(found: RulesOverview) -> Iterator[str]:
    """Yield the rules, and what stays at each sparsity, with and without the exempt layers."""
    by_value: dict[str, list[str]] = {}
    for rule in found.rules:
        value = rule.value if rule.sparsity is None else f"{100 * rule.sparsity:g} %"
        by_value.setdefault(value, []).append(rule.pattern)
    for value, names in by_value.items():
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        yield f"layers {value:9} {', '.join(names[:_SHOWN])}{more}"
    exempt = found.total - found.counted
    yield f"sparsity is of   {found.counted:,} weights; {exempt:,} exempt ones make it {found.total:,}"
    for kept in found.kept:
        zeros = 100 * (1 - kept.all / found.total)
        line = f"at {100 * kept.sparsity:g} %".ljust(17)
        yield f"{line}{kept.counted:,} kept; with the exempt ones {kept.all:,} of {found.total:,}: {zeros:.2f} % zeros"


def _time(found: Estimate) -> str:
    if found.seconds is None:
        return "unknown until an epoch of this dataset, model and width has been trained here"
    if found.epoch_seconds is None:
        return "nothing left to train"
    measured = f"{text.duration(found.epoch_seconds)} an epoch, as measured"
    return f"{text.duration(found.seconds)} of training on one device ({measured})"
