"""Learning curves: what each training of a sweep reported, epoch by epoch, and which of them made a cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from prunesweep.core.ledger.db.schema import cells, metrics, sweep_stages
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
    reported = (
        select(metrics.c.digest, metrics.c.epoch, metrics.c.loss, metrics.c.top1)
        .join(sweep_stages, sweep_stages.c.digest == metrics.c.digest)
        .where(sweep_stages.c.sweep_id == sweep_id)
        .order_by(metrics.c.digest, metrics.c.epoch)
    )
    made_of = select(cells.c.position, cells.c.train, cells.c.rounds).where(cells.c.sweep_id == sweep_id)
    epochs: dict[str, list[EpochMetrics]] = {}
    with reading(engine) as connection:
        dense = dense_chains(connection, sweep_id)
        rows = connection.execute(made_of).all()
        path = {row.position: (*dense[row.train], *row.rounds) for row in rows}
        for digest, epoch, loss, top1 in connection.execute(reported):
            epochs.setdefault(digest, []).append(EpochMetrics(epoch, loss, top1))
        stops = {row.position: len(dense[row.train]) for row in rows}
    return Curves(path, epochs, stops)


def stage_curves(engine: Engine, digests: Sequence[str]) -> dict[str, list[EpochMetrics]]:
    """Return every epoch that these stages (a few hundred at most) have reported so far; those without one are
    absent."""
    reported = (
        select(metrics.c.digest, metrics.c.epoch, metrics.c.loss, metrics.c.top1)
        .where(metrics.c.digest.in_(digests))
        .order_by(metrics.c.digest, metrics.c.epoch)
    )
    epochs: dict[str, list[EpochMetrics]] = {}
    with reading(engine) as connection:
        for digest, epoch, loss, top1 in connection.execute(reported):
            epochs.setdefault(digest, []).append(EpochMetrics(epoch, loss, top1))
    return epochs
