"""Transactions, and the locks that keep concurrent writers right on both databases.

SQLite has one writer at a time: `BEGIN IMMEDIATE` takes that place at the start, so that no reader ever has to
become a writer half-way (which SQLite answers with SQLITE_BUSY at once).

PostgreSQL has many. Two rules keep them from losing an update or waiting for each other in a ring:
1. Whoever changes which stages there are, or cascades along edges, holds the *structure* lock alone; `complete`
   holds it shared. Without it, a child that is submitted while its parent completes could stay PENDING for ever.
2. Whoever locks several stage rows locks them in the order of their digests.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from prunesweep.core.ledger.db.writer_queue import WriterQueue

_STRUCTURE = 0x7377656570  # "sweep"; advisory locks are per database
_ALONE = text(f"SELECT pg_advisory_xact_lock({_STRUCTURE})")
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({_STRUCTURE})")

BEGIN = "sweep_begin"
"""Execution option: how a SQLite transaction begins; `prunesweep.core.ledger.db.engine` reads it."""
QUEUE = "sweep_queue"
"""Execution option of a SQLite engine: its `WriterQueue`."""
UNKNOWN = "what was to be written is there as a whole or not at all (look: sweep list)"
"""Note on an error for which a server never answered whether it has committed."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that writes: committed at the end, rolled back by an exception."""
    with engine.connect() as connection, writing_on(connection):
        yield connection


@contextmanager
def writing_on(connection: Connection) -> Iterator[None]:
    """Begin the same on a connection that has something of its own, as temporary tables are."""
    connection.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
    queue: WriterQueue | None = connection.engine.get_execution_options().get(QUEUE)
    committing = False
    try:
        with nullcontext() if queue is None else queue.turn(), connection.begin():
            yield
            committing = True
    except DBAPIError as error:
        if committing and error.connection_invalidated:
            error.add_note(UNKNOWN)
        raise


@contextmanager
def one_statement(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction for one statement that writes, on PostgreSQL: it is a transaction by itself, as durable as
    any, and saves the round trips of BEGIN and COMMIT."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction whose statements all see the same moment."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def lock_structure(connection: Connection, *, shared: bool = False) -> None:
    """Take the structure lock until the end of the transaction; see the module's docstring."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARED if shared else _ALONE)


def locked(query: Select[Any], table: Table) -> Select[Any]:
    """Return the same query, locking its rows of `table` in the order of their digests."""
    return query.order_by(table.c.digest).with_for_update(of=table, key_share=True)


def insert_into(connection: Connection, table: Table) -> Any:
    """Return an INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases spell alike."""
    return insert_for(connection.dialect.name, table)


def insert_for(database: str, table: Table) -> Any:
    """Return the same, by the name of the database's dialect."""
    if database != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # not above: it is a twentieth of a `sweep status`

    return postgresql.insert(table)
