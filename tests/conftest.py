"""Fixtures that several rooms share: settings in a folder of their own, and a fresh ledger on each database."""

import gc
import os
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from xdist.scheduler import LoadScopeScheduling

from prunesweep.core.ledger.db import engine as ledger_engine
from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db import sqlite as ledger_sqlite
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import METADATA
from prunesweep.core.settings import Settings, load_settings
from tests.support.examples import examples
from tests.support.ledger_template import make_template, put_template
from tests.support.shared_statements import sharing
from tests.support.watchdog import watch


def pytest_configure() -> None:
    """Set how many examples a property is tried on where it doesn't say so itself; and what a signal does.

    No example has a deadline: a busy machine must not fail a test. Ctrl-C works in the programs that tests start, even
    if a shell started these tests in the background: it has interrupts ignored there, and a program inherits that."""
    hypothesis.settings.register_profile("ours", max_examples=examples(20), deadline=None)
    hypothesis.settings.load_profile("ours")
    # A full collection walks through all that torch and SQLAlchemy are made of; by default it comes every second or so.
    gc.set_threshold(50_000, 20, 100)
    # Torch's threads wait for work by computing, which takes time from other tests' processes: ten times what a small
    # network needs. Read once, when torch is loaded; programs that tests start inherit it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


_TOGETHER = frozenset(
    (
        "integration/test_broker_loss.py",
        "integration/test_broker_refuses.py",
        "integration/test_resume.py",
        "integration/test_worker_runs.py",
        "artifacts/test_s3.py",
        "dashboard/test_browser.py",
        "dashboard/test_comparison.py",
        "docs/test_pages_run.py",
        "docs/test_site.py",
        "images/test_published.py",
        "orchestrator/test_sink_mlflow.py",
        "security/test_hostile_messages.py",
        "security/test_tls.py",
        "worker/test_lineage.py",
    )
)
"""Files whose tests share something expensive: a worker, a server, a browser, a built site."""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Say what ended a test process that died: its exit code, or minus the number of the signal."""
    if error:
        code = node.gateway._io.popen.wait(10)  # xdist says only that it is gone
        print(f"\n{node.gateway.id} ended with {signal.Signals(-code).name if code < 0 else f'exit code {code}'}")


def _is_together(nodeid: str) -> bool:
    return nodeid.partition("::")[0].removeprefix("tests/") in _TOGETHER


class Together(LoadScopeScheduling):
    """Tests of those files run in one process, so that what they share is made once; all others wherever there is room.

    Not xdist's own groups: pytest 9.2 has no `_nodeid`, by which xdist 3.8 tells its scheduler of them.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if _is_together(nodeid) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together | None:
    """Return the scheduler for `--dist loadgroup`."""
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None


_SERVERS = {
    *("chromium", "far", "make_shared_site", "make_site", "own_postgres", "postgres", "postgres_database"),
    *("postgres_ledger", "s3_server", "server", "servers", "shared", "site", "valkey", "weed"),
}
"""Fixtures that start a server, a worker or a browser: `make test-unit` leaves out the tests that use them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, and put what takes long first, so that no process idles at the end: slow tests, and
    files that one process runs as a whole."""
    for item in items:
        chosen = getattr(item, "callspec", None)
        on_postgres = chosen and any(str(one).startswith("postgres") for one in chosen.params.values())
        if on_postgres or _SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None and not _is_together(item.nodeid))


def pytest_collection_finish() -> None:
    """Leave what the tests' modules have loaded out of later searches for garbage."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_server_outlives_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    watch(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True)
def _cpus_of_each_test() -> Iterator[None]:
    """Give every test all CPUs. OpenVINO remembers the CPUs of the thread that used it first, and leaves every later
    one with these; a test that measures in this process had pinned its thread then."""
    cpus = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    yield
    if cpus:
        os.sched_setaffinity(0, cpus)


_make_file = ledger_engine._make_file


@pytest.fixture(scope="session", autouse=True)
def _new_ledgers_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Copy one file where a test's process makes a SQLite ledger; programs that it starts make their own."""
    template = make_template(tmp_path_factory.mktemp("template"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger_engine, "_make_file", partial(put_template, template, _make_file))
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (ledger_engine, ledger_sqlite):
            patch.setattr(module, "create_engine", sharing(create_engine))
        yield


@pytest.fixture
def ledgers_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of just that: new ledgers are made table by table after all."""
    monkeypatch.setattr(ledger_engine, "_make_file", _make_file)


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
    """The database's URL, once nobody else uses it and its tables are empty. A new database would take 20 × longer, and
    to truncate the tables four times as long: it makes new files for them and for their indexes."""
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    deleted = "; ".join(f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables))
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        connection.execute(text(deleted))
        connection.execute(text("SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"))
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
