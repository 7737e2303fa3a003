"""A ledger whose clock can be stepped: the database itself then says another time, to every process that asks."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

_JUMP = "clock_jump"
STEPPABLE = (
    f"CREATE TABLE IF NOT EXISTS public.{_JUMP} (seconds DOUBLE PRECISION NOT NULL)",
    f"TRUNCATE public.{_JUMP}",
    f"INSERT INTO public.{_JUMP} VALUES (0)",
    "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
    f"$$ SELECT pg_catalog.clock_timestamp() + make_interval(secs => (SELECT seconds FROM public.{_JUMP})) $$",
)


def step_by(seconds: float) -> str:
    """SQL that steps the clock of a server that `STEPPABLE` was run on."""
    return f"UPDATE public.{_JUMP} SET seconds = seconds + {float(seconds)!r}"


class SteppedClock:
    """`jump` steps it. Make it before the engine is used, in every process that opens the ledger; file: holds the
    step that all of them share (SQLite; a server keeps it in a table of its own)."""

    def __init__(self, engine: Engine, file: Path, *, first: bool = True) -> None:
        """first: False in the second, third … process."""
        self._engine, self._file = engine, file
        self._server = engine.dialect.name == "postgresql"
        if self._server and first:
            with engine.begin() as connection:
                for statement in STEPPABLE:
                    connection.execute(text(statement))
        elif first:
            self._write(0.0)
        event.listen(engine, "connect", self._prepare)
        engine.dispose()  # whoever connects from now on

    def jump(self, seconds: float) -> None:
        """All who ask from now on are told a time that is so much later."""
        if self._server:
            with self._engine.begin() as connection:
                connection.execute(text(step_by(seconds)))
            return
        self._write(float(self._file.read_text()) + seconds)

    def remove(self) -> None:
        """For a server's database that others use after us."""
        if self._server:
            with self._engine.begin() as connection:
                connection.execute(text("DROP FUNCTION IF EXISTS public.clock_timestamp()"))
                connection.execute(text(f"DROP TABLE IF EXISTS public.{_JUMP}"))

    def _write(self, seconds: float) -> None:
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.write_text(repr(seconds))
        fresh.replace(self._file)  # whoever reads it finds the old number or the new one

    def _prepare(self, connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            step_sqlite(connection, self._file)
            return
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = public, pg_catalog")
        connection.commit()


def step_sqlite(connection: sqlite3.Connection, file: Path) -> None:
    """This connection's `julianday('now')` is off by the seconds that the file holds."""

    def julianday(_now: str) -> float:
        return (time.time() + float(file.read_text())) / 86_400.0 + 2_440_587.5

    connection.create_function("julianday", 1, julianday)
