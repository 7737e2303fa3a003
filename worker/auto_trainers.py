"""`--per-device auto`: opens as many slots of each GPU as its trainers are measured to be worth.

One slot of a device is open until a training waits in the ledger. Then, unless this network was measured on such a
device before, the device is let run dry, measured, and opened again.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from celery.utils.log import get_logger

from prunesweep.core.ledger.queries.lookup import NextTraining
from prunesweep.worker.incidents import Incidents, first_line
from prunesweep.worker.slot import Slot
from prunesweep.worker.trainer_rates import KeptChoices, TrainerChoice

logger = get_logger(__name__)

_LOOK_SECONDS = 5.0
_WHAT = "trainers on {}"

Measure = Callable[[str, str, Sequence[str]], TrainerChoice]
"""(device, spec of a stage that trains, places of its image folder) → the choice; see `TrainerRates`."""


class AutoTrainers:
    """Call `look` now and then from one thread; it returns at once.

    Args:
        slots: of each device, as many as there may ever be.
        coming: the training that the ledger has next, None = none.
        changed: called when slots have been opened.
        service: in words, whether trainers have NVIDIA's Multi-Process Service; what was measured without it says
            nothing about trainers with it.
    """

    def __init__(
        self,
        slots: Mapping[str, Sequence[Slot]],
        coming: Callable[[], NextTraining | None],
        measure: Measure,
        kept: KeptChoices,
        troubles: Incidents,
        changed: Callable[[], None],
        service: str,
    ) -> None:
        self._slots, self._coming, self._measure, self._kept = slots, coming, measure, kept
        self._troubles, self._changed, self._service = troubles, changed, service
        self._thread: threading.Thread | None = None
        self._next_look = 0.0
        self._settled: dict[str, str] = {}
        self._failed: dict[str, str] = {}
        for device in slots:
            troubles.say(_WHAT.format(device), f"1, until a training waits that can be measured; {service}")
            self._open(device, 1)

    def look(self) -> None:
        """Open what is known to be worth it, and begin to measure what is not known."""
        if self._thread is not None and self._thread.is_alive():
            return
        if time.monotonic() < self._next_look:
            return
        training = self._coming()
        self._next_look = time.monotonic() + _LOOK_SECONDS
        if training is None:
            return
        measured: set[str] = set()
        for device, slots in self._slots.items():
            name = next((slot.processor for slot in slots if slot.processor), "")
            key = f"{name} · {training.workload} · {self._service}"
            if not name or key in measured or self._settled.get(device) == key:
                continue
            choice = self._kept.get(key)
            if choice is None and key not in self._failed:
                measured.add(key)  # by the first of equal devices; the others go on meanwhile
                if self._drained(slots):
                    self._begin(device, key, training)
                return
            self._settle(device, key, choice, training)

    def _drained(self, slots: Sequence[Slot]) -> bool:
        """Close the slots; True once none of them has a stage, or a trainer."""
        for slot in slots:
            slot.set_open(False)
        self._next_look = 0.0
        return all(slot.empty for slot in slots)

    def _begin(self, device: str, key: str, training: NextTraining) -> None:
        logger.info("%s: measuring how many trainers it should have for %s", device, training.workload)

        def measure() -> None:
            try:
                self._kept.put(key, self._measure(device, training.spec, training.places))
            except Exception as error:  # whatever it is, the device works on as without the option
                self._failed[key] = first_line(error)
            self._next_look = 0.0

        self._thread = threading.Thread(target=measure, name="trainer-rates", daemon=True)
        self._thread.start()

    def _settle(self, device: str, key: str, choice: TrainerChoice | None, training: NextTraining) -> None:
        self._settled[device] = key
        count = choice.count if choice is not None else 1
        text = f"{choice}, {self._service}, for {training.workload}"
        if choice is None:
            text = f"1, because it cannot be measured ({self._failed[key]}); start the worker again to try again"
        self._troubles.say(_WHAT.format(device), text)
        self._open(device, count)
        self._changed()

    def _open(self, device: str, count: int) -> None:
        for place, slot in enumerate(self._slots[device]):
            slot.set_open(place < count)
