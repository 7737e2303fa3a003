"""`make migration`: the next revision as code, from a changed schema."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData

from prunesweep.core.ledger.db.migrate import HEAD
from prunesweep.core.ledger.db.schema import METADATA
from tests.ledger.new_revision import new_revision


def test_a_column_more_becomes_a_migration(tmp_path: Path) -> None:
    changed = MetaData()
    for table in METADATA.tables.values():
        table.to_metadata(changed)
    changed.tables["stages"].append_column(Column("weight", Integer, server_default="0", nullable=False))
    path = new_revision("weight of a stage", changed, tmp_path)
    assert path.name == f"{int(HEAD) + 1:04d}_weight_of_a_stage.py"
    names = {
        node.targets[0].id: node.value.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
    }
    assert names == {"revision": f"{int(HEAD) + 1:04d}", "down_revision": HEAD}
    assert "op.add_column('stages', sa.Column('weight', sa.Integer(), server_default='0', nullable=False))" in (
        path.read_text()
    )


@pytest.mark.parametrize(("name", "message"), [("", "say what changes"), ("nothing", "agree")])
def test_there_is_nothing_to_write(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=message):
        new_revision(name, folder=tmp_path)
    assert not list(tmp_path.iterdir())
