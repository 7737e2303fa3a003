"""Learning curves: what each training of a sweep reported, epoch by epoch, and which of them made a cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from core.ledger.tables import cells, metrics, sweep_stages
from core.ledger.transactions import reading


@dataclass(frozen=True)
class Epoch:
    """One epoch of one stage. epoch: from 1 · loss: of the training images · top1: validation accuracy in [0, 1],
    None where the recipe holds no images out."""

    epoch: int
    loss: float
    top1: float | None


@dataclass(frozen=True)
class Curves:
    """path: by a cell's number in the grid, the digests of its dense training and of its rounds, in order ·
    epochs: by digest, what is known of that stage, in order."""

    path: Mapping[int, tuple[str, ...]]
    epochs: Mapping[str, list[Epoch]]


def learning_curves(engine: Engine, sweep_id: int) -> Curves:
    """Every epoch that the sweep's stages have reported so far."""
    reported = (
        select(metrics.c.digest, metrics.c.epoch, metrics.c.loss, metrics.c.top1)
        .join(sweep_stages, sweep_stages.c.digest == metrics.c.digest)
        .where(sweep_stages.c.sweep_id == sweep_id)
        .order_by(metrics.c.digest, metrics.c.epoch)
    )
    made_of = select(cells.c.position, cells.c.train, cells.c.rounds).where(cells.c.sweep_id == sweep_id)
    epochs: dict[str, list[Epoch]] = {}
    with reading(engine) as connection:
        path = {row.position: (row.train, *row.rounds) for row in connection.execute(made_of)}
        for digest, epoch, loss, top1 in connection.execute(reported):
            epochs.setdefault(digest, []).append(Epoch(epoch, loss, top1))
    return Curves(path, epochs)


def stage_curves(engine: Engine, digests: Sequence[str]) -> dict[str, list[Epoch]]:
    """Every epoch that these stages (a few hundred at most) have reported so far; those without one are absent."""
    reported = (
        select(metrics.c.digest, metrics.c.epoch, metrics.c.loss, metrics.c.top1)
        .where(metrics.c.digest.in_(digests))
        .order_by(metrics.c.digest, metrics.c.epoch)
    )
    epochs: dict[str, list[Epoch]] = {}
    with reading(engine) as connection:
        for digest, epoch, loss, top1 in connection.execute(reported):
            epochs.setdefault(digest, []).append(Epoch(epoch, loss, top1))
    return epochs
