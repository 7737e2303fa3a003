"""Saves a training's state now and then, so that its next attempt need not begin again."""

import sys
import threading
import time
from collections.abc import Callable

from prunesweep.core.artifacts.store import StoreAway
from prunesweep.core.training.loop import Training
from prunesweep.core.training.training_state import TrainingState
from prunesweep.worker.protocol import Saved
from prunesweep.worker.trainer.signals import Termination, die_of_term

_NOWHERE = (-1, 0)


class Checkpointer:
    """To be called before each step of one training. The store is written in the background, while training continues.

    Args:
        keep: packs and stores a snapshot, and says so to the worker.
        interval: least seconds between two.
        saved: the position (epoch, step) that need not be saved.
        ending: when it is asked for, the state is saved at once and the process ends. A store that is away costs
            nothing but the saved state.
    """

    def __init__(
        self,
        keep: Callable[[TrainingState], Saved],
        emit: Callable[[Saved], None],
        interval: float,
        saved: tuple[int, int],
        ending: Termination,
    ) -> None:
        self._keep, self._emit, self._interval, self._ending = keep, emit, interval, ending
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._next = time.monotonic() + interval
        self._last = saved

    def __call__(self, training: Training) -> None:
        """Save if it is time to; does not return when the process was asked to end."""
        if self._ending.asked:
            self._join()
            if training.position != self._last:
                self._save(training.snapshot())
            die_of_term()
        busy = self._thread is not None and self._thread.is_alive()
        if busy or time.monotonic() < self._next or training.position == self._last:
            return
        self._next = time.monotonic() + self._interval
        self._last = training.position
        self._thread = threading.Thread(target=self._save, args=[training.snapshot()], name="checkpointer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Emit nothing from now on: the stage's last event comes next."""
        with self._lock:
            self._closed = True

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _save(self, snapshot: TrainingState) -> None:
        try:
            saved = self._keep(snapshot)
        except StoreAway as error:
            print(f"state not saved, will be tried again: {error}", file=sys.stderr, flush=True)
            self._last = _NOWHERE
            return
        with self._lock:
            if not self._closed:
                self._emit(saved)
