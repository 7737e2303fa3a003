"""What each cell's networks went through, epoch by epoch, as one line of steps: its dense training, then its rounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from prunesweep.core.ledger.db.schema import AnyRow, latencies, metrics, results, stages
from prunesweep.core.ledger.db.sweep_rows import by_digest, cell_rows, of, stage_rows
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.dense_trainings import dense_chains


@dataclass(frozen=True)
class EpochPoint:
    """One epoch that has ended.

    Attributes:
        step: from 1, over the whole cell.
        round: 0 = dense training.
        loss: of the training images.
        top1: validation accuracy in [0, 1], None where the recipe holds no images out.
        lr: learning rate.
        seconds, images_per_s: how long it took, and its pace.
        at: when it ended, seconds since 1970.
    """

    step: int
    round: int
    loss: float
    top1: float | None
    lr: float
    seconds: float
    images_per_s: float
    at: float


@dataclass(frozen=True)
class MetricHistory:
    """A cell's epochs and results.

    Attributes:
        cell: its number in the grid.
        evaluate: digest of its Evaluate stage.
        dense_steps, steps: epochs that are planned for its dense network, and in all.
        epochs: those that have ended, in order.
        dense_at, result_at, latency_at: when the dense network's accuracy, its own, and its latency were found, None =
            not yet.
        started_at, ended_at: of the first and the last of its stages; None = none has started, not all have ended.
    """

    cell: int
    evaluate: str
    dense_steps: int
    steps: int
    epochs: tuple[EpochPoint, ...]
    dense_at: float | None
    result_at: float | None
    latency_at: float | None
    started_at: float | None
    ended_at: float | None


def histories(engine: Engine, sweep_id: int) -> list[MetricHistory]:
    """Return the history of every cell of the sweep, in the order of its grid; all of one moment."""
    wanted = ("position", "train", "rounds", "evaluate", "dense_evaluate", "benchmark")
    with reading(engine) as connection:
        made = by_digest(connection, sweep_id, stages, "epochs", "started_at", "ended_at")
        reported = _reported(connection, sweep_id)
        found = {digest: row.at for digest, row in by_digest(connection, sweep_id, results, "at").items()}
        dense = dense_chains(connection, sweep_id)
        timed = {digest: row.at for digest, row in by_digest(connection, sweep_id, latencies, "at").items()}
        return [
            MetricHistory(
                cell=row.position,
                evaluate=row.evaluate,
                dense_steps=sum(made[digest].epochs for digest in dense[row.train]),
                steps=sum(made[digest].epochs for digest in (*dense[row.train], *row.rounds)),
                epochs=tuple(_epochs((dense[row.train], *((digest,) for digest in row.rounds)), made, reported)),
                dense_at=found.get(row.dense_evaluate),
                result_at=found.get(row.evaluate),
                latency_at=timed.get(row.benchmark),
                **_span(row, dense[row.train], made),
            )
            for row in connection.execute(cell_rows(*wanted), of(sweep_id))
        ]


def _reported(connection: Connection, sweep_id: int) -> dict[str, list[AnyRow]]:
    """Return epochs by digest, in order."""
    query = stage_rows(metrics, "epoch", "loss", "top1", "lr", "seconds", "images_per_s", "at")
    found: dict[str, list[AnyRow]] = {}
    for row in connection.execute(query.order_by(metrics.c.digest, metrics.c.epoch), of(sweep_id)):
        found.setdefault(row.digest, []).append(row)
    return found


def _epochs(
    rounds: Sequence[Sequence[str]], made: Mapping[str, AnyRow], reported: Mapping[str, Sequence[AnyRow]]
) -> Iterator[EpochPoint]:
    """rounds: the stages of each, the dense training first."""
    before = 0
    for number, digest in ((number, digest) for number, chain in enumerate(rounds) for digest in chain):
        for row in reported.get(digest, ()):
            at = (row.loss, row.top1, row.lr, row.seconds, row.images_per_s, row.at)
            yield EpochPoint(before + row.epoch, number, *at)
        before += made[digest].epochs


def _span(cell: AnyRow, dense: Sequence[str], made: Mapping[str, AnyRow]) -> dict[str, float | None]:
    needed = (*dense, *cell.rounds, cell.evaluate, cell.dense_evaluate, cell.benchmark)
    rows = [made[digest] for digest in needed if digest is not None]
    starts = [row.started_at for row in rows if row.started_at is not None]
    ends = [row.ended_at for row in rows]
    return {"started_at": min(starts, default=None), "ended_at": None if None in ends else max(ends)}
