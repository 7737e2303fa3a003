"""A ledger for the length of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console.output import note


@contextmanager
def ledger(settings: Settings, *, create: bool = False, upgrade: bool = False) -> Iterator[Engine]:
    """Open the ledger, by default only if it is there, and closes its connections at the end.

    Raises:
        UserError: see `prunesweep.core.ledger.db.engine.open_ledger`.
    """
    engine = open_ledger(settings, create=create, upgrade=upgrade, tell=lambda said: note(f"sweep: {said}"))
    try:
        yield engine
    finally:
        engine.dispose()
