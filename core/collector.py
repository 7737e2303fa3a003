"""Python's search for circles of objects, left out where a command makes millions that form none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """What nothing refers to goes at once, as ever; only circles wait. Other threads' circles wait as well."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
