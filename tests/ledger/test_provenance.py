"""Learning curves and provenance, as read from the ledger."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from prunesweep.core.ledger.db.schema import cells, metrics, stages, workers
from prunesweep.core.ledger.queries.curves import EpochMetrics, learning_curves
from prunesweep.core.ledger.queries.provenance import provenance
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grids import GRIDS


@pytest.fixture
def demo() -> Plan:
    return plan(GRIDS["demo"])


def test_epochs_by_stage_and_stages_by_cell(ledger: Engine, demo: Plan) -> None:
    sweep = add_sweep(ledger, demo, "first", "0").id
    with ledger.begin() as connection:
        cell = connection.execute(select(cells).order_by(cells.c.position)).first()
        assert cell is not None
        row = {"attempt": 1, "lr": 0.1, "seconds": 1.0, "images_per_s": 1.0, "at": 0.0}
        for epoch in (2, 1):
            connection.execute(insert(metrics).values(digest=cell.train, epoch=epoch, loss=1 / epoch, top1=None, **row))
    found = learning_curves(ledger, sweep)
    assert found.path[cell.position] == (cell.train, *cell.rounds)
    assert len(found.path) == len(demo.cells)
    assert found.epochs == {cell.train: [EpochMetrics(1, 1.0, None), EpochMetrics(2, 0.5, None)]}


def test_versions_recipes_and_devices(ledger: Engine, demo: Plan, good_result: Mapping[str, Any]) -> None:
    sweep = add_sweep(ledger, demo, "first", "0").id
    with ledger.begin() as connection:
        connection.execute(
            insert(workers).values(
                id="w", host="secret", pid=1, slots=["cpu"], version="1.2", started_at=0.0, seen_at=0.0
            )
        )
        train = connection.execute(select(stages.c.digest).where(stages.c.kind == "train")).scalars().first()
    assert train is not None
    held = claim(ledger, train, "w", "cpu", "cpu", 60.0)
    assert held is not None
    facts: dict[str, Any] = {"artifact_bytes": 0, "train_seconds": 1.0, "summary": {}, "result": {}, "log": ""}
    before = provenance(ledger, find_sweep(ledger, "first"))
    assert (before.workers, before.ended_at, before.devices) == ((), None, ())
    complete(ledger, train, held.attempt, artifact="a" * 64, **facts)
    found = provenance(ledger, find_sweep(ledger, str(sweep)))
    assert found.workers == ("1.2",)
    assert found.ended_at is not None
    assert {recipe["name"] for recipe in found.recipes} == {"digits-dense", "digits-finetune"}
    assert [data["name"] for data in found.datasets] == ["digits"]
    assert {kind for kind, _ in found.codes} == {"train", "prune", "evaluate", "benchmark"}
    assert "secret" not in str(found)
