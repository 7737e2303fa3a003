"""The end of a search: one network, and how sure it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.cells import Cell, cell_name
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.find.search import Known, drops
from prunesweep.orchestrator.find.space import SearchSpace
from prunesweep.orchestrator.statistics.student import quantile

_NORMAL = 1.96
"""The 97.5 % quantile of the normal distribution."""


@dataclass(frozen=True)
class MeasuredDrop:
    """How far validation accuracy fell below the dense network's, as fractions.

    Attributes:
        mean: over the seeds.
        seeds: half of Student's 95 % interval over the seeds; None for one.
        images: half of the 95 % interval over other images like these, as if the two networks erred independently:
            they err on the same ones, so it is wider than it need be; None where their number is not known.
        count: validation images.
        n: seeds.
    """

    mean: float
    seeds: float | None
    images: float | None
    count: int
    n: int


@dataclass(frozen=True)
class Recommendation:
    """One network.

    Attributes:
        sweep: that has it alone.
        row: its report.
        complete: the search ended by itself; else `reason` says why it did not.
        trials: cells that were tried, the dense networks among them.
        tested: sweeps whose networks this search has recommended and tested, this one among them.
        chosen_at: the speed-up that it was chosen by; that of `row` is a later measurement. None: it was not chosen by
            one.
    """

    sweep: str
    cell: Cell
    drop: MeasuredDrop
    row: ReportRow
    complete: bool
    reason: str
    trials: int
    tested: Sequence[str]
    chosen_at: float | None = None


def measured_drop(space: SearchSpace, known: Known, cell: Cell) -> MeasuredDrop:
    """Return the drop of a cell that fits."""
    found = drops(space, known, cell)
    trial, dense = known.trials[cell], known.trials[space.reference(cell.seed)]
    over_seeds = None
    if len(found) > 1:
        over_seeds = quantile(0.975, len(found) - 1) * stdev(found) / math.sqrt(len(found))
    over_images = None
    if trial.images and trial.top1 is not None and dense.top1 is not None:
        variance = trial.top1 * (1 - trial.top1) + dense.top1 * (1 - dense.top1)
        over_images = _NORMAL * math.sqrt(variance / trial.images)
    return MeasuredDrop(fmean(found), over_seeds, over_images, trial.images, len(found))


def lines(found: Recommendation, space: SearchSpace) -> list[str]:
    """Return the recommendation for people."""
    row = found.row
    head = f"recommended: {cell_name(found.cell)} ({found.sweep}, {text.plural(found.trials, 'trial')})"
    out = [head, f"  validation  {_drop(found.drop)}; asked for: at most {_points(space.max_drop)}"]
    out += [f"  {'' if place else 'sure?':11} {part}" for place, part in enumerate(_sure(found.drop, space.max_drop))]
    if row.top1 is not None and row.top1_dense is not None:
        tested = f"{100 * row.top1:.2f} % (dense {100 * row.top1_dense:.2f} %), {text.count(row.test_images)} images"
        out.append(f"  test        top-1 {tested}, {_readings(found)}")
    else:
        out.append("  test        not read: its evaluation has not succeeded; see: sweep status")
    out.append(f"  size        {_size(row)}")
    out.append(f"  latency     {_latency(row)}")
    if found.chosen_at is not None and row.latency_speedup is not None:
        out.append(f"              timed afresh; the measurement that chose it, {found.chosen_at:.2f}×, is left out")
    if row.weights:
        out.append("  note        if the given weights were trained on the validation images, the dense accuracy is")
        out.append("              too high, and so is the drop: the search was then stricter than asked for")
    if not found.complete:
        out.append(f"  not done    {found.reason}; this is the best so far. The same command continues")
    return out


def as_dict(found: Recommendation) -> dict[str, Any]:
    """Return the recommendation for programs; fractions in [0, 1]."""
    row, drop = found.row, found.drop
    return {
        "sweep": found.sweep,
        "algorithm": found.cell.algorithm,
        "sparsity": found.cell.sparsity,
        "epochs": found.cell.epochs,
        "rounds": found.cell.iterations,
        "seed": found.cell.seed,
        "drop": drop.mean,
        "drop_half_seeds": drop.seeds,
        "drop_half_images": drop.images,
        "seeds": drop.n,
        "validation_images": drop.count,
        "top1": row.top1,
        "top1_dense": row.top1_dense,
        "tested": list(found.tested),
        "nonzero": row.nonzero,
        "total": row.total,
        "macs": row.macs,
        "macs_dense": row.macs_dense,
        "speedup": row.latency_speedup,
        "speedup_low": row.latency_speedup_low,
        "speedup_high": row.latency_speedup_high,
        "speedup_chosen_at": found.chosen_at,
        "artifact": row.artifact,
        "trials": found.trials,
        "complete": found.complete,
        "reason": found.reason,
    }


def _points(fraction: float) -> str:
    return f"{100 * fraction:.2f} points"


def against_dense(drop: float) -> str:
    """Return `0.50 points below dense` for an accuracy that fell by 0.005, `above` for one that rose."""
    return f"{_points(abs(drop))} {'above' if drop < 0 else 'below'} dense"


def _drop(drop: MeasuredDrop) -> str:
    images = "" if drop.images is None else f" ± {100 * drop.images:.2f} over images"
    seeds = "" if drop.seeds is None else f", ± {100 * drop.seeds:.2f} over seeds"
    count = f", {drop.count:,} validation images" if drop.count else ""
    return f"{against_dense(drop.mean)}{images}{seeds} (95 %; {text.plural(drop.n, 'seed')}{count})"


def _sure(drop: MeasuredDrop, bound: float) -> list[str]:
    """Return what the intervals say of the bound, each for what it is about."""
    parts = []
    if drop.images is not None:
        parts.append(_within("other images", drop.mean + drop.images, bound))
    if drop.seeds is not None:
        parts.append(_within("other seeds", drop.mean + drop.seeds, bound))
    else:
        parts.append("one seed only: other seeds may differ")
    parts.append("picked among trials by these images, so the drop is a little flattered")
    return parts


def _within(what: str, upper: float, bound: float) -> str:
    if upper <= bound:
        return f"holds for {what} (interval ends at {100 * upper:.2f})"
    return f"not borne out for {what} (interval reaches {100 * upper:.2f})"


def _readings(found: Recommendation) -> str:
    if len(found.tested) == 1:
        return "read once"
    return f"read once for it; this search has tested {len(found.tested)} recommendations"


def _size(row: ReportRow) -> str:
    if not row.nonzero or not row.total:
        return text.MISSING
    parts = [f"{row.nonzero:,} of {row.total:,} weights ({row.total / row.nonzero:.1f}× fewer)"]
    if row.macs and row.macs_dense:
        parts.append(f"{row.macs_dense / row.macs:.1f}× fewer multiply-adds")
    parts.append(f"checkpoint {text.size(row.artifact_bytes)}")
    return ", ".join(parts)


def _latency(row: ReportRow) -> str:
    if row.latency_speedup is None or row.latency_speedup_low is None or row.latency_speedup_high is None:
        return "not measured"
    low, high = row.latency_speedup_low, row.latency_speedup_high
    setting = f"batch {row.latency_batch}, {text.plural(row.latency_threads or 0, 'thread')} of {row.processor}"
    word = "" if low > 1 or high < 1 else f"{text.NO_SPEEDUP}: "
    return f"{word}{row.latency_speedup:.2f}× dense speed, 99 % interval {low:.2f} to {high:.2f} ({setting})"
