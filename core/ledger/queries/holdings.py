"""Which sweeps hold how many bytes of the artifact store."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select, union_all

from prunesweep.core.ledger.db.schema import snapshots, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.transactions import reading


@dataclass(frozen=True)
class SweepStorage:
    """What a sweep holds in the store.

    Attributes:
        bytes: of the artifacts and saved states of its stages.
        own: of those that no other sweep wants.
    """

    sweep: str
    bytes: int
    own: int


_wishes = select(sweep_stages.c.digest, func.count().label("wishes")).group_by(sweep_stages.c.digest).subquery()
_held = union_all(
    select(stages.c.digest, stages.c.artifact_bytes.label("size")).where(stages.c.artifact.is_not(None)),
    select(snapshots.c.digest, snapshots.c.artifact_bytes.label("size")),
).subquery()
_by_sweep = (
    select(
        sweeps.c.name,
        func.sum(_held.c.size).label("bytes"),
        func.sum(_held.c.size).filter(_wishes.c.wishes == 1).label("own"),
    )
    .select_from(sweeps)
    .join(sweep_stages, sweep_stages.c.sweep_id == sweeps.c.id)
    .join(_held, _held.c.digest == sweep_stages.c.digest)
    .join(_wishes, _wishes.c.digest == sweep_stages.c.digest)
    .group_by(sweeps.c.id, sweeps.c.name)
)


def holdings(engine: Engine) -> list[SweepStorage]:
    """Return every sweep that holds something, those with the most of their own first."""
    with reading(engine) as connection:
        found = [
            SweepStorage(row.name, int(row.bytes or 0), int(row.own or 0)) for row in connection.execute(_by_sweep)
        ]
    return sorted(found, key=lambda one: (-one.own, -one.bytes, one.sweep))
