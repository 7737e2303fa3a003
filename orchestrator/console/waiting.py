"""Says that a server lets a person wait."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prunesweep.core.answer_time import ANSWER_SECONDS
from prunesweep.orchestrator.console.output import note

SAY_SECONDS = ANSWER_SECONDS / 6


@contextmanager
def note_if_slow(server: str, tell: Callable[..., None] = note) -> Iterator[None]:
    """Say once, if the block takes some seconds, what is waited for. Whoever asks the server ends the wait.

    server: its setting and address, without secrets.
    """
    line = f"sweep: still waiting for {server}; see that it runs and can be reached"
    timer = threading.Timer(SAY_SECONDS, tell, (line,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
