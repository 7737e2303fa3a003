"""What is running, what failed, and how long it will take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, and_, case, func, select

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.doing import STEPS, Doing, read_doing
from prunesweep.core.ledger.db.schema import AnyRow, columns, metrics, stages, sweeps
from prunesweep.core.ledger.db.states import LIVE, State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep, wanted
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.estimates import EpochPace, Eta, RemainingWork, eta, measure, pace_of_epochs
from prunesweep.core.ledger.queries.labels import labels_of

_MOST_FAILED = 100
_WRONG = (State.FAILED, State.QUARANTINED)


@dataclass(frozen=True)
class RunningStage:
    """A running stage.

    Attributes:
        epoch: the last that ended.
        images_per_s, loss, top1: of that epoch, None before it; top1: validation accuracy in [0, 1].
        eta_seconds: None when nothing like it has been measured.
        silent_seconds: since its trainer last reported progress, None if its worker does not report it.
        doing: what its trainer does now, None if its worker has not reported it (yet).
    """

    digest: str
    kind: str
    label: str
    worker: str
    device: str
    epoch: int
    epochs: int
    images_per_s: float | None
    loss: float | None
    top1: float | None
    eta_seconds: float | None
    started_at: float
    silent_seconds: float | None = None
    doing: Doing | None = None


@dataclass(frozen=True)
class FailedStage:
    """A stage that FAILED or is QUARANTINED, and why."""

    digest: str
    kind: str
    label: str
    state: State
    reason: str
    attempt: int


@dataclass(frozen=True)
class SweepStatus:
    """A sweep at one moment.

    Attributes:
        counts: stages by state, all states are keys.
        failed: the latest 100.
        eta_seconds: None when it is not known.
        least_seconds: what is known of it then: evaluations and benchmarks, without the epochs.
        ended: nothing of it is left to wait for.
        stopping: its running stages that were asked to stop.
    """

    name: str
    id: int
    created_at: float
    cancelled: bool
    counts: dict[State, int]
    epochs_done: int
    epochs_total: int
    running: tuple[RunningStage, ...]
    failed: tuple[FailedStage, ...]
    eta_seconds: float | None
    ended: bool
    stopping: int = 0
    least_seconds: float | None = None


def sweep_status(engine: Engine, sweep_id: int) -> SweepStatus:
    """Return the sweep's status, all of it of one moment. Raises sqlalchemy's NoResultFound for an unknown id."""
    with reading(engine) as connection:
        sweep = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()
        groups = connection.execute(_groups, of(sweep_id)).all()
        counts = dict.fromkeys(State, 0)
        for group in groups:
            counts[State(group.state)] += group.stages
        # A statement that will find nothing is not even compiled.
        running_rows = connection.execute(_running, of(sweep_id)).all() if counts[State.RUNNING] else []
        wrong = any(counts[state] for state in _WRONG)
        failed_rows = connection.execute(_failed, of(sweep_id)).all() if wrong else []
        pace = measure(connection, {group.workload for group in groups if group.state in LIVE and group.workload})
        pace = _with_first_steps(pace, running_rows)
        named = labels_of(connection, [*running_rows, *failed_rows], sweep_id)
        running = tuple(_as_running(row, pace, named) for row in running_rows)
        left = Eta(None, 0.0)
        if any(counts[state] for state in LIVE):
            left = _no_less(eta(connection, sweep_id, _left(groups, running_rows), pace), running)
    stopping = sum(group.stopping for group in groups)
    live = sum(counts[state] for state in LIVE)
    return SweepStatus(
        name=sweep.name,
        id=sweep.id,
        created_at=sweep.created_at,
        cancelled=bool(sweep.cancelled),
        counts=counts,
        epochs_done=sum(g.epochs for g in groups if g.state == State.DONE) + sum(r.epoch for r in running),
        epochs_total=sum(group.epochs for group in groups),
        running=running,
        failed=tuple(_as_failed(row, named) for row in failed_rows),
        eta_seconds=None if sweep.cancelled else left.seconds,
        least_seconds=None if sweep.cancelled or left.seconds is not None else left.least or None,
        # A cancelled sweep does not wait for what other sweeps still want.
        ended=live == 0 or (bool(sweep.cancelled) and stopping == 0),
        stopping=stopping,
    )


def epoch_seconds(engine: Engine, workload: str) -> float | None:
    """Return the seconds that an epoch of this workload has lately taken, None if none has been measured."""
    with reading(engine) as connection:
        return pace_of_epochs(connection, workload)


_stopping = and_(stages.c.state == State.RUNNING, stages.c.cancel)
_groups = wanted(
    select(
        stages.c.state,
        stages.c.kind,
        stages.c.workload,
        func.count().label("stages"),
        func.sum(stages.c.epochs).label("epochs"),
        func.sum(case((_stopping, 1), else_=0)).label("stopping"),
    ),
    stages.c.digest,
).group_by(stages.c.state, stages.c.kind, stages.c.workload)

last_epochs = (
    select(metrics.c.digest, func.max(metrics.c.epoch).label("epoch"))
    .join(stages, and_(stages.c.digest == metrics.c.digest, stages.c.attempt == metrics.c.attempt))
    .where(stages.c.state == State.RUNNING)
    .group_by(metrics.c.digest)
    .subquery()
)
"""The last epoch of each running stage's present attempt."""
_running = (
    select(
        *columns(stages, "digest", "kind", "spec", "workload", "epochs", "worker", "slot", "started_at", "progress_at"),
        stages.c.doing,
        *columns(metrics, "epoch", "loss", "top1", "images_per_s", "seconds", "at"),
        DatabaseNow().label("now"),
    )
    .outerjoin(last_epochs, last_epochs.c.digest == stages.c.digest)
    .outerjoin(metrics, and_(metrics.c.digest == last_epochs.c.digest, metrics.c.epoch == last_epochs.c.epoch))
    .where(stages.c.state == State.RUNNING, of_sweep())
    .order_by(stages.c.started_at, stages.c.digest)
)
_failed = (
    select(*columns(stages, "digest", "kind", "spec", "state", "error", "attempt"))
    .where(stages.c.state.in_(_WRONG), of_sweep())
    .order_by(stages.c.ended_at.desc(), stages.c.digest)
    .limit(_MOST_FAILED)
)


