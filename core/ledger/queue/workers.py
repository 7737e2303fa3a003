"""Which workers there are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Any

from sqlalchemy import Engine, func, select, update

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.sanitize import clean
from prunesweep.core.ledger.db.schema import workers
from prunesweep.core.ledger.db.transactions import insert_into, reading, writing

_LONGEST = 500


@dataclass(frozen=True)
class WorkerNotes:
    """What a worker says about itself.

    Attributes:
        troubles: the parts that are in trouble (slots by name, `connection to the broker` …), each with its reason.
        out: slots of which no work can be expected.
        said: what is no trouble (`trainers on cuda:0` …).
    """

    troubles: Mapping[str, str]
    out: tuple[str, ...]
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SlotUsage:
    """What a slot's trainer used since the heartbeat before; None = not known.

    Attributes:
        cpu_percent: 100 = one core.
        memory_bytes: resident.
        gpu_percent: of the time in which the GPU computed, whoever used it.
        gpu_bytes: memory of the GPU that torch holds.
    """

    cpu_percent: float | None = None
    memory_bytes: int | None = None
    gpu_percent: float | None = None
    gpu_bytes: int | None = None


@dataclass(frozen=True)
class WorkerRow:
    """A worker that is alive.

    Attributes:
        slots: its devices.
        idle_seconds: since its last heartbeat.
        usage: of each slot, in their order.
    """

    id: str
    host: str
    pid: int
    slots: tuple[str, ...]
    version: str
    started_at: float
    seen_at: float
    idle_seconds: float
    notes: WorkerNotes
    usage: tuple[SlotUsage, ...] = ()

    @property
    def troubles(self) -> list[str]:
        """One line for each part in trouble."""
        return [f"{what}: {reason}" for what, reason in sorted(self.notes.troubles.items())]

    @property
    def said(self) -> list[str]:
        """One line for each other part that there is something to say about."""
        return [f"{what}: {text}" for what, text in sorted(self.notes.said.items())]


def register(engine: Engine, id: str, host: str, pid: int, slots: Sequence[str], version: str) -> None:
    """Says that a worker has started; again under the same id, that it has started again."""
    values = {
        "host": host[:128],
        "pid": pid,
        "slots": list(slots),
        "version": version[:32],
        "started_at": DatabaseNow(),
        "seen_at": DatabaseNow(),
        "stopped": False,
        "notes": None,
        "usage": None,
    }
    with writing(engine) as connection:
        row = insert_into(connection, workers).values(id=id, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def note(engine: Engine, id: str, notes: WorkerNotes) -> None:
    """Write what the worker says about itself, over what it said before."""
    values = {"troubles": _short(notes.troubles), "out": list(notes.out), "said": _short(notes.said)}
    with writing(engine) as connection:
        connection.execute(update(workers).where(workers.c.id == id).values(notes=values))


def _short(texts: Mapping[str, str]) -> dict[str, str]:
    return {clean(what[:_LONGEST]): clean(text[:_LONGEST]) for what, text in texts.items()}


def set_slots(engine: Engine, id: str, slots: Sequence[str]) -> None:
    """Says that the worker has other slots now."""
    with writing(engine) as connection:
        connection.execute(update(workers).where(workers.c.id == id).values(slots=list(slots), usage=None))


def gone(engine: Engine, id: str) -> None:
    """Says that a worker has stopped."""
    with writing(engine) as connection:
        connection.execute(update(workers).where(workers.c.id == id).values(stopped=True, seen_at=DatabaseNow()))


def list_workers(engine: Engine, alive_within: float) -> list[WorkerRow]:
    """Return the workers that haven't stopped and were seen within that many seconds, by start."""
    alive = (
        select(workers, DatabaseNow().label("now"))
        .where(~workers.c.stopped, func.abs(workers.c.seen_at - DatabaseNow()) <= alive_within)
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
                _notes(row.notes),
                _usage(row.usage, len(row.slots)),
            )
            for row in connection.execute(alive)
        ]


def _notes(said: Any) -> WorkerNotes:
    """Return the notes as `note` wrote them; none of a worker of an earlier release."""
    said = said if isinstance(said, dict) else {}
    return WorkerNotes(dict(said.get("troubles", {})), tuple(said.get("out", ())), dict(said.get("said", {})))


def usage_as_json(usage: Sequence[SlotUsage]) -> list[dict[str, float]]:
    """Return what the column holds: what is known, for each slot."""
    return [{key: value for key, value in asdict(each).items() if value is not None} for each in usage]


def _usage(said: Any, slots: int) -> tuple[SlotUsage, ...]:
    """Return the usage as `heartbeat` wrote it; nothing known where a worker of another release wrote something
    else."""
    found = said if isinstance(said, list) and len(said) == slots else [{}] * slots
    names = [field.name for field in fields(SlotUsage)]
    return tuple(SlotUsage(**{name: _number(each, name) for name in names}) for each in found)


def _number(each: Any, name: str) -> Any:
    value = each.get(name) if isinstance(each, dict) else None
    return value if isinstance(value, int | float) and isfinite(value) and value >= 0 else None
