"""`sweep compare` pairs cells by what they were made of, not by what its files are called or where they lie."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS

Sweep = Callable[..., Any]
Work = Callable[..., int]
PLAN = Path(__file__).parents[2] / "core" / "plan"
RECIPE = (PLAN / "recipe_files" / "digits.toml").read_text().replace("version = 1", "version = 7")
OTHER = RECIPE.replace("lr = 0.05", "lr = 0.06", 1)
COSTS = (PLAN / "cost_files" / "avx512.toml").read_text()
HEAD = 'base = "demo"\nsparsity = [0.9]\nepochs = [1]\nbench_device = "none"\n'
SMALL = ("--grid", "demo", "--sparsity", "90", "--epochs", "1", "--seeds", "0,1", "--bench-device", "none")


def axes(ran: Any) -> list[str]:
    assert ran.code == 0, ran.complaint
    return list(json.loads(ran.out)["compared"])


@pytest.mark.parametrize(
    ("option", "axis", "text", "other", "algorithm"),
    [
        ("--recipe", "recipe", RECIPE, OTHER, "oneshot"),
        ("--costs", "composition", COSTS, COSTS.replace("16 = ", "16 = 1"), "latency"),
        ("--costs", "composition", COSTS, COSTS.replace("16 = ", "16 = 1"), "random@latency"),
    ],
)
def test_a_file_is_its_content(
    sweep: Sweep, work: Work, tmp_path: Path, option: str, axis: str, text: str, other: str, algorithm: str
) -> None:
    assert other != text
    grid = (*SMALL, "--algorithm", algorithm)
    mine, moved = tmp_path / "mine.toml", tmp_path / "moved" / "renamed.toml"
    mine.write_text(text)
    assert sweep("submit", *grid, option, mine, "--name", "before").code == 0
    moved.parent.mkdir()
    moved.write_text(text)
    again = sweep("submit", *grid, option, moved, "--name", "before", "--json")
    assert json.loads(again.out)["new"] == 0, "the same sweep: only its file was moved"
    assert json.loads(sweep("submit", *grid, option, moved, "--name", "moved", "--json").out)["new"] == 0
    mine.write_text(other)
    assert "has changed since" in sweep("submit", *grid, option, mine, "--name", "before").complaint
    assert sweep("submit", *grid, option, mine, "--name", "after").code == 0
    work()
    assert "both sides are the same cells" in sweep("compare", "before", "moved").complaint
    assert axes(sweep("compare", "before", "after", "--json")) == [axis], "the file has changed under its name"
    head = sweep("compare", "before", "after").out.splitlines()[:2]
    assert "mine" in head[1] and head[0].split(",")[1:] != head[1].split(",")[1:], "told apart by their content"


def test_a_recipe_of_ours_is_itself_under_any_path(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text((PLAN / "recipe_files" / "digits.toml").read_text())
    assert plan(read_axes({"recipe": str(copy)}, GRIDS["demo"])).stages == plan(GRIDS["demo"]).stages


def test_rules_are_the_layers_that_they_are_about(sweep: Sweep, work: Work, tmp_path: Path) -> None:
    grid = tmp_path / "grid.toml"
    text = HEAD + 'algorithm = ["oneshot", "random"]\n[layers]\n'
    for name, rule in (("word", 'first = "dense"'), ("layer", '"conv1.weight" = "dense"'), ("other", 'last = "dense"')):
        grid.write_text(text + rule)
        assert sweep("submit", "--grid", grid, "--name", name).code == 0
    work()
    assert axes(sweep("compare", "word:algorithm=oneshot", "layer:algorithm=random", "--json")) == ["algorithm"]
    assert axes(sweep("compare", "word", "other", "--json")) == ["layer_rules"]


def test_an_own_algorithm_is_what_it_is_made_of(sweep: Sweep, work: Work, tmp_path: Path) -> None:
    """Its own score by its bytes, too, and an algorithm whose counts it takes by what that one is made of."""
    grid, scores = tmp_path / "grid.toml", {"a": "return weight.abs()", "b": "return -weight.abs()"}
    for folder, body in scores.items():
        path = tmp_path / folder / "mine.py"
        path.parent.mkdir()
        path.write_text(f"def score(weight):\n    {body}\n")
        inner = f'[algorithms.inner]\nscore = "{path}"\n'
        parts = f'algorithm = ["counted"]\n{inner}[algorithms.counted]\nallocation = "counts-of:inner"\n'
        grid.write_text(HEAD + parts)
        assert sweep("submit", "--grid", grid, "--name", folder).code == 0
    grid.write_text(HEAD + parts.replace("inner", "renamed"))
    assert sweep("submit", "--grid", grid, "--name", "renamed").code == 0
    work()
    assert axes(sweep("compare", "a", "b", "--json")) == ["composition"]
    assert "both sides are the same cells" in sweep("compare", "b", "renamed").complaint
