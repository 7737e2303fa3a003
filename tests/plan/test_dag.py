"""From a grid to stages: counts of the named grids, sharing, order."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.plan import dag
from prunesweep.core.plan.algorithms import geometric
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import Plan, plan, plan_of
from prunesweep.core.plan.grids import GRIDS, Grid
from prunesweep.core.plan.plan_size import size_of
from prunesweep.core.plan.stages import PruneRound, digest
from tests.support.examples import examples


def _grids() -> st.SearchStrategy[Grid]:
    sparsity = st.sampled_from((0.5, 0.75, 0.9, 0.98))
    return st.builds(
        Grid,
        sparsity=st.lists(sparsity, min_size=1, max_size=3).map(tuple),
        algorithm=st.lists(st.sampled_from(("oneshot", "iterative")), min_size=1, max_size=3).map(tuple),
        epochs=st.lists(st.integers(0, 5), min_size=1, max_size=2).map(tuple),
        iterations=st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple),
        seeds=st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple),
        bench_device=st.sampled_from(("cpu", "cuda", "none")),
    )


def test_the_named_grids_have_the_cells_and_epochs_of_the_study() -> None:
    full, classic, demo = (plan(GRIDS[name]) for name in ("full", "classic", "demo"))
    assert (len(full.cells), len(classic.cells), len(demo.cells)) == (18, 12, 18)
    # dense 30; oneshot 3 × (3 + 5); iterative 3 × (3 + 5) × (3 + 5 rounds)
    size = size_of(plan_of(GRIDS["full"]))
    assert size.epochs == 30 + 24 + 192
    assert size.epochs_without_sharing == 18 * 30 + 24 + 192


@given(_grids())
@settings(max_examples=examples(30), deadline=None)
def test_a_plan_is_closed_acyclic_and_named_by_content(grid: Grid) -> None:
    result = plan(grid)
    seen: set[str] = set()
    for name, stage in result.stages.items():
        assert digest(stage) == name
        assert set(stage.parents) <= seen, "parents come before children"
        seen.add(name)
    assert {name for cell in result.cells for name in cell.stages} == seen, "no stage that no cell needs, none missing"


@given(_grids(), _grids())
@settings(max_examples=examples(30), deadline=None)
def test_widening_a_grid_keeps_every_stage_of_the_narrow_one(a: Grid, b: Grid) -> None:
    wide = replace(
        a,
        sparsity=tuple(dict.fromkeys(a.sparsity + b.sparsity)),
        epochs=tuple(dict.fromkeys(a.epochs + b.epochs)),
        seeds=tuple(dict.fromkeys(a.seeds + b.seeds)),
    )
    assert set(plan(a).stages) <= set(plan(wide).stages)


def test_cells_of_one_seed_share_the_dense_network_and_another_seed_does_not() -> None:
    result = plan(read_axes({"seeds": "0,1"}, GRIDS["full"]))
    by_seed = {seed: {c.train for c in result.cells if c.cell.seed == seed} for seed in (0, 1)}
    assert len(by_seed[0]) == len(by_seed[1]) == 1
    assert by_seed[0] != by_seed[1]


def test_oneshot_is_iterative_with_one_round() -> None:
    result = plan(read_axes({"iterations": "1", "sparsity": "90", "epochs": "3"}, GRIDS["full"]))
    assert len(result.cells) == 2
    assert result.cells[0].rounds == result.cells[1].rounds
    assert result.cells[0].evaluate == result.cells[1].evaluate


def test_epochs_change_every_round_because_the_schedule_changes() -> None:
    result = plan(read_axes({"algorithm": "iterative", "sparsity": "90", "iterations": "3"}, GRIDS["full"]))
    three, five = result.cells
    assert not set(three.rounds) & set(five.rounds)


def test_iterative_90_percent_in_three_rounds_goes_through_53_58_and_78_46() -> None:
    assert [round(s, 4) for s in geometric(0.9, 3)] == [0.5358, 0.7846, 0.9]
    assert geometric(0.9, 3)[-1] == 0.9
    result = plan(
        read_axes({"algorithm": "iterative", "sparsity": "90", "epochs": "3", "iterations": "3"}, GRIDS["full"])
    )
    rounds = [stage for stage in result.stages.values() if isinstance(stage, PruneRound)]
    assert [stage.round for stage in rounds] == [1, 2, 3]


@given(st.floats(0.001, 0.999), st.integers(1, 50))
def test_geometric_rises_to_the_target(sparsity: float, rounds: int) -> None:
    steps = geometric(sparsity, rounds)
    assert len(steps) == rounds
    assert steps[-1] == sparsity
    assert all(a <= b for a, b in itertools.pairwise(steps))


def test_edges_are_parent_then_child() -> None:
    result: Plan = plan(GRIDS["classic"])
    for parent, child in result.edges():
        assert parent in result.stages[child].parents


def test_latencies_measured_anew_are_other_stages_and_nothing_else_is() -> None:
    grid = GRIDS["demo"]
    first, again = plan(grid), plan(replace(grid, bench_repeat=1))
    added = again.stages.keys() - first.stages.keys()
    assert {again.stages[digest].kind for digest in added} == {"benchmark"} and len(added) == len(first.cells)
    assert '"repeat"' not in "".join(first.encoded.values()), "the digests are those of earlier releases"


@pytest.mark.parametrize("size", [1, 7])
def test_the_parts_of_a_plan_are_the_plan(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stage once, in the first part that needs it, parents before children; whatever the parts' size."""
    axes = {"algorithm": "iterative,sparsegpt,lottery", "sparsity": "0,50,90", "epochs": "1,2", "seeds": "0,1"}
    made = plan_of(read_axes(axes, replace(GRIDS["demo"], fair=True, controls=True)))
    whole = made.whole()
    monkeypatch.setattr(dag, "_PART", size)
    parts = list(made.parts())
    assert max(len(part.cells) for part in parts) == size
    assert tuple(cell for part in parts for cell in part.cells) == whole.cells
    assert [one for part in parts for one in part.stages.items()] == list(whole.stages.items())
    assert [one for part in parts for one in part.encoded.items()] == list(whole.encoded.items())
    assert [planned.cell for planned in whole.cells] == list(whole.grid.cells())
