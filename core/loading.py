"""When Python searches for garbage: not while modules are loaded, which makes many objects and no garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = (100_000, 20, 100)
"""New objects before a search, and searches before a deeper one; at the usual 700 a command takes a tenth longer."""


def search_rarely() -> None:
    """Search for garbage as rarely as suits a short command, which loads as it goes."""
    gc.set_threshold(*_RARELY)


def begin_loading() -> None:
    """Let no search for garbage begin before `end_loading`."""
    gc.disable()


def end_loading() -> None:
    """Search as usual, but never through what is there by now."""
    gc.freeze()
    gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded in this context is left out of every search for garbage."""
    begin_loading()
    try:
        yield
    finally:
        end_loading()
