"""Many rows at once: the same rows as one by one, whatever their types and defaults, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, bindparam, insert, select, update

from prunesweep.core.ledger.db import bulk as room
from prunesweep.core.ledger.db.bulk import bulk
from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import cells, stages, sweeps
from prunesweep.core.ledger.db.transactions import insert_into, writing


def _stage(digest: str, **more: Any) -> dict[str, Any]:
    plain = {"digest": digest, "kind": "sleep", "spec": "{}", "state": "PENDING", "created_at": 1.5}
    return {**plain, "summary": {"ü": [1, None]}, "ran": None, "cancel": True, **more}


def _cell(position: int) -> dict[str, Any]:
    axes = {
        "algorithm": "oneshot",
        "sparsity": 0.5,
        "epochs": 1,
        "iterations": 1,
        "seed": position,
        "dataset": "digits",
    }
    used = {"train": "a" * 64, "rounds": ["b" * 64, "ü"], "evaluate": "b" * 64, "dense_evaluate": "a" * 64}
    return {
        "sweep_id": 1,
        "position": position,
        "dataset": "digits",
        "model": "lenet",
        "width": 0,
        "benchmark": None,
        **axes,
        **used,
    }


def test_rows_are_those_of_single_statements(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHUNK", 3)
    with writing(ledger) as connection:
        facts = {"name": "s", "grid": {}, "version": "1", "cancelled": False, "created_at": DatabaseNow()}
        connection.execute(insert(sweeps).values(**facts))
        connection.execute(insert(stages), [_stage(letter * 64) for letter in "abc"])
        bulk(connection, insert(stages), (_stage(letter * 64) for letter in "defghij"))
        bulk(connection, insert(stages), iter(()))
        connection.execute(insert(cells), [_cell(1)])
        bulk(connection, insert(cells), (_cell(number) for number in range(2, 9)))
        rows = [row._asdict() for row in connection.execute(select(stages).order_by(stages.c.digest))]
        made = [row._asdict() for row in connection.execute(select(cells).order_by(cells.c.position))]
    assert [row.pop("digest")[0] for row in rows] == list("abcdefghij")
    assert all(row == rows[0] for row in rows)
    for row in made:
        del row["id"]
    assert made == [_cell(number) for number in range(1, 9)]


def test_conflicts_and_updates(ledger: Engine) -> None:
    changed = update(stages).where(stages.c.digest == bindparam("of"), stages.c.kind == "sleep")

    def again() -> Iterator[dict[str, Any]]:
        yield from (_stage(letter * 64, rank=7) for letter in "ab")

    with writing(ledger) as connection:
        bulk(connection, insert(stages), [_stage("a" * 64, rank=9)])
        adding = insert_into(connection, stages)
        lower = {"set_": {"rank": adding.excluded.rank}, "where": adding.excluded.rank < stages.c.rank}
        bulk(connection, adding.on_conflict_do_update(index_elements=["digest"], **lower), again())
        bulk(connection, changed.values(epochs=bindparam("to")), [{"of": "b" * 64, "to": 3}, {"of": "c" * 64, "to": 4}])
        found = connection.execute(select(stages.c.rank, stages.c.epochs).order_by(stages.c.digest)).all()
    assert [tuple(row) for row in found] == [(7, 0), (7, 3)]
