"""The stages of a dense network: its training, in several stages where somebody goes back to an early epoch; the import
of given weights before it, or in its place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from prunesweep.core.ledger.db.schema import stages, sweep_stages
from prunesweep.core.plan.weights import origin_of


def dense_chains(connection: Connection, sweep_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return, by the digest of each training and import of the sweep, the stages from the first weights to it."""
    query = (
        select(stages.c.digest, stages.c.spec)
        .join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
        .where(sweep_stages.c.sweep_id == sweep_id, stages.c.kind.in_(("import", "train")))
    )
    parents = {row.digest: json.loads(row.spec).get("parent", "") for row in connection.execute(query)}
    return {digest: _chain(digest, parents) for digest in parents}


@dataclass(frozen=True)
class ImportedFrom:
    """Weights that a sweep began with.

    Attributes:
        origin: the file's name, or the published one, as the last who submitted it gave it; "" = none.
        tensors: SHA-256 over them.
    """

    origin: str = ""
    tensors: str = ""


def imported_from(connection: Connection, sweep_id: int, grid: Mapping[str, Any]) -> ImportedFrom:
    """Return where the sweep's dense network comes from. Equal tensors in other files are the same stage: the name is
    of this sweep, not of the stage."""
    if not grid.get("weights"):
        return ImportedFrom()
    query = (
        select(stages.c.spec)
        .join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
        .where(sweep_stages.c.sweep_id == sweep_id, stages.c.kind == "import")
    )
    spec = connection.execute(query).scalar()
    return ImportedFrom(origin_of(str(grid["weights"])), "" if spec is None else json.loads(spec)["tensors"])


def _chain(digest: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    chain = [digest]
    while parent := parents.get(chain[0], ""):
        chain.insert(0, parent)
    return tuple(chain)
