"""Several upgrade one ledger at the same moment, and some are killed while they do."""

import signal

import pytest
from sqlalchemy import create_engine, func, select, text

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import METADATA
from tests.ledger.upgraders import upgrade_and_die, upgrade_with_others
from tests.support.ready_processes import ready_processes


def start(work, settings, log, what):
    """A process that does this to the ledger."""
    process = ready_processes().Process(target=work, args=(settings, log, what))
    process.start()
    return process


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


@pytest.mark.parametrize("revision", ["", migrate.REVISIONS[0], migrate.REVISIONS[-2]])
def test_all_succeed_and_nothing_is_doubled(load_golden, tmp_path, revision):
    settings, together = load_golden(revision), ready_processes().Barrier(3)
    logs = [tmp_path / f"upgrader{number}" for number in range(3)]
    upgraders = [start(upgrade_with_others, settings, log, together) for log in logs]
    for upgrader, log in zip(upgraders, logs, strict=True):
        upgrader.join(300)
        assert (upgrader.exitcode, log.read_text()) == (0, "")
    versions, rows, differences = facts(settings)
    assert (versions, differences) == ([migrate.HEAD], [])
    assert rows["sweeps"] == (2 if revision else 0)
    assert rows["stages"] == (22 if revision else 0)


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
def test_one_that_is_killed_leaves_the_old_schema_and_the_next_succeeds(load_golden, tmp_path, revision, at):
    settings, log = load_golden(revision), tmp_path / "victim"
    victim = start(upgrade_and_die, settings, log, at)
    victim.join(300)
    assert victim.exitcode == -signal.SIGKILL, log.read_text()
    raw = create_engine(settings.database_url or f"sqlite:///{settings.ledger_file}")
    assert migrate.current(raw) == (revision or None)
    raw.dispose()
    open_ledger(settings, upgrade=True).dispose()
    versions, rows, differences = facts(settings)
    assert (versions, differences) == ([migrate.HEAD], [])
    assert rows["stages"] == (22 if revision else 0)
