"""What SIGTERM means to a trainer: a training saves its state first, everything else ends at once."""

import os
import signal
from types import FrameType


class Termination:
    """asked: SIGTERM has come. While something holds the end off, that must look here and end soon."""

    def __init__(self) -> None:
        self.asked = False
        self._held = False

    def install(self) -> None:
        """Handle SIGTERM here from now on."""
        signal.signal(signal.SIGTERM, self._on_term)

    def hold(self) -> None:
        """SIGTERM no longer ends the process; until `release`."""
        self._held = True

    def release(self) -> None:
        """End the process if it was asked to meanwhile."""
        self._held = False
        if self.asked:
            die_of_term()

    def _on_term(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if not self._held:
            die_of_term()


def die_of_term() -> None:
    """End this process as an unhandled SIGTERM does, so that the worker sees what it was."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
