"""Opening a ledger: what is made, what is refused, and in which words."""

import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db import check, migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queue.claims import heartbeat
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.private import make_private
from prunesweep.core.settings import Settings
from tests.ledger.upgraders import open_elsewhere
from tests.support.ready_processes import ready_processes

pytestmark = pytest.mark.usefixtures("ledgers_of_their_own")


def test_home_is_made_private_and_the_ledger_is_at_head(settings: Settings) -> None:
    engine = open_ledger(settings)
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    assert migrate.current(engine) == migrate.HEAD
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def _tables(engine: Engine) -> dict[str, object]:
    """Return columns in order, foreign keys and indexes of every table, as SQLite knows them."""
    found: dict[str, object] = {}
    with engine.connect() as connection:
        ask = connection.exec_driver_sql
        for (name,) in ask("SELECT name FROM sqlite_schema WHERE type = 'table'").all():
            indexes = [
                (row[1:], ask(f"PRAGMA index_xinfo({row[1]})").all()) for row in ask(f"PRAGMA index_list({name})")
            ]
            keys = sorted(row[2:] for row in ask(f"PRAGMA foreign_key_list({name})"))
            found[name] = (ask(f"PRAGMA table_xinfo({name})").all(), keys, sorted(indexes))
    return found


def test_a_new_ledger_is_what_all_revisions_make(settings: Settings) -> None:
    engine = open_ledger(settings)
    with check.revised() as old:
        assert _tables(engine) == _tables(old)
        assert migrate.current(engine) == migrate.current(old)
    engine.dispose()


def test_under_any_umask_what_is_kept_in_an_open_home_is_private(settings: Settings) -> None:
    before = os.umask(0)
    try:
        settings.home.mkdir(mode=0o777)
        engine = open_ledger(settings)
        ArtifactStore.open("", settings.home).put(b"weights")
        make_private(settings.home / "logs")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.home.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert modes.keys() >= {"ledger.sqlite3", "artifacts", "logs"}
    assert [name for name, mode in modes.items() if mode & 0o077] == []


