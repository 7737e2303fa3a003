"""Opens the ledger: makes, checks and (when it is ours) upgrades it."""

import errno
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, OperationalError, ResourceClosedError

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.new_file import NotPlaced, new_file
from prunesweep.core.ledger.db.open_connections import OpenConnections
from prunesweep.core.ledger.db.silence import SilenceWatch
from prunesweep.core.ledger.db.sqlite import BUSY_SECONDS, begin, make_empty, settle, sqlite_engine
from prunesweep.core.ledger.db.transactions import BEGIN, QUEUE
from prunesweep.core.private import make_private
from prunesweep.core.settings import Settings, mask

# libpq counts this per address of a host, so that 2 s keeps an ordinary host under the 3 s we promise.
_CONNECT_SECONDS = 2
# A server that came back within that time is met by an error, as one that goes away during a call is.
_TRUSTED_SECONDS = 1.0
_IDLE_SINCE = "sweep_idle_since"
_CONNECTIONS, _WATCH = "sweep_connections", "sweep_watch"
# A path that swallows every packet is given up by the kernel, within about 30 s.
_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
_DATABASE_URL = "SWEEP_DATABASE_URL"


def _say_nothing(_: str) -> None:
    """Tell nobody."""


def open_ledger(
    settings: Settings,
    *,
    create: bool = True,
    upgrade: bool = False,
    tell: Callable[[str], object] = _say_nothing,
) -> Engine:
    """Return the ledger that the settings name, at the schema of this code.

    A SQLite ledger is made (unless `create` is False) and upgraded when it is behind; a server's is only checked,
    unless `upgrade` asks for more. Calls to a server that has answered nobody for `settings.answer` seconds end with
    OperationalError (`prunesweep.core.ledger.db.silence`).

    tell: called with a line about a server that does not answer, while a call waits for it.

    Raises:
        UserError: not reachable, not writable, or at another schema; names the setting, password masked.
    """
    if place := _sqlite_place(settings):
        return _open_sqlite(*place, create)
    url = _parse(settings.database_url)
    shown = mask(url.render_as_string(hide_password=False))
    if settings.served_here:
        served = _Named("SWEEP_HOME", str(settings.home), "serve it: sweep serve")
        return _open_server(url, upgrade, served, settings.answer, tell)
    named = _Named(_DATABASE_URL, shown, "check the URL and that the server is up")
    return _open_server(url, upgrade, named, settings.answer, tell)


def take_over(engine: Engine) -> OpenConnections:
    """Return the engine's connections, for a caller that ends calls without an answer by itself: from now on nobody
    else does."""
    options = engine.get_execution_options()
    if _WATCH not in options:
        return OpenConnections(engine)
    options[_WATCH].end()
    connections: OpenConnections = options[_CONNECTIONS]
    return connections


def wait_briefly(engine: Engine, seconds: float) -> None:
    """Make every later call wait at most that long for a SQLite file that another process has locked, then raise
    OperationalError: for callers that make it again, and have other things to do meanwhile."""
    if engine.dialect.name == "sqlite":
        engine.get_execution_options()[QUEUE].longest_wait = seconds
        pragma = f"PRAGMA busy_timeout={round(seconds * 1000)}"
        event.listen(engine, "connect", lambda connection, _record: connection.execute(pragma).close())
        engine.dispose()  # whoever connects from now on


def _parse(given: str) -> URL:
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise UserError(_DATABASE_URL, mask(given), "is not a database URL") from None
    if url.get_backend_name() == "sqlite" and (not url.database or url.database == ":memory:"):
        raise UserError(_DATABASE_URL, mask(given), "name a file: sqlite:////path/to/ledger.sqlite3")
    return url


def _open_sqlite(file: Path, field: str, create: bool) -> Engine:
    fix = _fix(field)
    if not create and not file.exists():
        raise UserError(field, file, "no ledger yet; run: sweep submit")
    try:
        make_private(file.parent)
    except OSError as error:
        raise UserError(field, file, f"cannot be made: {error.strerror}; {fix}") from None
    if not os.access(file if file.exists() else file.parent, os.W_OK) or not os.access(file.parent, os.W_OK):
        if not create and os.access(file, os.R_OK):
            return _open_read_only(file, field, fix)
        raise UserError(field, file, f"is not writable; {fix}")
    if not file.exists():
        _make_new(file, field)
    engine = sqlite_engine(file)
    _check(engine, field, str(file), fix, upgrade=True)
    return engine


@contextmanager
def new_ledger(settings: Settings) -> Iterator[Engine | None]:
    """A SQLite ledger that is not there yet, for its first writer: it appears at the end of the block with what has
    been written, or not at all. None = it is there already, or is a server's.

    Raises:
        NotPlaced: see there; nothing has been written.
        UserError: it cannot be made.
    """
    place = _sqlite_place(settings)
    if place is None or place[0].exists():
        yield None
        return
    file, field = place
    with ExitStack() as ends:
        try:
            part = ends.enter_context(new_file(file))
            _make_file(part, _mode(field))
        except (DBAPIError, OSError) as error:
            raise _not_made(file, field, error) from None
        engine = sqlite_engine(part, unknown=True)
        ends.callback(engine.dispose)
        yield engine
        settle(engine)


