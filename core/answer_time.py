"""For how long anything waits for a server that is connected and answers nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

ANSWER_SECONDS = 30.0
"""Seconds without any answer after which a command, or a download, gives a server up. SWEEP_ANSWER_SECONDS says
otherwise for the ledger."""


@contextmanager
def answered_in_time(seconds: float = ANSWER_SECONDS) -> Iterator[None]:
    """Let reading from a server fail after so long without a byte, in libraries that would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
