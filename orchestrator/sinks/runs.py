"""A cell as other tools see it: a run with parameters, a curve, results at its end, and a state."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.metric_history import EpochPoint, MetricHistory, histories
from prunesweep.core.ledger.queries.report import ReportRow, report_rows

Parameter = str | int | float


@dataclass(frozen=True)
class MetricPoint:
    """Values that belong to one step (whole epochs since the dense training began). at: seconds since 1970."""

    step: int
    at: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class SinkRun:
    """A run as experiment trackers know it.

    Attributes:
        name: of its settings, fit for a folder's name, not unique.
        digest: of its Evaluate stage, which says what was computed.
        state: as in the report.
        points: what is known, the oldest first.
        facts: words about the results.
        started_at, ended_at: seconds since 1970; ended_at None = not all of it has ended.
    """

    sweep: str
    cell: int
    name: str
    digest: str
    state: str
    parameters: Mapping[str, Parameter]
    points: tuple[MetricPoint, ...]
    facts: Mapping[str, str]
    started_at: float
    ended_at: float | None

    @property
    def key(self) -> str:
        """Unique in a sweep: two settings may come to the same stages."""
        return f"{self.name}-{self.digest[:8]}"


def runs_of(engine: Engine, sweep_id: int) -> list[SinkRun]:
    """Return the sweep's cells that have begun, in the order of its grid."""
    # Results first: what a History dates is then in its row, or comes at the next look.
    rows = report_rows(engine, sweep_id)
    found = histories(engine, sweep_id)
    return [
        _run(row, history)
        for row, history in zip(rows, found, strict=True)
        if history.epochs or history.result_at is not None
    ]


def _run(row: ReportRow, history: MetricHistory) -> SinkRun:
    points = [*map(_epoch, history.epochs), *_results(row, history)]
    return SinkRun(
        sweep=row.sweep,
        cell=row.cell,
        name=_name(row),
        digest=history.evaluate,
        state=row.state,
        parameters={name: getattr(row, name) for name in _PARAMETERS},
        points=tuple(sorted(points, key=lambda point: (point.at, point.step))),
        facts={name: str(value) for name in _FACTS if (value := getattr(row, name)) is not None},
        started_at=history.started_at if history.started_at is not None else min(point.at for point in points),
        ended_at=history.ended_at,
    )


_PARAMETERS = ("algorithm", "sparsity", "epochs", "iterations", "seed", "dataset", "model", "width")
_FACTS = ("digest", "artifact", "device", "processor", "latency_engine", "latency_dense_engine", "latency_code")
_DENSE = {"test/top1_dense": "top1_dense", "test/top5_dense": "top5_dense"}
_TEST = {
    "test/top1": "top1",
    "test/top1_before": "top1_before",
    "test/top5": "top5",
    "size/sparsity": "sparsity_achieved",
    "size/nonzero": "nonzero",
    "size/total": "total",
    "size/params_nonzero": "params_nonzero",
    "size/params": "params",
    "size/bytes": "artifact_bytes",
    "size/macs": "macs",
    "size/macs_dense": "macs_dense",
}
_SPEED = {
    "speed/ratio": "latency_speedup",
    "speed/ratio_low": "latency_speedup_low",
    "speed/ratio_high": "latency_speedup_high",
    "speed/zeros_ratio": "latency_zeros_speedup",
    "speed/dense_ms": "latency_dense_ms",
    "speed/pruned_ms": "latency_pruned_ms",
}


def _epoch(epoch: EpochPoint) -> MetricPoint:
    values = {
        "train/loss": epoch.loss,
        "train/lr": epoch.lr,
        "train/images_per_s": epoch.images_per_s,
        "train/seconds": epoch.seconds,
        "train/round": float(epoch.round),
    }
    if epoch.top1 is not None:
        values["validation/top1"] = epoch.top1
    return MetricPoint(epoch.step, epoch.at, values)


def _results(row: ReportRow, history: MetricHistory) -> Iterator[MetricPoint]:
    """Yield the results at the step of the last epoch, the dense network's at its own last; in parts, as they are found
    one by one."""
    parts = (
        (history.dense_steps, history.dense_at, _DENSE),
        (history.steps, history.result_at, _TEST),
        (history.steps, history.latency_at, _SPEED),
    )
    for step, at, names in parts:
        values = {name: float(value) for name, field in names.items() if (value := getattr(row, field)) is not None}
        if at is not None and values:
            yield MetricPoint(step, at, values)


def _name(row: ReportRow) -> str:
    """Return `oneshot-90-3x1-seed0`: algorithm, sparsity in %, epochs × rounds."""
    sparsity = f"{row.sparsity * 100:.4f}".rstrip("0").rstrip(".")
    name = f"{row.algorithm}-{sparsity}-{row.epochs}x{row.iterations}-seed{row.seed}"
    return re.sub(r"[^A-Za-z0-9._+=-]", "_", name)
