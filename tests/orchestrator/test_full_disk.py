"""A full disk is one line, and leaves nothing half-written: no ledger without the sweep that it was made for."""

from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.ledger.db.engine import new_ledger, open_ledger
from prunesweep.core.ledger.db.new_file import NotPlaced
from prunesweep.core.ledger.queries.sweeps import list_sweeps
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.serving import postgres
from tests.orchestrator.test_exit_codes import Sweep
from tests.support.small_files import at_most

TABLES, SWEEP = 50_000, 250_000
"""Room that a new ledger's tables do not fit into, and that they fit into but no sweep."""
FIND = "find --grid demo --no-worker --max-drop 1"


@pytest.mark.parametrize(
    ("command", "room"),
    [*((f"{name} --grid demo", room) for name in ("submit", "run") for room in (TABLES, SWEEP)), (FIND, TABLES)],
)
def test_no_ledger_is_left_without_its_first_sweep(sweep: Sweep, home: Path, command: str, room: int) -> None:
    with at_most(room):
        told = sweep(*command.split())
    assert told.code in (1, 2) and ("disk" in told.complaint or "File too large" in told.complaint)
    assert not [path for path in home.glob("**/*") if path.is_file()]
    assert home.exists() == (command.startswith("run") and room == SWEEP), "run has made the store's folder by then"


def test_a_ledger_that_somebody_else_makes_meanwhile_is_kept(home: Path) -> None:
    settings = load_settings()
    with pytest.raises(NotPlaced), new_ledger(settings):
        open_ledger(settings).dispose()
    assert list_sweeps(open_ledger(settings)) == []
    assert {path.name for path in home.iterdir()} <= {f"ledger.sqlite3{end}" for end in ("", "-queue", "-wal", "-shm")}


def test_the_reason_why_no_database_can_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need("serve", "serve", modules=("psycopg",))
    programs = tmp_path / "bin"
    programs.mkdir()
    said = "FATAL:  could not write to file: No space left on device\nchild process exited\ninitdb: removing contents"
    (programs / "initdb").write_text(f"#!/bin/sh\nprintf '{said}' >&2\nexit 1\n")
    (programs / "initdb").chmod(0o755)
    monkeypatch.setattr(postgres, "_user", lambda: "")
    with pytest.raises(UserError, match=r"makes no database there: FATAL: .*No space left"):
        postgres.prepare(programs, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"bin"}
