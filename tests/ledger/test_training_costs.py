"""Training cost of a sweep's networks, from a ledger: each with all that it needs, whoever else needs it too."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.queries.report import ReportRow, report_rows
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.weights import ImportedWeights

MACS_DENSE = 200
AXES = {"sparsity": "0.75", "epochs": "2", "rounds": "2", "dense_epochs": "4", "bench_device": "none"}


@pytest.fixture
def costs(world, good_result):
    """`costs(algorithm="rigl", …)` gives each cell's (dense epochs, ratio); every round leaves (1 - sparsity) · 200
    multiply-adds."""

    def run(told: bool = True, **axes: str) -> dict[tuple[str, float], tuple[float | None, float | None]]:
        rows = report_rows(world.engine, _done(world, good_result, told, **axes))
        return {(row.algorithm, row.sparsity): (row.train_dense_epochs, row.train_flops_ratio) for row in rows}

    return run


def _done(world, good_result, told: bool, **axes: str) -> int:
    imported = ImportedWeights(ModelRef("resnet18", 16, 10), "t" * 64, "a" * 64, 1) if "weights" in axes else None
    made = plan(read_axes({**AXES, **axes}, GRIDS["demo"]), imported=imported)
    sweep = add_sweep(world.engine, made, None, "0")
    world.digests = {digest: digest for digest in made.stages}
    for digest, stage in made.stages.items():
        taken = world.claim(digest)
        facts: dict[str, Any] = {}
        if taken.kind == "prune" and told:
            facts = {"macs": round(MACS_DENSE * (1 - stage.sparsity)), "macs_dense": MACS_DENSE}
        result = dict(good_result) if taken.kind == "evaluate" else {}
        names = {"artifact": digest, "artifact_bytes": 1, "train_seconds": 1.0, "summary": facts, "log": ""}
        complete(world.engine, digest, taken.attempt, result=result, **names)
    return sweep.id


def test_every_family_by_hand(costs) -> None:
    """4 dense epochs; 0.75 leaves a quarter, a first round of two (geometric: half of the weights) a half."""
    found = costs(algorithm="oneshot,iterative,static-erk,set,rigl,snip,lottery,random@oneshot", sparsity="0,0.75")
    every, dense = 100, 4.0
    expected = {
        ("oneshot", 0.0): dense + 2,
        ("oneshot", 0.75): dense + 2 / 4,
        ("iterative", 0.75): dense + 2 / 2 + 2 / 4,
        ("static-erk", 0.75): 6 / 4,  # begins with initial weights: no dense network is trained for it
        ("set", 0.75): 6 / 4,
        ("rigl", 0.75): 6 * (3 / 4 + 0.75 / every * 3 / 4) / 3,
        ("lottery", 0.75): dense + 3 / 2 + 3 / 4,  # two rounds from epoch 1 on
        ("random@oneshot", 0.75): dense + 2 * 2 / 4,  # with the network whose layer counts it takes
    }
    for cell, epochs in expected.items():
        assert found[cell] == (pytest.approx(epochs), pytest.approx(epochs / dense)), cell
    assert found["snip", 0.75][0] == found["static-erk", 0.75][0]
    assert found["static-erk", 0.75] < found["rigl", 0.75] < found["oneshot", 0.75]


def test_given_weights_have_no_known_cost(costs) -> None:
    found = costs(algorithm="oneshot", weights="x.pt", dense_epochs="0")
    assert found["oneshot", 0.75] == (pytest.approx(2 / 4), None)


def test_rounds_of_an_older_release_are_known_by_their_test(costs) -> None:
    found = costs(told=False, algorithm="oneshot,iterative")
    assert found["oneshot", 0.75] == (pytest.approx(4 + 2 / 4), pytest.approx(4.5 / 4))
    assert found["iterative", 0.75] == (None, None), "its first round was never tested"


def test_an_epoch_counts_by_the_images_that_it_shows(world, good_result) -> None:
    sweep = _done(world, good_result, True, algorithm="oneshot")

    def row() -> ReportRow:
        return report_rows(world.engine, sweep)[0]

    (before, ratio) = row().train_dense_epochs, row().train_flops_ratio
    with world.engine.begin() as connection:
        spec = json.loads(connection.exec_driver_sql("SELECT spec FROM stages WHERE kind = 'prune'").scalar_one())
        held = spec["recipe"]["validation"]
        spec["recipe"]["validation"] = 1 - (1 - held) / 2
        connection.execute(update(stages).where(stages.c.kind == "prune").values(spec=json.dumps(spec)))
    assert (before, ratio) == (pytest.approx(4.5), pytest.approx(4.5 / 4))
    assert row().train_dense_epochs == pytest.approx(2 * 4 + 0.5)
    assert row().train_flops_ratio == pytest.approx((4 + 0.5 / 2) / 4)
