"""How long work says how far it is."""

from collections.abc import Callable

CountDone = Callable[[int, int], None]
"""Called with (done, in all): files, bytes, blocks, images or weights, as its caller says; in all 0 = not known."""


def unwatched(done: int, total: int) -> None:
    """Ignore the progress of what nobody watches."""
    del done, total
