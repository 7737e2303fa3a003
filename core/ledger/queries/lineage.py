"""Where a cell's network comes from: what the ledger knows of its making besides the report's row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, select

from prunesweep.core.ledger.db.schema import AnyRow, attempts, columns, latencies, results, stages, workers
from prunesweep.core.ledger.db.sweep_rows import by_digest, cell_rows, of, wanted
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.dense_trainings import dense_chains
from prunesweep.core.ledger.queries.lookup import dataset_of
from prunesweep.core.ledger.queries.ran import CHANNELS, Ran


@dataclass(frozen=True)
class TrainingStage:
    """A stage that makes a network.

    Attributes:
        spec: its fields (of an older release perhaps).
        artifact: SHA-256, None = not made yet.
        slot, version: the device that its last attempt ran on and its worker's version, None = not known (any more).
    """

    digest: str
    spec: Mapping[str, Any]
    artifact: str | None
    slot: str | None
    version: str | None


@dataclass(frozen=True)
class Lineage:
    """The stages and results behind a cell.

    Attributes:
        chain: the dense network's stages (import, training), then the rounds.
        result, dense_result: the columns `_RESULT` of the cell's and of the dense network's results, `layers` per
            prunable layer with its `name`; empty = not evaluated yet.
        dtype, engine_version, dense_version: of the engines that measured the latency, None = not known.
        dataset: fields of the `DatasetRef` that it was tested on.
        channels: `mean` and `std` by which its test images were normalised, empty = not known.
    """

    chain: tuple[TrainingStage, ...]
    result: Mapping[str, Any]
    dense_result: Mapping[str, Any]
    dtype: str | None
    engine_version: str | None
    dense_version: str | None
    dataset: Mapping[str, Any]
    channels: Mapping[str, str]


def origins(engine: Engine, sweep_id: int) -> list[Lineage]:
    """Return the lineage of every cell of the sweep, in the order of its grid."""
    query = cell_rows("train", "rounds", "evaluate", "dense_evaluate", "benchmark")
    with reading(engine) as connection:
        rows = connection.execute(query, of(sweep_id)).all()
        made = _made(connection, sweep_id)
        dense = dense_chains(connection, sweep_id)
        found = by_digest(connection, sweep_id, results, *_RESULT)
        timed = by_digest(connection, sweep_id, latencies, *_LATENCY)
        ran = by_digest(connection, sweep_id, stages, "ran")
    dataset = dataset_of(engine, sweep_id) if rows else {}
    return [
        Lineage(
            dataset=dataset,
            chain=tuple(made[digest] for digest in (*dense[row.train], *row.rounds)),
            result=_fields(found.get(row.evaluate)),
            dense_result=_fields(found.get(row.dense_evaluate)),
            channels=_channels(ran[row.evaluate].ran or ran[row.dense_evaluate].ran),
            **{"dtype": None, "engine_version": None, "dense_version": None} | _fields(timed.get(row.benchmark)),
        )
        for row in rows
    ]


_RESULT = (
    "top1",
    "top5",
    "nonzero",
    "total",
    "nonzero_counted",
    "total_counted",
    "params_nonzero",
    "params",
    "macs",
    "macs_dense",
    "layers",
)
_LATENCY = ("dtype", "engine_version", "dense_version")


def _fields(row: AnyRow | None) -> dict[str, Any]:
    """Return all columns but the digest."""
    return {} if row is None else {str(name): value for name, value in row._mapping.items() if name != "digest"}


def _channels(ran: Ran | None) -> dict[str, str]:
    return {name: str(ran[name]) for name in CHANNELS if name in ran} if ran else {}


def _made(connection: Connection, sweep_id: int) -> dict[str, TrainingStage]:
    last = and_(attempts.c.digest == stages.c.digest, attempts.c.attempt == stages.c.attempt)
    query = (
        wanted(
            select(*columns(stages, "digest", "spec", "artifact"), attempts.c.slot, workers.c.version), stages.c.digest
        )
        .outerjoin(attempts, last)
        .outerjoin(workers, workers.c.id == attempts.c.worker)
        .where(stages.c.kind.in_(("import", "train", "prune")))
    )
    return {
        row.digest: TrainingStage(row.digest, json.loads(row.spec), row.artifact, row.slot, row.version)
        for row in connection.execute(query, of(sweep_id))
    }
