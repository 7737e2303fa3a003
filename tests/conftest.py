"""Fixtures that several rooms share: settings in a folder of their own, and a fresh ledger on each database."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from core.ledger import migrate
from core.ledger.engine import open_ledger
from core.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults, with SWEEP_HOME in the test's own folder."""
    return load_settings({"SWEEP_HOME": str(tmp_path / "home")})


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A real PostgreSQL server, with the right to make databases; its `template` database holds the schema."""
    # Not in pytest's own folder: as root the server runs as another user, and every pytest that starts closes
    # that folder to others. A short path as well, because the server's socket lies in it.
    folder = tempfile.mkdtemp(prefix="pg-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its helpers warn about this machine's runtime folder
        import pgserver

        server = pgserver.get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template"))
    template = create_engine(url.set(database="template"))
    migrate.upgrade(template)
    template.dispose()
    yield admin
    admin.dispose()
    server.cleanup()


@pytest.fixture
def postgres_database(postgres: Engine) -> Iterator[Callable[[bool], str]]:
    """Makes a fresh database and gives its URL: `postgres_database(True)` with the schema, `(False)` empty."""
    made: list[str] = []

    def make(with_schema: bool) -> str:
        name = f"test_{uuid4().hex}"
        template = "template" if with_schema else "template0"
        with postgres.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        made.append(name)
        return postgres.url.set(database=name).render_as_string(hide_password=False)

    yield make
    with postgres.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings whose ledger is a fresh one, once on each database."""
    if request.param == "sqlite":
        return settings
    make = request.getfixturevalue("postgres_database")
    return replace(settings, database_url=make(True))


@pytest.fixture
def ledger(ledger_settings: Settings) -> Iterator[Engine]:
    """A fresh ledger, once on each database."""
    engine = open_ledger(ledger_settings)
    yield engine
    engine.dispose()
