"""The database of a ledger under test, and how it goes away for a while."""

import os
import shutil
import sqlite3
import tempfile
import warnings
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import NullPool, create_engine, make_url, text

from tests.clocks import STEPPABLE, step_by
from tests.support.watchdog import watch

_NAME = "chaos"


class Database(Protocol):
    """Database.

    Attributes:
        url: for SWEEP_DATABASE_URL, "" = the file under SWEEP_HOME.
        outage: the name of its fault.
    """

    url: str
    outage: str

    def go(self) -> None:
        """Goes away, without a goodbye to anybody."""

    def come_back(self) -> None:
        """Is there again."""

    def close(self) -> None:
        """Is needed no more."""


class Sqlite:
    """The embedded ledger: somebody else writes to the file for long."""

    outage = "ledger lock"
    url = ""

    def __init__(self, home: Path) -> None:
        self._file = home / "ledger.sqlite3"
        self._holder: sqlite3.Connection | None = None
        self.clock = home / "clock"
        """How many seconds the clock is off; processes under test read it, see `hooks/sitecustomize.py`."""
        self._step(0.0)

    def jump(self, seconds: float) -> None:
        """The clock is stepped."""
        self._step(float(self.clock.read_text()) + seconds)

    def _step(self, seconds: float) -> None:
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(repr(seconds))
        fresh.replace(self.clock)

    def go(self) -> None:
        self._holder = sqlite3.connect(self._file, isolation_level=None, timeout=60.0)
        self._holder.execute("BEGIN EXCLUSIVE")

    def come_back(self) -> None:
        if self._holder is not None:
            self._holder.rollback()
            self._holder.close()
            self._holder = None

    def close(self) -> None:
        self.come_back()


class Postgres:
    """A PostgreSQL server of its own; it ends as if its process had crashed, and recovers from its log."""

    outage = "ledger restart"

    def __init__(self) -> None:
        # A folder of its own with a short path: as root the server runs as another user, and its socket lies there.
        self._folder = Path(tempfile.mkdtemp(prefix="chaos-pg-"))
        watch(self._folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns about this machine's runtime folder
            import pgserver

            self._server: Any = pgserver.get_server(self._folder, cleanup_mode=None)
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            # The processes die here, never the machine: what was written to a file stays.
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f"CREATE DATABASE {_NAME}"))
            # Whoever connects asks our clock for the time, which can be stepped.
            connection.execute(text(f"ALTER DATABASE {_NAME} SET search_path = public, pg_catalog"))
        admin.dispose()
        self._engine = create_engine(url.set(database=_NAME), poolclass=NullPool)
        with self._engine.begin() as connection:
            for statement in STEPPABLE:
                connection.execute(text(statement))
        self.url = url.set(database=_NAME).render_as_string(hide_password=False)

        self._up = True

    def jump(self, seconds: float) -> None:
        """The clock is stepped."""
        with self._engine.begin() as connection:
            connection.execute(text(step_by(seconds)))

    def go(self) -> None:
        self._control("-m", "immediate", "stop")
        self._up = False

    def come_back(self) -> None:
        log, sockets = self._folder / "log", self._server.get_postmaster_info().socket_dir
        self._control("-o", '-h ""', "-o", f"-k {sockets}", "-l", str(log), "start")
        self._up = True

    def close(self) -> None:
        if self._up:
            self.go()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *words: str) -> None:
        from pgserver._commands import pg_ctl

        user = "pgserver" if os.geteuid() == 0 else None
        pg_ctl(["-w", *words], pgdata=self._folder, user=user, timeout=60, cwd=self._folder)
