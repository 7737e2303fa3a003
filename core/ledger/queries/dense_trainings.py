"""The stages of a dense training: one, or several where somebody goes back to an early epoch."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, select

from prunesweep.core.ledger.db.schema import stages, sweep_stages


def dense_chains(connection: Connection, sweep_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return, by the digest of each training of the sweep, its stages from the initial weights to it."""
    query = (
        select(stages.c.digest, stages.c.spec)
        .join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
        .where(sweep_stages.c.sweep_id == sweep_id, stages.c.kind == "train")
    )
    parents = {row.digest: json.loads(row.spec).get("parent", "") for row in connection.execute(query)}
    return {digest: _chain(digest, parents) for digest in parents}


def _chain(digest: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    chain = [digest]
    while parent := parents.get(chain[0], ""):
        chain.insert(0, parent)
    return tuple(chain)
