"""Learning curves: what each training of a sweep reported, epoch by epoch, and which of them made a cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Select, select

from prunesweep.core.ledger.db.schema import columns, metrics
from prunesweep.core.ledger.db.sweep_rows import cell_rows, of, stage_rows
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.dense_trainings import dense_chains


@dataclass(frozen=True)
class EpochMetrics:
    """One epoch of one stage.

    Attributes:
        epoch: from 1.
        loss: of the training images.
        top1: validation accuracy in [0, 1], None where the recipe holds no images out.
    """

    epoch: int
    loss: float
    top1: float | None


@dataclass(frozen=True)
class Curves:
    """Learning curves of a sweep.

    Attributes:
        path: by a cell's number in the grid, the digests of its dense training's stages and of its rounds, in order.
        epochs: by digest, what is known of that stage, in order.
        dense: how many of a cell's path are its dense training, 1 where nothing is said.
    """

    path: Mapping[int, tuple[str, ...]]
    epochs: Mapping[str, list[EpochMetrics]]
    dense: Mapping[int, int] = field(default_factory=dict)


def learning_curves(engine: Engine, sweep_id: int) -> Curves:
    """Return every epoch that the sweep's stages have reported so far."""
    with reading(engine) as connection:
        dense = dense_chains(connection, sweep_id)
        rows = connection.execute(cell_rows("position", "train", "rounds"), of(sweep_id)).all()
        path = {row.position: (*dense[row.train], *row.rounds) for row in rows}
        epochs = _epochs(connection, stage_rows(metrics, *_EPOCH), of(sweep_id))
        stops = {row.position: len(dense[row.train]) for row in rows}
    return Curves(path, epochs, stops)


def stage_curves(engine: Engine, digests: Sequence[str]) -> dict[str, list[EpochMetrics]]:
    """Return every epoch that these stages (a few hundred at most) have reported so far; those without one are
    absent."""
    reported = select(*columns(metrics, "digest", *_EPOCH)).where(metrics.c.digest.in_(digests))
    with reading(engine) as connection:
        return _epochs(connection, reported, {})


_EPOCH = ("epoch", "loss", "top1")


def _epochs(connection: Connection, reported: Select[Any], values: dict[str, int]) -> dict[str, list[EpochMetrics]]:
    """Return the epochs by digest, in order; reported: a digest and `_EPOCH` a row."""
    epochs: dict[str, list[EpochMetrics]] = {}
    for row in connection.execute(reported.order_by(metrics.c.digest, metrics.c.epoch), values):
        epochs.setdefault(row.digest, []).append(EpochMetrics(row.epoch, row.loss, row.top1))
    return epochs
