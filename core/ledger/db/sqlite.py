"""A ledger in a SQLite file: how it is made, connected to and begun with."""

import os
import sqlite3
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from prunesweep.core.ledger.db.transactions import BEGIN, QUEUE
from prunesweep.core.ledger.db.writer_queue import WriterQueue

BUSY_SECONDS = 30.0


def sqlite_engine(file: Path, *, unknown: bool = False) -> Engine:
    """Return an engine for a file that is there; nothing is looked at yet.

    Args:
        unknown: nobody else knows of the file, and it is removed if anything fails before `settle`: what is written
            goes into it at once, instead of into a write-ahead log first.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        creator=lambda: _connect(file),
        execution_options={QUEUE: WriterQueue(file)},
    )
    event.listen(engine, "connect", partial(_prepare, "MEMORY" if unknown else "WAL"))
    event.listen(engine, "begin", begin)
    return engine


def make_empty(file: Path, mode: int) -> None:
    """Make an empty file; SQLite gives the files beside it the same mode. Never opened if it is there: to close a file
    drops all locks that this process has on it, SQLite's included."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))


def settle(engine: Engine) -> None:
    """Bring all that was written from the write-ahead log into the file; one that nobody knows gets its log now.

    Raises:
        DBAPIError: there is no room.
    """
    connection = engine.raw_connection()  # which begins no transaction
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL").close()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    except sqlite3.Error as error:
        raise DBAPIError.instance(None, None, error, sqlite3.Error) from error
    finally:
        connection.close()


def _connect(file: Path) -> sqlite3.Connection:
    """Connect to a file that is there. SQLite would make a missing one, and fill it from a write-ahead log that was
    left behind: a ledger that went away would come back without its sweeps."""
    address = f"file:{quote(os.fsencode(file))}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)


def _prepare(journal: str, connection: Any, _record: Any) -> None:
    # None: the driver begins no transaction on its own; `begin` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    _keep_journal(cursor, journal)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.close()


def _keep_journal(cursor: Any, journal: str) -> None:
    """Choose the journal. The busy timeout doesn't cover this switch, so that two first users must take turns."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute(f"PRAGMA journal_mode={journal}")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def begin(connection: Connection) -> None:
    """Begin a transaction as the connection's options say."""
    # Straight to the driver: this is a tenth of a claim otherwise.
    statement = connection.get_execution_options().get(BEGIN, "BEGIN")
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    except sqlite3.Error as error:
        # Whoever waits for a locked ledger knows SQLAlchemy's errors.
        raise DBAPIError.instance(statement, None, error, sqlite3.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()
