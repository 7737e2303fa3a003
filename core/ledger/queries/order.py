"""The order in which stages that are ready are sent to the broker."""

from collections.abc import Iterable

from sqlalchemy import Engine, bindparam, select

from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.plan.order import priority_of

_CHUNK = 5_000
_ranked = select(stages.c.digest, stages.c.rank).where(stages.c.digest.in_(bindparam("digests", expanding=True)))


def in_order(engine: Engine, digests: Iterable[str]) -> dict[str, int]:
    """Return digest → priority of its hint (0 = first, to 9), first first; digests without a stage are left out."""
    wanted = list(dict.fromkeys(digests))
    if not wanted:
        return {}
    with reading(engine) as connection:
        found = [row for some in _chunks(wanted) for row in connection.execute(_ranked, {"digests": some})]
    return {row.digest: priority_of(row.rank) for row in sorted(found, key=lambda row: row.rank)}


def _chunks(digests: list[str]) -> Iterable[list[str]]:
    return (digests[start : start + _CHUNK] for start in range(0, len(digests), _CHUNK))
