"""Networks of a few layers are pruned here."""

from tests.support.one_thread import one_thread

__all__ = ["one_thread"]
