"""Real databases for the benches of the ledger, each in a temporary folder, with the durability that users get."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import Engine, make_url, text

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from prunesweep.core.settings import load_settings

DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Database:
    """Database.

    Attributes:
        name: one of DATABASES.
        url: for `open_url`.
        server: process id of its server, 0 = none.
        durability: one line, as the database itself says it.
    """

    name: str
    url: str
    server: int
    durability: str

    def server_seconds(self) -> float:
        """Return processor seconds of the server's processes that are alive, since each began."""
        if not self.server:
            return 0.0
        main = psutil.Process(self.server)
        times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
        seconds: float = sum(spent.user + spent.system for spent in times)
        return seconds


def open_url(url: str) -> Engine:
    """Open the ledger there, made or upgraded where that is needed."""
    return open_ledger(load_settings({"SWEEP_HOME": tempfile.gettempdir(), "SWEEP_DATABASE_URL": url}), upgrade=True)


@contextmanager
def started(name: str) -> Iterator[Database]:
    """Open an empty ledger on the database of that name, up to the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))  # short: a server's socket lies in it
    try:
        with _postgres(folder) if name == "postgres" else _sqlite(folder) as database:
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _sqlite(folder: Path) -> Iterator[Database]:
    url = f"sqlite:///{folder}/ledger.sqlite3"
    engine = open_url(url)
    with engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        level = ("OFF", "NORMAL", "FULL", "EXTRA")[connection.execute(text("PRAGMA synchronous")).scalar_one()]
    engine.dispose()
    yield Database("sqlite", url, 0, f"journal_mode={journal} synchronous={level}")


@contextmanager
def _postgres(folder: Path) -> Iterator[Database]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own code warns about this machine's runtime folder
        from pgserver.postgres_server import get_server

        server = get_server(str(folder), cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        engine = open_url(url)
        with engine.connect() as connection:
            names = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers")
            shown = [f"{name}={connection.execute(text(f'SHOW {name}')).scalar_one()}" for name in names]
        engine.dispose()
        yield Database("postgres", url, server.get_pid() or 0, " ".join(shown))
    finally:
        server.cleanup()


def submit(engine: Engine, name: str, sleeps: Sequence[Sleep]) -> tuple[str, ...]:
    """Writes stages without cells into the ledger; digests of those that are READY."""
    encoded = {digest_of(encode(sleep)): encode(sleep) for sleep in sleeps}
    plan = Plan(GRIDS["demo"], (), dict(zip(encoded, sleeps, strict=True)), encoded)
    return add_sweep(engine, plan, name, "bench").ready
