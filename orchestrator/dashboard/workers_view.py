"""The workers, their devices, and what each of these does now."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prunesweep.core.ledger.queries.worker_slots import BusySlot
from prunesweep.core.ledger.queue.workers import SlotUsage, WorkerRow


@dataclass(frozen=True)
class SlotView:
    """A slot.

    Attributes:
        doing: every stage on it, usually one; none when it is idle.
        usage: nothing is known of a silent worker's.
    """

    name: str
    doing: tuple[BusySlot, ...]
    usage: SlotUsage = field(default_factory=SlotUsage)

    @property
    def gpu(self) -> bool:
        """True when it is one of a GPU."""
        return self.name.startswith("cuda")


@dataclass(frozen=True)
class WorkerView:
    """A worker and its slots.

    Attributes:
        silent: it missed heartbeats, or is gone while a stage is still its own.
        images_per_s: over its slots, None when none of them trains.
        troubles: what it says is wrong, a line each.
    """

    id: str
    host: str
    version: str
    silent: bool
    devices: tuple[SlotView, ...]
    images_per_s: float | None
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkersView:
    """All workers.

    Attributes:
        busy: slots with work.
        images_per_s: over all of them.
    """

    workers: tuple[WorkerView, ...]
    slots: int
    busy: int
    images_per_s: float | None


def workers_view(workers: Sequence[WorkerRow], busy: Sequence[BusySlot], silent_after: float) -> WorkersView:
    """Return the workers with their slots. silent_after: seconds without a heartbeat after which one counts as
    silent."""
    left = list(busy)
    views = []
    for worker in workers:
        silent = worker.idle_seconds > silent_after
        used = [SlotUsage()] * len(worker.slots) if silent or not worker.usage else worker.usage
        devices = tuple(
            SlotView(slot, _taken(left, worker.id, slot), use) for slot, use in zip(worker.slots, used, strict=True)
        )
        view = _worker_view(worker.id, worker.host, worker.version, silent, devices)
        views.append(replace(view, troubles=tuple(worker.troubles)))
    for id in dict.fromkeys(slot.worker for slot in left):
        names = dict.fromkeys(slot.slot for slot in left if slot.worker == id)
        devices = tuple(SlotView(name, tuple(s for s in left if (s.worker, s.slot) == (id, name))) for name in names)
        views.append(_worker_view(id, "", "", True, devices))
    devices = tuple(device for view in views for device in view.devices)
    rates = [view.images_per_s for view in views if view.images_per_s is not None]
    return WorkersView(tuple(views), len(devices), sum(bool(d.doing) for d in devices), sum(rates) if rates else None)


def _taken(left: list[BusySlot], worker: str, slot: str) -> tuple[BusySlot, ...]:
    """Return the next stage of that slot, taken off the list; several slots of one device go by one name."""
    found = next((each for each in left if (each.worker, each.slot) == (worker, slot)), None)
    if found is None:
        return ()
    left.remove(found)
    return (found,)


def _worker_view(id: str, host: str, version: str, silent: bool, devices: tuple[SlotView, ...]) -> WorkerView:
    rates = [s.images_per_s for device in devices for s in device.doing if s.images_per_s is not None]
    return WorkerView(id, host, version, silent, devices, sum(rates) if rates else None)
