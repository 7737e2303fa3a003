"""How a trainer waits for what is around it, the store or a download: try again, log why, and continue without help."""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from prunesweep.worker.trainer.progress import Reporter
from prunesweep.worker.trainer.signals import Termination, die_of_term

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_LOOK_SECONDS = 0.5

_T = TypeVar("_T")


class OutageWait:
    """One trainer's. The wait has no end of its own: what it waits for is no fault of the stage."""

    def __init__(self, report: Reporter, ending: Termination) -> None:
        self._report, self._ending = report, ending

    def until(
        self,
        act: Callable[[], _T],
        phase: str,
        what: str,
        away: type[OSError],
        on_trouble: Callable[[], None] = lambda: None,
    ) -> _T:
        """Return what `act` returns, as soon as it does not raise `away` any more.

        Args:
            phase: what the trainer does.
            what: what it waits for if it has to.
            on_trouble: called once, when it does.
        """
        self._report(phase)
        pause = _FIRST_PAUSE
        while True:
            try:
                found = act()
            except away as error:
                if pause == _FIRST_PAUSE:
                    say(f"{error}; waiting for it")
                    on_trouble()
                self._sleep(pause, f"waiting for {what} ({phase})", str(error))
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                if pause > _FIRST_PAUSE:
                    say(f"{what} works again")
                    self._report(phase)
                return found

    def _sleep(self, seconds: float, phase: str, trouble: str) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._report(phase, trouble)
            if self._ending.asked:
                die_of_term()
            time.sleep(_LOOK_SECONDS)


def say(line: str) -> None:
    """Into the stage's log."""
    print(line, file=sys.stderr, flush=True)
