"""What a plan comes to, counted part by part, is what the whole plan comes to."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.plan.algorithms import ALGORITHMS
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import GridPlan, Plan, plan_of
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.plan_size import size_of
from prunesweep.core.plan.points import axes_of
from prunesweep.core.plan.stages import KINDS, epochs_of
from tests.support.examples import examples


def _epochs_alone(whole: Plan) -> int:
    """Return the epochs of each cell with all that it builds on, by walking from its stages to their parents."""
    epochs = 0
    for planned in whole.cells:
        found: set[str] = set()
        left = list(planned.stages)
        while left:
            if (digest := left.pop()) not in found:
                found.add(digest)
                left += whole.stages[digest].parents
        epochs += sum(epochs_of(whole.stages[digest]) for digest in found)
    return epochs


def _check(made: GridPlan) -> None:
    whole, size = made.whole(), size_of(made)
    of_kind = {kind: [epochs_of(s) for s in whole.stages.values() if s.kind == kind] for kind in KINDS}
    assert size.kinds == {kind: (len(some), sum(some)) for kind, some in of_kind.items() if some}
    assert list(size.kinds) == [kind for kind in KINDS if kind in size.kinds]
    assert (size.cells, size.stages) == (len(whole.cells), len(whole.stages))
    assert size.sparsities == tuple(sorted({planned.cell.sparsity for planned in whole.cells}))
    assert size.epochs_without_sharing == _epochs_alone(whole) >= size.epochs


@given(
    names=st.lists(st.sampled_from(sorted(ALGORITHMS)), min_size=1, max_size=4, unique=True),
    seeds=st.sampled_from(["0", "3,0", "1,2,4"]),
    sparsity=st.sampled_from(["50", "0,90", "0,50,90"]),
    controls=st.booleans(),
    fair=st.booleans(),
    evaluate=st.booleans(),
)
@settings(max_examples=examples(12), deadline=None)
def test_the_size_of_any_grid(
    names: list[str], seeds: str, sparsity: str, controls: bool, fair: bool, evaluate: bool
) -> None:
    axes = {"algorithm": ",".join(names), "seeds": seeds, "sparsity": sparsity, "epochs": "0,2", "iterations": "1,3"}
    _check(plan_of(read_axes(axes, replace(GRIDS["demo"], fair=fair, controls=controls, evaluate=evaluate))))


def test_the_size_of_single_points_with_a_teacher(tmp_path: Path) -> None:
    digits = (Path(__file__).parents[2] / "core/plan/recipe_files/digits.toml").read_text()
    recipe = tmp_path / "taught.toml"
    recipe.write_text(digits.replace("[finetune]", "[finetune]\ndistill = {weight = 0.9, temperature = 4}"))
    points = (Cell("iterative", 0.5, 2, 3, 1), Cell("iterative", 0.5, 2, 3, 4), Cell("sparsegpt", 0.9, 1, 1, 1))
    _check(plan_of(replace(GRIDS["demo"], points=points, recipe=str(recipe), **axes_of(points))))