def _as_running(row: AnyRow, pace: EpochPace, named: Mapping[str, str]) -> RunningStage:
    return RunningStage(
        digest=row.digest,
        kind=row.kind,
        label=named[row.digest],
        worker=row.worker or "",
        device=row.slot or "",
        epoch=row.epoch or 0,
        epochs=row.epochs,
        images_per_s=row.images_per_s,
        loss=row.loss,
        top1=row.top1,
        eta_seconds=_stage_eta(row, pace),
        started_at=row.started_at,
        silent_seconds=_silent(row),
        doing=read_doing(row.doing),
    )


def _with_first_steps(pace: EpochPace, running: Sequence[AnyRow]) -> EpochPace:
    """Return the pace, with that of the first steps where no epoch has ended yet."""
    found = dict(pace.epochs)
    for row in running:
        doing = read_doing(row.doing)
        if row.workload and row.workload not in found and doing is not None and doing.unit == STEPS and doing.rate:
            found[row.workload] = doing.total / row.epochs / doing.rate
    return EpochPace(found)


def _no_less(left: Eta, running: Sequence[RunningStage]) -> Eta:
    """Return the time left, not shorter than that of any running stage: more slots than stages do not shorten it."""
    longest = max((stage.eta_seconds or 0.0 for stage in running), default=0.0)
    return Eta(None if left.seconds is None else max(left.seconds, longest), max(left.least, longest))


def _silent(row: AnyRow) -> float | None:
    if row.progress_at is None:
        return None
    # What an earlier attempt left says nothing of this one.
    return float(max(0.0, row.now - max(row.progress_at, row.started_at)))


def _stage_eta(row: AnyRow, pace: EpochPace) -> float | None:
    each = row.seconds if row.seconds is not None else pace.epochs.get(row.workload)
    if not row.epochs or each is None:
        return None
    left = row.epochs - (row.epoch or 0)
    doing = read_doing(row.doing)
    if doing is not None and doing.unit == STEPS and doing.total:
        return float(max(0.0, min(left, row.epochs * (1 - doing.done / doing.total))) * each)
    # Before its first epoch an attempt may have read its images for minutes: that is no part of the epochs.
    since = row.now - row.at if row.at is not None else 0.0
    return float(max(0.0, left * each - since))


def _as_failed(row: AnyRow, named: Mapping[str, str]) -> FailedStage:
    return FailedStage(row.digest, row.kind, named[row.digest], State(row.state), row.error or "", row.attempt)


def _left(groups: Sequence[AnyRow], running: Sequence[AnyRow]) -> list[RemainingWork]:
    """Return what remains to be done, per kind and workload; epochs that ended in running stages are taken off."""
    left = []
    for group in groups:
        if group.state in LIVE:
            ended = sum(
                row.epoch or 0
                for row in running
                if group.state == State.RUNNING and (row.kind, row.workload) == (group.kind, group.workload)
            )
            left.append(RemainingWork(group.kind, group.workload, group.stages, group.epochs - ended))
    return left
