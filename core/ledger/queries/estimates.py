"""How long things take: from what the ledger has measured before."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean, median

from sqlalchemy import Connection, func, select

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import metrics, stages, workers
from prunesweep.core.ledger.db.slots import ALIVE_SECONDS, trains
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep

_RECENT_STAGES = 20

_PRIOR_SECONDS = {"benchmark": 6.0, "evaluate": 1.0}
"""What a stage of a kind takes where this ledger has measured none of it: a benchmark runs for a set time whatever the
network, 5 to 6 s for two engines on two cores."""
_PRIOR_EPOCHS = {"evaluate": 0.3}
"""And in epochs of the sweep's training, where one has been measured: forward passes over fewer images."""


@dataclass(frozen=True)
class EpochPace:
    """Seconds an epoch, by workload; those without a measurement are absent."""

    epochs: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RemainingWork:
    """Work that remains: stages of one kind and workload, and the epochs in them."""

    kind: str
    workload: str
    stages: int
    epochs: int


def pace_of_epochs(connection: Connection, workload: str) -> float | None:
    """Return median seconds of the epochs of the latest stages of this workload, those under way included."""
    ended = (
        select(stages.c.digest)
        .where(stages.c.workload == workload, stages.c.ended_at.is_not(None))
        .order_by(stages.c.ended_at.desc())
        .limit(_RECENT_STAGES)
    )
    under_way = select(stages.c.digest).where(stages.c.state == State.RUNNING, stages.c.workload == workload)
    digests = [*connection.execute(ended).scalars(), *connection.execute(under_way).scalars()]
    if not digests:
        return None
    seconds = connection.execute(select(metrics.c.seconds).where(metrics.c.digest.in_(digests))).scalars().all()
    return median(seconds) if seconds else None


def measure(connection: Connection, workloads: Iterable[str]) -> EpochPace:
    """Return the pace of each workload that has been run before."""
    found = {workload: pace_of_epochs(connection, workload) for workload in workloads}
    return EpochPace({workload: seconds for workload, seconds in found.items() if seconds is not None})


@dataclass(frozen=True)
class Eta:
    """Seconds until all that is left is done: as a whole, None = not known; and at least, by what is known of it."""

    seconds: float | None
    least: float


def eta(connection: Connection, sweep_id: int, left: Iterable[RemainingWork], pace: EpochPace) -> Eta:
    """Return the seconds until all that is left is done, spread over the slots of the workers that are alive (at least
    one).

    Stages without epochs count with the mean duration of the sweep's own among the latest of their kind. Until the
    first of them has ended they count with a prior, or with those of other sweeps where these took longer, so that the
    time left does not jump then. Not known as a whole when there are epochs to train and no epoch was ever measured,
    nor the first steps of one.
    """
    groups = list(left)
    typical = fmean(pace.epochs.values()) if pace.epochs else None
    total, known = 0.0, True
    for group in groups:
        if group.workload:
            each = pace.epochs.get(group.workload, typical)
            known &= each is not None or not group.epochs
            total += group.epochs * (each or 0.0)
    for kind in {group.kind for group in groups if not group.workload}:
        each = _duration(connection, sweep_id, kind, _prior(kind, typical))
        total += each * sum(group.stages for group in groups if group.kind == kind)
    seconds = total / max(1, min(_slots(connection), sum(group.stages for group in groups)))
    return Eta(seconds if known else None, seconds)


def _prior(kind: str, epoch: float | None) -> float:
    """Return the seconds that a stage of a kind may take which was never measured. epoch: seconds, None = not known."""
    if epoch is not None and kind in _PRIOR_EPOCHS:
        return _PRIOR_EPOCHS[kind] * epoch
    return _PRIOR_SECONDS.get(kind, 0.0)


def _duration(connection: Connection, sweep_id: int, kind: str, prior: float) -> float:
    """Return mean seconds of the sweep's own among the latest DONE stages of a kind without epochs, whose workload is
    ""; where there is none, the prior or the mean of all of them: what is longer."""
    recent = (
        select((stages.c.ended_at - stages.c.started_at).label("seconds"), of_sweep().label("own"))
        .where(stages.c.workload == "", stages.c.kind == kind, stages.c.state == State.DONE)
        .order_by(stages.c.ended_at.desc())
        .limit(_RECENT_STAGES)
    )
    found = connection.execute(recent, of(sweep_id)).all()
    own = [row.seconds for row in found if row.own]
    if own:
        return fmean(own)
    return max(prior, fmean(row.seconds for row in found)) if found else prior


def _slots(connection: Connection) -> int:
    alive = select(workers.c.slots).where(
        ~workers.c.stopped, func.abs(workers.c.seen_at - DatabaseNow()) <= ALIVE_SECONDS
    )
    return sum(sum(map(trains, slots)) for slots in connection.execute(alive).scalars())
