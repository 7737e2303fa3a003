"""Ledgers of another schema than this code's: what every command says of them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import load_settings

COMMANDS = [
    ("status",),
    ("submit", "--grid", "demo"),
    ("worker", "--devices", "cpu"),
    ("db", "upgrade"),
    ("report",),
    ("list",),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def at_home(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The commands' ledger, at this code's schema."""
    settings = load_settings()
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_database")()
        monkeypatch.setenv("SWEEP_DATABASE_URL", url)
        settings = replace(settings, database_url=url)
    engine = open_ledger(settings, upgrade=True)
    engine.dispose()
    return engine


def complaint_of(sweep, command: tuple[str, ...]) -> str:
    """The command's one line on stderr, once its exit code has proved to be 2."""
    if command[0] != "worker":
        ran = sweep(*command)
        assert ran.code == 2
        return ran.complaint
    # It becomes another program, so it needs a process of its own.
    code = "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())"
    ran = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    [line] = ran.stderr.splitlines()
    return line


def set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_newer_ledger_is_refused_in_one_line(sweep, at_home: Engine, command: tuple[str, ...]) -> None:
    set_revision(at_home, "9999")
    assert complaint_of(sweep, command).endswith("was written by a newer version (schema 9999); upgrade prunesweep")
    assert migrate.current(at_home) == "9999"
    at_home.dispose()


@pytest.mark.parametrize("command", [one for one in COMMANDS if one[0] != "db"], ids=" ".join)
def test_a_server_that_is_behind_says_what_to_run(sweep, home, postgres_database, monkeypatch, command) -> None:
    monkeypatch.setenv("SWEEP_DATABASE_URL", postgres_database())
    fix = f"is at schema none, not {migrate.HEAD}; run: sweep db upgrade"
    assert complaint_of(sweep, command).endswith(fix)
    ran = sweep("db", "upgrade")
    assert ran.code == 0
    assert ran.out.endswith(f": at schema {migrate.HEAD}\n")
    engine = create_engine(load_settings().database_url)
    assert migrate.current(engine) == migrate.HEAD
    engine.dispose()


def test_no_way_back_is_offered(sweep, home) -> None:
    assert "downgrade" not in sweep("db", "--help").out
    root = Path(__file__).parents[2]
    scripts = list((root / "migrations" / "versions").glob("0*.py"))
    assert len(scripts) == len(migrate.REVISIONS)
    assert not [script for script in scripts if "def downgrade" in script.read_text(encoding="utf-8")]
    assert not (root / "alembic.ini").exists()
