"""The ledger that the pages read: opened when first needed, and again when it was away or is another file."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger, wait_briefly
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console.text import one_line

Found = TypeVar("Found")

_BUSY_SECONDS = 2.0
_ANSWER_SECONDS = 5.0
"""A page says soon that its ledger answers nobody, and asks again by itself."""
_LONGEST = 300


class LedgerAway(Exception):
    """The ledger cannot be read now; the message says why, in one line. missing: there is none yet."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class LedgerConnection:
    """A ledger that may come and go. Its methods may be called by several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = replace(settings, answer=min(settings.answer, _ANSWER_SECONDS))
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._file: tuple[int, int] | None = None

    def read(self, query: Callable[[Engine], Found]) -> Found:
        """Return what `query` finds in it.

        Raises:
            Away: it cannot be opened, or not be read.
            UserError: from the query.
        """
        engine = self._opened()
        try:
            return query(engine)
        except DBAPIError as error:
            raise LedgerAway(one_line(str(error.orig), _LONGEST) or type(error.orig).__name__) from None

    def close(self) -> None:
        """Close its connections; the next reading opens it again."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is not None and _identity(self._engine) != self._file:
                # The file went away, or another one took its place: what is open is of nobody's interest.
                self._engine.dispose()
                self._engine = None
            if self._engine is None:
                self._engine = self._open()
                self._file = _identity(self._engine)
            return self._engine

    def _open(self) -> Engine:
        try:
            engine = open_ledger(self.settings, create=False)
        except UserError as error:
            file = self.settings.ledger_file
            missing = self.settings.embedded_ledger and not file.exists()
            raise LedgerAway(one_line(str(error), _LONGEST), missing=missing) from None
        wait_briefly(engine, _BUSY_SECONDS)
        return engine


def _identity(engine: Engine) -> tuple[int, int] | None:
    """Return which file a SQLite ledger is; None for a server's, or when it is gone."""
    if engine.dialect.name != "sqlite":
        return None
    try:
        found = Path(engine.url.database or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
