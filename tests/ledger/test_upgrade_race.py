"""Several upgrade one ledger at the same moment, and some are killed while they do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import METADATA

_UPGRADE = """
import sys
from alembic import command
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import load_settings
settings = load_settings()
print("ready", flush=True)
sys.stdin.readline()
open_ledger(settings, upgrade=True).dispose()
"""

_DIES = """
import os, signal, sys
from sqlalchemy import Engine, event
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import load_settings

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def look(connection, cursor, statement, *_):
    if sys.argv[1] in statement:
        die()

event.listen(Engine, "before_cursor_execute", look)
if sys.argv[1] == "COMMIT":
    begun = []
    event.listen(Engine, "before_cursor_execute", lambda c, k, statement, *_: begun.append("CREATE TABLE" in statement))
    event.listen(Engine, "commit", lambda _: die() if any(begun) else None)
open_ledger(load_settings(), upgrade=True).dispose()
"""


def start(settings, code, *arguments):
    """A process that runs the code on that ledger."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SWEEP_")}
    environ |= {"SWEEP_HOME": str(settings.home), "SWEEP_DATABASE_URL": settings.database_url}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def facts(settings):
    """(revisions in the version table, rows of each table, how the schema differs from the code's)."""
    engine = create_engine(settings.database_url or f"sqlite:///{settings.ledger_file}")
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar()
            for table in METADATA.sorted_tables
        }
    differences = migrate.check(engine)
    engine.dispose()
    return versions, rows, differences


@pytest.mark.slow
@pytest.mark.parametrize("revision", ["", migrate.REVISIONS[0], migrate.REVISIONS[-2]])
def test_all_succeed_and_nothing_is_doubled(load_golden, revision):
    settings = load_golden(revision)
    upgraders = [start(settings, _UPGRADE) for _ in range(3)]
    for upgrader in upgraders:
        assert upgrader.stdout.readline() == "ready\n"
    for upgrader in upgraders:
        upgrader.stdin.write("go\n")
        upgrader.stdin.flush()
    for upgrader in upgraders:
        out, err = upgrader.communicate(timeout=300)
        assert (upgrader.returncode, out, err) == (0, "", "")
    versions, rows, differences = facts(settings)
    assert (versions, differences) == ([migrate.HEAD], [])
    assert rows["sweeps"] == (2 if revision else 0)
    assert rows["stages"] == (22 if revision else 0)


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize(
    ("revision", "at"),
    [
        ("", "COMMIT"),
        ("0001", "CREATE TABLE snapshots"),
        ("0001", "CREATE INDEX ix_snapshots"),
        ("0001", "alembic_version SET"),
        ("0001", "COMMIT"),
    ],
)
def test_one_that_is_killed_leaves_the_old_schema_and_the_next_succeeds(load_golden, revision, at):
    settings = load_golden(revision)
    victim = start(settings, _DIES, at)
    _, err = victim.communicate(timeout=300)
    assert victim.returncode == -signal.SIGKILL, err
    raw = create_engine(settings.database_url or f"sqlite:///{settings.ledger_file}")
    assert migrate.current(raw) == (revision or None)
    raw.dispose()
    open_ledger(settings, upgrade=True).dispose()
    versions, rows, differences = facts(settings)
    assert (versions, differences) == ([migrate.HEAD], [])
    assert rows["stages"] == (22 if revision else 0)
