"""What every slot of every worker does now, whichever sweep it is for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, and_, select

from prunesweep.core.ledger.db.doing import Doing, read_doing
from prunesweep.core.ledger.db.schema import columns, metrics, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.labels import labels_of
from prunesweep.core.ledger.queries.status import last_epochs


@dataclass(frozen=True)
class BusySlot:
    """A slot with a stage in it.

    Attributes:
        images_per_s: of the last epoch that ended there, None before it.
        doing: what its trainer does now, None if its worker has not reported it (yet).
    """

    worker: str
    slot: str
    digest: str
    kind: str
    label: str
    images_per_s: float | None
    started_at: float
    doing: Doing | None = None


def busy_slots(engine: Engine) -> Sequence[BusySlot]:
    """Return every stage that runs now, by worker and slot."""
    query = (
        select(
            *columns(stages, "digest", "kind", "spec", "worker", "slot", "started_at", "doing"),
            metrics.c.images_per_s,
        )
        .outerjoin(last_epochs, last_epochs.c.digest == stages.c.digest)
        .outerjoin(metrics, and_(metrics.c.digest == last_epochs.c.digest, metrics.c.epoch == last_epochs.c.epoch))
        .where(stages.c.state == State.RUNNING)
        .order_by(stages.c.worker, stages.c.slot, stages.c.digest)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        named = labels_of(connection, rows)
        return [
            BusySlot(
                worker=row.worker or "",
                slot=row.slot or "",
                digest=row.digest,
                kind=row.kind,
                label=named[row.digest],
                images_per_s=row.images_per_s,
                started_at=row.started_at,
                doing=read_doing(row.doing),
            )
            for row in rows
        ]
