"""A clock for the ledger that stands where a simulation sets it. Importing this changes
what `DatabaseNow` means in SQL."""

import sqlite3
from typing import Any

from databases import open_url
from sqlalchemy import Engine, event
from sqlalchemy.ext.compiler import compiles

from prunesweep.core.ledger.db.clock import DatabaseNow

_EPOCH = 1_800_000_000.0


@compiles(DatabaseNow, "sqlite")
def _sqlite(_element: DatabaseNow, _compiler: Any, **_options: Any) -> str:
    return "simulated_now()"


@compiles(DatabaseNow, "postgresql")
def _postgresql(_element: DatabaseNow, _compiler: Any, **_options: Any) -> str:
    return "current_setting('simulated.now')::double precision"


class SimulatedClock:
    """Seconds since the simulation began, as its one connection sees them."""

    def __init__(self) -> None:
        self._moment = _EPOCH
        self._cursor: Any = None

    def open(self, url: str) -> Engine:
        """Open a ledger that is there already, through one connection with this clock."""
        engine = open_url(url)
        event.listen(engine, "connect", self._prepare)
        engine.dispose()  # those to come are prepared
        self.set(0.0)
        return engine

    def set(self, moment: float) -> None:
        """Set the ledger's time to `moment` seconds after the beginning."""
        self._moment = _EPOCH + moment
        if self._cursor is not None:
            self._tell()

    def _prepare(self, connection: Any, _record: Any) -> None:
        if isinstance(getattr(connection, "driver_connection", connection), sqlite3.Connection):
            connection.create_function("simulated_now", 0, lambda: self._moment)
            return
        self._cursor = connection.cursor()
        self._tell()

    def _tell(self) -> None:
        """Set the clock between two calls, so that its time isn't measured; one round trip, without a transaction."""
        connection = self._cursor.connection
        connection.autocommit = True
        self._cursor.execute("SELECT set_config('simulated.now', %s, false)", (repr(self._moment),))
        connection.autocommit = False
