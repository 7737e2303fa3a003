"""Fixtures that several rooms share: settings in a folder of their own, and a fresh ledger on each database."""

import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import METADATA
from prunesweep.core.settings import Settings, load_settings
from tests.support.watchdog import watch


def pytest_configure() -> None:
    """Ctrl-C works in the programs that tests start, even if a shell started these tests in the background: it has
    interrupts ignored there, and a program inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _no_server_outlives_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    watch(tmp_path_factory.getbasetemp())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults, with SWEEP_HOME in the test's own folder."""
    return load_settings({"SWEEP_HOME": str(tmp_path / "home")})


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A real PostgreSQL server, with the right to make databases."""
    # Not in pytest's own folder: as root the server runs as another user, and every pytest that starts closes
    # that folder to others. A short path as well, because the server's socket lies in it.
    folder = tempfile.mkdtemp(prefix="pg-")
    watch(Path(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its helpers warn about this machine's runtime folder
        import pgserver

        server = pgserver.get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield admin
    admin.dispose()
    server.cleanup()


@pytest.fixture
def postgres_database(postgres: Engine) -> Iterator[Callable[[], str]]:
    """Makes a new and empty database (a third of a second each) and gives its URL."""
    made: list[str] = []

    def make() -> str:
        name = f"test_{uuid4().hex}"
        with postgres.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        return postgres.url.set(database=name).render_as_string(hide_password=False)

    yield make
    with postgres.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def postgres_ledger(postgres: Engine) -> Iterator[Engine]:
    """One database at this code's schema; whoever uses it empties it first."""
    with postgres.connect() as connection:
        connection.execute(text("CREATE DATABASE ledger"))
    engine = create_engine(postgres.url.set(database="ledger"), pool_pre_ping=True)  # some tests end its connections
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def _emptied(engine: Engine) -> str:
    """The database's URL, once nobody else uses it and its tables are empty. A new database would take 20 × longer."""
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    tables = ", ".join(table.name for table in METADATA.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings whose ledger is an empty one, once on each database. Its rows are the test's own, its schema isn't."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=_emptied(request.getfixturevalue("postgres_ledger")))


@pytest.fixture
def ledger(ledger_settings: Settings) -> Iterator[Engine]:
    """An empty ledger, once on each database."""
    engine = open_ledger(ledger_settings)
    yield engine
    engine.dispose()
