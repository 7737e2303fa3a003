"""Which workers there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, update

from core.ledger.clock import Now
from core.ledger.tables import workers
from core.ledger.transactions import insert_into, reading, writing


@dataclass(frozen=True)
class WorkerRow:
    """A worker that is alive. slots: its devices · idle_seconds: since its last heartbeat."""

    id: str
    host: str
    pid: int
    slots: tuple[str, ...]
    version: str
    started_at: float
    seen_at: float
    idle_seconds: float


def register(engine: Engine, id: str, host: str, pid: int, slots: Sequence[str], version: str) -> None:
    """Says that a worker has started; again under the same id, that it has started anew."""
    values = {
        "host": host[:128],
        "pid": pid,
        "slots": list(slots),
        "version": version[:32],
        "started_at": Now(),
        "seen_at": Now(),
        "stopped": False,
    }
    with writing(engine) as connection:
        row = insert_into(connection, workers).values(id=id, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def gone(engine: Engine, id: str) -> None:
    """Says that a worker has stopped."""
    with writing(engine) as connection:
        connection.execute(update(workers).where(workers.c.id == id).values(stopped=True, seen_at=Now()))


def list_workers(engine: Engine, alive_within: float) -> list[WorkerRow]:
    """The workers that haven't stopped and were seen within that many seconds, by start."""
    alive = (
        select(workers, Now().label("now"))
        .where(~workers.c.stopped, func.abs(workers.c.seen_at - Now()) <= alive_within)
        .order_by(workers.c.started_at, workers.c.id)
    )
    with reading(engine) as connection:
        return [
            WorkerRow(
                row.id,
                row.host,
                row.pid,
                tuple(row.slots),
                row.version,
                row.started_at,
                row.seen_at,
                max(0.0, row.now - row.seen_at),
            )
            for row in connection.execute(alive)
        ]
