"""Looks stages up for those who plan (what is done already?) and those who export (which artifact is whose?)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from prunesweep.core.ledger.db.schema import cells, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import cell_rows, of, sweeps_wanting
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.dense_trainings import import_spec
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.order import PLACES
from prunesweep.core.plan.weights import ImportedWeights

_CHUNK = 900  # bound values a statement; old SQLite builds stop at 999


@dataclass(frozen=True)
class CellArtifacts:
    """A cell's checkpoint and that of its dense network; artifact, dense_artifact: SHA-256, None = not made yet."""

    cell: Cell
    model: str
    digest: str
    artifact: str | None
    dense_digest: str
    dense_artifact: str | None


def done_among(engine: Engine, digests: Sequence[str]) -> set[str]:
    """Return those of the digests whose stages are DONE."""
    with reading(engine) as connection:
        return set(_done(connection, digests))


def cell_artifacts(engine: Engine, sweep_id: int) -> list[CellArtifacts]:
    """Return every cell of the sweep, in the order of its grid."""
    query = cell_rows("algorithm", "sparsity", "epochs", "iterations", "seed", "model", "train", "rounds")
    with reading(engine) as connection:
        rows = connection.execute(query, of(sweep_id)).all()
        made = _done(connection, sorted({digest for row in rows for digest in (row.train, row.rounds[-1])}))
    return [
        CellArtifacts(
            cell=Cell(row.algorithm, row.sparsity, row.epochs, row.iterations, row.seed),
            model=row.model,
            digest=row.rounds[-1],
            artifact=made.get(row.rounds[-1]),
            dense_digest=row.train,
            dense_artifact=made.get(row.train),
        )
        for row in rows
    ]


def has_results(engine: Engine, sweep_id: int) -> bool:
    """Return whether any cell of the sweep has been evaluated, so that somebody may have looked at it."""
    query = cell_rows("position").join(stages, stages.c.digest == cells.c.evaluate)
    with reading(engine) as connection:
        return connection.execute(query.where(stages.c.state == State.DONE).limit(1), of(sweep_id)).first() is not None


def dataset_of(engine: Engine, sweep_id: int) -> dict[str, Any]:
    """Return the fields of the sweep's `DatasetRef`. Every cell of a sweep has the same."""
    # What ends a cell: its evaluation, or its last round.
    query = cell_rows("position").join(stages, stages.c.digest == cells.c.evaluate)
    query = query.with_only_columns(stages.c.spec).limit(1)
    with reading(engine) as connection:
        # Its fields, not `decode`: a stage of an older release has a dataset, too.
        found: dict[str, Any] = json.loads(connection.execute(query, of(sweep_id)).scalar_one())["dataset"]
    found.pop("path", None)  # older releases had it in the stage
    return found


def imported_of(engine: Engine, sweep_id: int) -> ImportedWeights | None:
    """Return the weights that the sweep began with; None for one that trained its dense networks from seeds."""
    with reading(engine) as connection:
        found = import_spec(connection, sweep_id)
    if found is None:
        return None
    return ImportedWeights(ModelRef(**found["model"]), found["tensors"], found["artifact"], found["size"])


def places_of(engine: Engine, digest: str) -> tuple[str, ...]:
    """Return where the image folder of a stage lies, as those said who submitted it, the latest first; empty for
    built-in datasets."""
    with reading(engine) as connection:
        rows = connection.execute(
            sweeps_wanting("grid").where(sweep_stages.c.digest == digest).order_by(sweeps.c.id.desc())
        )
        paths = [folder_of(row.grid.get("dataset")) for row in rows]
    return tuple(dict.fromkeys(path for path in paths if path is not None))


@dataclass(frozen=True)
class NextTraining:
    """A training that waits for a worker.

    Attributes:
        workload: see `prunesweep.core.plan.stages.workload_of`.
        spec: canonical JSON of its stage.
        places: of its image folder, see `places_of`.
    """

    workload: str
    spec: str
    places: tuple[str, ...] = ()


def next_training(engine: Engine) -> NextTraining | None:
    """Return the READY stage that trains and comes first; None = there is none."""
    first = (
        select(stages.c.digest, stages.c.workload, stages.c.spec)
        .where(stages.c.state == State.READY, stages.c.workload != "")
        .order_by(stages.c.rank // PLACES, stages.c.created_at, stages.c.rank, stages.c.digest)
        .limit(1)
    )
    with reading(engine) as connection:
        row = connection.execute(first).one_or_none()
    return None if row is None else NextTraining(row.workload, row.spec, places_of(engine, row.digest))


def _done(connection: Connection, digests: Sequence[str]) -> dict[str, str | None]:
    """Return those of the digests whose stages are DONE, with their artifacts."""
    done: dict[str, str | None] = {}
    for start in range(0, len(digests), _CHUNK):
        chunk = digests[start : start + _CHUNK]
        query = select(stages.c.digest, stages.c.artifact).where(
            stages.c.digest.in_(chunk), stages.c.state == State.DONE
        )
        done.update((row.digest, row.artifact) for row in connection.execute(query))
    return done
