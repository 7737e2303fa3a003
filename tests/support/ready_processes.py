"""Processes that begin with the ledger's modules imported: one server imports them once, and forks each."""

import multiprocessing
from multiprocessing.context import ForkServerContext

_IMPORTED = (
    "alembic.command",
    "sqlalchemy.dialects.postgresql.psycopg",
    "prunesweep.core.ledger.db.engine",
    "prunesweep.core.ledger.db.migrate",
    "prunesweep.core.ledger.queue.invariants",
    "tests.ledger.stress",
)


def ready_processes() -> ForkServerContext:
    """Return the context to start them in, instead of "spawn". They have none of the caller's threads, connections and
    patches."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    return context
