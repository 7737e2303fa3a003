"""JSON lines between a slot (Celery process) and its trainer (torch process): one request, then events.

The trainer reads requests from stdin and writes events to the pipe that was its stdout; everything printed
goes to stderr, which the slot keeps as the stage's log.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import msgspec

_T = TypeVar("_T")


@dataclass(frozen=True)
class Request:
    """Run a stage.

    Attributes:
        spec: canonical JSON of the stage.
        inputs: parent digest → sha-256 of its artifact ("" = none).
        snapshot: sha-256 of the saved state to continue from, "" = start at the beginning.
        places: where its image folder lies, as those said who submitted it.
    """

    digest: str
    attempt: int
    spec: str
    inputs: dict[str, str]
    snapshot: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ready:
    """The trainer is up.

    Attributes:
        device: e.g. `cpu` or `cuda:0`.
        name: the processor's name.
    """

    event: ClassVar[str] = "ready"
    device: str
    name: str
    torch: str


@dataclass(frozen=True)
class Epoch:
    """An epoch ended.

    Attributes:
        epoch: 1-based.
        top1: validation accuracy in [0, 1] or None.
        lr: at the epoch's last step.
    """

    event: ClassVar[str] = "epoch"
    epoch: int
    loss: float
    top1: float | None
    lr: float
    seconds: float
    images_per_s: float


@dataclass(frozen=True)
class Saved:
    """The state in the middle of the training is in the store. epoch, step: whole epochs, and batches of the next."""

    event: ClassVar[str] = "saved"
    artifact: str
    artifact_bytes: int
    epoch: int
    step: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Done:
    """The stage is done; `result` holds the columns of its results or latencies row, or is empty.

    Attributes:
        ran: what carried it out, see `prunesweep.core.ledger.queries.ran`.
        spent: the trainer ends after this; another one must take the next stage.
    """

    event: ClassVar[str] = "done"
    artifact: str
    artifact_bytes: int
    train_seconds: float
    summary: dict[str, Any]
    result: dict[str, Any]
    ran: dict[str, Any] = field(default_factory=dict)
    spent: bool = False


@dataclass(frozen=True)
class Failed:
    """The stage was not done.

    Attributes:
        owner: who has to put that right, see `Owner`.
        spent: see Done.
    """

    event: ClassVar[str] = "failed"
    reason: str
    owner: str
    spent: bool = False


@dataclass(frozen=True)
class Progress:
    """The trainer gets on.

    Attributes:
        phase: what it does now, in a word or two; at most one a second while that stays the same.
        trouble: what it waits for, "" = nothing.
        done, total, unit: how far it is, see `prunesweep.core.ledger.db.doing`.
        gpu_percent, gpu_bytes: see `prunesweep.worker.trainer.gpu_usage`; None on a CPU.
    """

    event: ClassVar[str] = "progress"
    phase: str
    trouble: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    gpu_percent: float | None = None
    gpu_bytes: int | None = None


class Owner(StrEnum):
    """Whose an error is. Of the work: it cannot succeed anywhere. Of the machine: a device or a driver. Memory: the
    machine has too little of it, for this stage or just now. Of the surroundings: the store or a disk. Unknown:
    everything else, which is retried as a crash is."""

    WORK = "work"
    MACHINE = "machine"
    MEMORY = "memory"
    SURROUNDINGS = "surroundings"
    UNKNOWN = "unknown"


Event = Ready | Epoch | Saved | Progress | Done | Failed
_EVENTS: dict[str, type[Event]] = {kind.event: kind for kind in (Ready, Epoch, Saved, Progress, Done, Failed)}


def write_event(event: Event) -> bytes:
    """Return one line of JSON, newline included."""
    return json.dumps({"event": event.event, **asdict(event)}, allow_nan=True).encode() + b"\n"


def read_event(line: bytes) -> Event:
    """Return the event of one line.

    Raises:
        ValueError: not a line that `write_event` makes.
    """
    body = json.loads(line)  # not msgspec's: a loss may be NaN
    kind = _EVENTS.get(body.pop("event", "")) if isinstance(body, dict) else None
    if kind is None:
        raise ValueError("not an event")
    return _checked(body, kind)


def write_request(request: Request) -> bytes:
    """Return one line of JSON, newline included."""
    return json.dumps(asdict(request)).encode() + b"\n"


def read_request(line: bytes) -> Request:
    """Return the request of one line.

    Raises:
        ValueError: not a line that `write_request` makes.
    """
    return _checked(json.loads(line), Request)


def _checked(body: dict[str, Any], kind: type[_T]) -> _T:
    """Return the message, with every field there and of its type."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if set(body) != names:
        raise ValueError(f"{kind.__name__} has fields {sorted(names)}, got {sorted(body)}")
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None
