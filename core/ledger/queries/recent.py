"""What has ended lately, for those who watch."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from prunesweep.core.ledger.db.schema import columns, metrics, results, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.labels import labels_of


@dataclass(frozen=True)
class EndedStage:
    """A stage that ended.

    Attributes:
        seconds: since its last start, None if it never ran.
        top1: in [0, 1], on the test set for Evaluate, else on the validation images of its last epoch; None if there is
            none.
    """

    digest: str
    kind: str
    label: str
    state: State
    error: str | None
    seconds: float | None
    top1: float | None
    ended_at: float


def ended_since(engine: Engine, sweep_id: int, since: float) -> list[EndedStage]:
    """Return the sweep's stages that ended at or after `since` (seconds since 1970, ledger's clock), oldest first.

    Commits may come out of order: ask again from a little earlier, and pass over what is known.
    """
    last = (
        select(metrics.c.top1)
        .where(metrics.c.digest == stages.c.digest)
        .order_by(metrics.c.epoch.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            *columns(stages, "digest", "kind", "spec", "state", "error", "started_at", "ended_at"),
            func.coalesce(results.c.top1, last).label("top1"),
        )
        .outerjoin(results, results.c.digest == stages.c.digest)
        # Live stages have no `ended_at`; to ask for the state as well would send SQLite through all that are DONE.
        .where(stages.c.ended_at >= since, of_sweep())
        .order_by(stages.c.ended_at, stages.c.digest)
    )
    with reading(engine) as connection:
        rows = connection.execute(query, of(sweep_id)).all()
        named = labels_of(connection, rows, sweep_id)
        return [
            EndedStage(
                digest=row.digest,
                kind=row.kind,
                label=named[row.digest],
                state=State(row.state),
                error=row.error,
                seconds=None if row.started_at is None else max(0.0, row.ended_at - row.started_at),
                top1=row.top1,
                ended_at=row.ended_at,
            )
            for row in rows
        ]
