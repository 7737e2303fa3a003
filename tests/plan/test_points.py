"""Grids of chosen cells, and grids that leave the test set out: what a search runs."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grid_files import load_grid, stored_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.points import as_table
from prunesweep.orchestrator.run.grid_toml import grid_toml

POINTS = (Cell("iterative", 0.9, 2, 3, 1), Cell("oneshot", 0.5, 1, 1, 0), Cell("oneshot", 0.0, 0, 1, 0))
BASE = replace(GRIDS["demo"], bench_device="none")
CHOSEN = read_axes({"points": list(map(as_table, POINTS)), "evaluate": "false"}, BASE)


def test_only_the_chosen_cells_are_run_and_their_values_are_the_axes() -> None:
    assert CHOSEN.cells() == POINTS
    assert (CHOSEN.sparsity, CHOSEN.seeds, CHOSEN.iterations) == ((0.9, 0.5, 0.0), (1, 0), (3, 1))


def test_a_cell_without_the_test_set_ends_with_its_last_round_and_shares_every_other_stage() -> None:
    found = plan(CHOSEN)
    assert {stage.kind for stage in found.stages.values()} == {"train", "prune"}
    assert all(cell.evaluate == cell.rounds[-1] and cell.dense_evaluate == cell.train for cell in found.cells)
    assert all(len(set(cell.stages)) == len(cell.stages) for cell in found.cells)
    tested = plan(replace(CHOSEN, evaluate=True))
    assert found.stages.items() < tested.stages.items()
    assert {tested.stages[one].kind for one in tested.stages.keys() - found.stages.keys()} == {"evaluate"}


def test_a_ledger_and_a_file_give_the_same_grid_back(tmp_path: Path) -> None:
    assert stored_grid(json.loads(json.dumps(asdict(CHOSEN)))) == CHOSEN
    file = tmp_path / "chosen.toml"
    file.write_text(grid_toml(CHOSEN))
    assert load_grid(str(file)) == CHOSEN


@pytest.mark.parametrize(
    ("points", "complaint"),
    [
        ("oneshot", "give tables with the keys algorithm, sparsity, epochs, rounds, seed"),
        ([{"algorithm": "oneshot"}], "give tables with the keys"),
        ([as_table(replace(POINTS[0], algorithm="nosuch"))], "did you mean|unknown"),
        ([as_table(replace(POINTS[1], iterations=3))], "'rounds': 1"),
        ([as_table(replace(POINTS[1], algorithm="2:4", sparsity=0.9))], "'sparsity': 0.5"),
        ([as_table(POINTS[0]) | {"seed": -1}], r"points\.seed"),
        ([as_table(POINTS[0]) | {"sparsity": 1}], r"points\.sparsity"),
    ],
)
def test_what_is_no_cell_is_refused(points: object, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        read_axes({"points": points}, BASE)
    with pytest.raises(UserError, match="controls"):
        read_axes({"points": list(map(as_table, POINTS)), "controls": "true"}, BASE)
