"""What a sweep's trainings were made of and with, as their rows say; for checks of whether it is reported in full."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select

from prunesweep.core.ledger.db.schema import attempts, stages, workers
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, stage_rows, wanted
from prunesweep.core.ledger.db.transactions import reading

_TRAINS = ("train", "prune")


@dataclass(frozen=True)
class TrainingSpecs:
    """The fields of a sweep's training stages.

    Attributes:
        specs: digest → the fields of each stage that trains.
        versions: of the program, in the workers that ended them.
        unknown_workers: how many of those stages were ended by a worker whose row is gone.
        ran: digest → what carried it out (`prunesweep.core.ledger.queries.ran`), of those that are done and reported
        it.
    """

    specs: dict[str, dict[str, Any]]
    versions: tuple[str, ...]
    unknown_workers: int
    ran: dict[str, dict[str, Any]] = field(default_factory=dict)


def trained(engine: Engine, sweep_id: int) -> TrainingSpecs:
    """Read it for all stages of the sweep that train, done or not."""
    trains = stages.c.kind.in_(_TRAINS)
    specs = stage_rows(stages, "spec", "ran").where(trains).order_by(stages.c.digest)
    ended_by = (
        wanted(select(stages.c.digest, workers.c.version), stages.c.digest)
        .join(attempts, (attempts.c.digest == stages.c.digest) & (attempts.c.attempt == stages.c.attempt))
        .outerjoin(workers, workers.c.id == attempts.c.worker)
        .where(trains, stages.c.state == State.DONE)
    )
    with reading(engine) as connection:
        # Fields, not `decode`: a stage of an older release has a recipe, too.
        rows = connection.execute(specs, of(sweep_id)).all()
        found = {row.digest: json.loads(row.spec) for row in rows}
        versions = [row.version for row in connection.execute(ended_by, of(sweep_id))]
    known = sorted({version for version in versions if version is not None})
    return TrainingSpecs(found, tuple(known), versions.count(None), {row.digest: row.ran for row in rows if row.ran})