_READ = """
import ctypes, os, sys
if os.geteuid() == 0:  # without root's right to write everywhere, which the next program would get as well
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
_SWEEP = """
import contextlib, io, json, sys
from prunesweep.orchestrator.cli.app import main
for line in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(line.split())
    print(json.dumps([line, code, out.getvalue(), err.getvalue()]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights as Linux has them")
@pytest.mark.parametrize("in_use", [False, True], ids=["at rest", "in use"])
def test_a_ledger_that_may_only_be_read_is_read(settings: Settings, in_use: bool) -> None:
    engine = open_ledger(settings)
    add_sweep(engine, plan(GRIDS["demo"]), "kept", "0")
    if not in_use:
        engine.dispose()
    for path in (settings.ledger_file, settings.home):
        path.chmod(0o555 if path.is_dir() else 0o444)
    environ = os.environ | {"SWEEP_HOME": str(settings.home)}
    reads, writes = (
        ("status kept", "list", "report kept --format=csv"),
        ("cancel kept", "retry kept", "submit --grid=demo"),
    )
    try:
        command = [sys.executable, "-c", _READ, _SWEEP, *reads, *writes]
        ran = subprocess.run(command, capture_output=True, text=True, env=environ, check=True)
    finally:
        settings.home.chmod(0o700)
        engine.dispose()
    said = {line: words for line, *words in map(json.loads, ran.stdout.splitlines())}
    for line in reads:
        code, out, err = said[line]
        assert (code, err) == (0, "") and "kept" in out, said[line]
    for line in writes:
        code, _, err = said[line]
        assert code == 2 and err.count("\n") == 1, said[line]
        assert "is not writable; set SWEEP_HOME to a folder you can write" in err


def test_without_create_a_missing_ledger_is_an_error_and_stays_missing(settings: Settings) -> None:
    with pytest.raises(UserError, match="no ledger yet; run: sweep submit"):
        open_ledger(settings, create=False)
    assert not settings.home.exists()


@pytest.mark.parametrize("name", ["ledger.sqlite3", "a?mode=rwc#b%41 ü.sqlite3"])
def test_a_ledger_that_went_away_is_not_made_again_empty(settings: Settings, tmp_path: Path, name: str) -> None:
    """Not even from the write-ahead log that it left behind: what is missing is away, and comes back as it was."""
    file = tmp_path / "there" / name
    engine = open_ledger(replace(settings, database_url=f"sqlite:///{quote(str(file))}"))
    file = Path(engine.url.database or "")
    with engine.connect() as held:
        held.execute(text("CREATE TABLE kept (one INTEGER)"))
        held.commit()
        file.rename(tmp_path / "moved")
        with pytest.raises(OperationalError, match="unable to open"), engine.connect():
            pass
        assert not file.exists()
        (tmp_path / "moved").rename(file)
        with engine.connect() as other:
            other.execute(text("SELECT * FROM kept"))
    engine.dispose()


def test_a_sqlite_url_is_a_ledger_of_its_own(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "mine.sqlite3"
    engine = open_ledger(replace(settings, database_url=f"sqlite:///{file}"))
    assert file.exists()
    assert not settings.home.exists()
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://host:notaport/x"])
def test_an_unusable_url_is_named(settings: Settings, url: str) -> None:
    with pytest.raises(UserError, match="SWEEP_DATABASE_URL"):
        open_ledger(replace(settings, database_url=url))


def test_a_home_that_cannot_be_made_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    with pytest.raises(UserError, match="set SWEEP_HOME to a folder you can write") as error:
        open_ledger(replace(settings, home=home))
    assert str(home) in str(error.value)


def test_a_file_that_is_no_ledger_is_named(settings: Settings) -> None:
    settings.home.mkdir()
    settings.ledger_file.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(UserError, match="file is not a database") as error:
        open_ledger(settings)
    assert str(settings.ledger_file) in str(error.value)


def test_a_file_that_is_not_writable_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(settings).dispose()
    # Root may write everything, so the answer of the operating system is played.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != settings.ledger_file)
    with pytest.raises(UserError, match="is not writable; set SWEEP_HOME") as error:
        open_ledger(settings)
    assert str(settings.ledger_file) in str(error.value)


@pytest.fixture(params=["sqlite", "postgres"])
def own_ledger(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """A ledger whose schema the test may damage."""
    if request.param == "sqlite":
        return settings
    url = request.getfixturevalue("postgres_database")()
    own = replace(settings, database_url=url)
    open_ledger(own, upgrade=True).dispose()
    return own


def test_a_newer_ledger_is_refused_and_left_alone(own_ledger: Settings) -> None:
    engine = open_ledger(own_ledger)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="upgrade prunesweep"):
        open_ledger(own_ledger)
    assert migrate.current(engine) == "9999"
    engine.dispose()


def test_a_server_that_is_behind_says_what_to_run(settings: Settings, postgres_database: Callable[[], str]) -> None:
    behind = replace(settings, database_url=postgres_database())
    with pytest.raises(UserError, match="run: sweep db upgrade"):
        open_ledger(behind)
    engine = create_engine(behind.database_url)
    assert migrate.upgrade(engine) == (None, migrate.HEAD)
    assert migrate.upgrade(engine) == (migrate.HEAD, migrate.HEAD)
    engine.dispose()
    open_ledger(behind).dispose()


def test_a_server_that_is_away_is_named_without_its_password(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"postgresql+psycopg://me:hunter2@127.0.0.1:{taken.getsockname()[1]}/ledger"
        with pytest.raises(UserError, match="SWEEP_DATABASE_URL") as error:
            open_ledger(replace(settings, database_url=url))
    assert "hunter2" not in str(error.value)
    assert "me:***@127.0.0.1" in str(error.value)


def test_a_server_that_never_answers_is_given_up(settings: Settings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql+psycopg://127.0.0.1:{silent.getsockname()[1]}/ledger"
        with pytest.raises(UserError, match="timeout expired"):
            open_ledger(replace(settings, database_url=url))


@pytest.mark.slow
def test_first_users_at_once_share_one_ledger(settings: Settings, tmp_path: Path) -> None:
    """Processes, from another folder."""
    logs = [tmp_path / f"opener{number}" for number in range(3)]
    openers = [ready_processes().Process(target=open_elsewhere, args=(settings, log, tmp_path)) for log in logs]
    for opener in openers:
        opener.start()
    for opener, log in zip(openers, logs, strict=True):
        opener.join(600)
        assert (opener.exitcode, log.read_text()) == (0, "")
    with sqlite3.connect(settings.ledger_file) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(migrate.HEAD,)]
    connection.close()


def test_upgraders_at_once_on_a_server(postgres_database: Callable[[], str]) -> None:
    engines = [create_engine(url) for url in [postgres_database()] * 3]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(migrate.upgrade, engines))
    assert {after for _, after in results} == {migrate.HEAD}
    assert migrate.check(engines[0]) == []
    for engine in engines:
        engine.dispose()


def test_migrations_give_the_tables_of_the_code(own_ledger: Settings) -> None:
    engine = open_ledger(own_ledger)
    assert migrate.check(engine) == []
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE latencies"))
    assert any("latencies" in line for line in migrate.check(engine))
    engine.dispose()


def test_every_revision_is_listed() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(migrate._config())
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == migrate.REVISIONS


def test_check_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main() == 0
    assert "up to date" in capsys.readouterr().out


def test_a_connection_that_the_server_closed_is_replaced(
    settings: Settings, postgres: Engine, postgres_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prunesweep.core.ledger.db.engine._TRUSTED_SECONDS", 0.0)
    url = postgres_database()
    engine = open_ledger(replace(settings, database_url=url), upgrade=True)
    assert heartbeat(engine, "nobody", [], 60.0) == []
    with postgres.connect() as connection:
        ended = text("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = :name")
        assert connection.execute(ended, {"name": make_url(url).database}).scalar_one() == 1
    assert heartbeat(engine, "nobody", [], 60.0) == []
    engine.dispose()