def _sqlite_place(settings: Settings) -> tuple[Path, str] | None:
    """Return the file of a SQLite ledger and the setting that names it; None for a server's."""
    if settings.embedded_ledger:
        return settings.ledger_file, "ledger"
    url = _parse(settings.database_url)
    return (Path(url.database or ""), _DATABASE_URL) if url.get_backend_name() == "sqlite" else None


def _make_new(file: Path, field: str) -> None:
    """Make the file with its tables, unless somebody else does; or an empty one, where it cannot be made as a whole.

    Raises:
        UserError: the disk has no room.
    """
    try:
        with new_file(file) as part:
            _make_file(part, _mode(field))
    except NotPlaced:
        make_empty(file, _mode(field))
    except (DBAPIError, OSError) as error:
        raise _not_made(file, field, error) from None


def _make_file(file: Path, mode: int) -> None:
    """Make a file with a new ledger's tables."""
    make_empty(file, mode)
    engine = sqlite_engine(file, unknown=True)
    try:
        migrate.create(engine)
        settle(engine)
    finally:
        engine.dispose()


def _mode(field: str) -> int:
    return 0o600 if field == "ledger" else 0o644


def _fix(field: str) -> str:
    return "set SWEEP_HOME to a folder you can write" if field == "ledger" else "name a ledger, or a new file"


def _not_made(file: Path, field: str, error: DBAPIError | OSError) -> UserError:
    reason = _reason(error) if isinstance(error, DBAPIError) else error.strerror
    full = isinstance(error, DBAPIError) or error.errno in (errno.ENOSPC, errno.EDQUOT)
    room = "free some room there, or " if full else ""
    return UserError(field, file, f"cannot be made: {reason}; {room}{_fix(field)}")


def _open_read_only(file: Path, field: str, fix: str) -> Engine:
    """Open a SQLite ledger that may only be read. What would write raises UserError.

    Raises:
        UserError: it cannot be used, or is at an older schema.
    """

    def begin_to_read(connection: Connection) -> None:
        if connection.get_execution_options().get(BEGIN, "BEGIN") != "BEGIN":
            raise UserError(field, file, f"is not writable; {fix}")
        begin(connection)

    for query in ("mode=ro", "mode=ro&immutable=1"):
        # A file that nobody has open has no write-ahead log beside it, and none can be made: then it cannot change.
        path = f"file:{quote(str(file))}?{query}&uri=true"
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "begin", begin_to_read)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1 FROM sqlite_schema LIMIT 1"))
        except OperationalError:
            engine.dispose()
        else:
            break
    _check(engine, field, str(file), fix, upgrade=False)
    return engine


@dataclass(frozen=True)
class _Named:
    """How messages name a server: by which setting, with what value, and what to do when it is away."""

    field: str
    shown: str
    fix: str


def _open_server(url: URL, upgrade: bool, named: _Named, answer: float, tell: Callable[[str], object]) -> Engine:
    wanted = {"connect_timeout": _CONNECT_SECONDS, **_KEEPALIVE}
    engine = create_engine(url, connect_args={name: wanted[name] for name in wanted.keys() - url.query.keys()})
    connections = OpenConnections(engine)
    watch = SilenceWatch(engine, connections, answer, lambda said: tell(f"{named.field} {named.shown!r} {said}"))
    engine.update_execution_options(**{_CONNECTIONS: connections, _WATCH: watch})
    _check_idle(engine)
    _check(engine, named.field, named.shown, named.fix, upgrade=upgrade)
    return engine


def _check(engine: Engine, field: str, shown: str, fix: str, *, upgrade: bool) -> None:
    """Raise UserError, and leave no connection open, unless the ledger answers and is at this code's schema."""
    try:
        _check_version(engine, shown, field, upgrade=upgrade)
    except (DBAPIError, ResourceClosedError) as error:  # the latter where it is lost while SQLAlchemy gets to know it
        engine.dispose()
        watch: SilenceWatch | None = engine.get_execution_options().get(_WATCH)
        reason = (watch.given_up if watch else "") or _reason(error)
        raise UserError(field, shown, f"cannot be used: {reason}; {fix}") from None
    except UserError:
        engine.dispose()
        raise


def _check_version(engine: Engine, shown: str, field: str, *, upgrade: bool) -> None:
    found = migrate.current(engine)
    if found == migrate.HEAD:
        return
    if found is not None and not migrate.is_known(found):
        raise UserError(field, shown, f"was written by a newer version (schema {found}); upgrade prunesweep")
    if not upgrade:
        raise UserError(field, shown, f"is at schema {found or 'none'}, not {migrate.HEAD}; run: sweep db upgrade")
    migrate.upgrade(engine)


def _check_idle(engine: Engine) -> None:
    """Try connections that lay idle before use: a server that was away has closed them. To try each one every
    time (`pool_pre_ping`) would cost a round trip for every call."""

    def note(_connection: Any, record: Any) -> None:
        record.info[_IDLE_SINCE] = time.monotonic()

    def ping(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get(_IDLE_SINCE, math.inf) < _TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the server has closed the connection") from error

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)


def _reason(error: DBAPIError | ResourceClosedError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
