"""The stages of a dense network: its training, in several stages where somebody goes back to an early epoch; the import
of given weights before it, or in its place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.sweep_rows import of, stage_rows


def dense_chains(connection: Connection, sweep_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return, by the digest of each training and import of the sweep, the stages from the first weights to it."""
    query = stage_rows(stages, "spec").where(stages.c.kind.in_(("import", "train")))
    rows = connection.execute(query, of(sweep_id))
    parents = {row.digest: json.loads(row.spec).get("parent", "") for row in rows}
    return chains(parents)


def chains(parents: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the same from the digest of each one's parent, "" = it has none."""
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
    from prunesweep.core.plan.weights import origin_of  # not above: with all of the grids, a tenth of a report's start

    spec = import_spec(connection, sweep_id)
    return ImportedFrom(origin_of(str(grid["weights"])), "" if spec is None else spec["tensors"])


def import_spec(connection: Connection, sweep_id: int) -> dict[str, Any] | None:
    """Return the fields of the sweep's import; None of a sweep that trained its dense networks from seeds."""
    query = stage_rows(stages, "spec").where(stages.c.kind == "import").limit(1)
    row = connection.execute(query, of(sweep_id)).one_or_none()
    return None if row is None else dict(json.loads(row.spec))


def _chain(digest: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    chain = [digest]
    while parent := parents.get(chain[0], ""):
        chain.insert(0, parent)
    return tuple(chain)
