"""What a command says when its ledger goes away under it."""

import pytest
from sqlalchemy.exc import OperationalError

from prunesweep.core.served import postgres_folder
from prunesweep.orchestrator.cli import app


@pytest.mark.parametrize("served", [True, False])
def test_a_lost_ledger_is_one_line_with_what_to_do(tmp_path, monkeypatch, capsys, served) -> None:
    monkeypatch.setenv("SWEEP_HOME", str(tmp_path))
    if served:
        postgres_folder(tmp_path).mkdir(parents=True)
    else:
        monkeypatch.setenv("SWEEP_DATABASE_URL", "postgresql://me:hush@far/sweeps")
    error = OperationalError("SELECT 1", {}, Exception("server closed the connection\n\tThis probably means …"))
    assert app._known(error) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "the ledger has gone away" in told and "hush" not in told
    assert ("start it again (sweep serve)" if served else "see that the server is up") in told
