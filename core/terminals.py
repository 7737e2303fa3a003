"""Output to a terminal that may be closed while the program still has work to end in order."""

import os
import sys
from collections.abc import Sequence


def terminals() -> tuple[int, ...]:
    """Return the file descriptors of stdout and stderr that are terminals now; afterwards it cannot be determined."""
    return tuple(stream.fileno() for stream in (sys.stdout, sys.stderr) if stream is not None and stream.isatty())


def silence(descriptors: Sequence[int]) -> None:
    """Send what is written there to nowhere from now on: to write to a closed terminal is an error. Safe in a signal
    handler."""
    if descriptors:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in descriptors:
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
