"""Grids from names, TOML and axes; every bad one gives one line that says where."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan import recipes
from prunesweep.core.plan.algorithms import Algorithm
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.costs import load_profile
from prunesweep.core.plan.grid_files import load_grid, stored_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.recipes import load_recipe
from tests.support.examples import examples


def _toml(tmp_path: Path, text: str) -> str:
    path = tmp_path / "my.toml"
    path.write_text(text)
    return str(path)


def test_a_toml_grid_starts_from_its_base_and_replaces_axes(tmp_path: Path) -> None:
    grid = load_grid(_toml(tmp_path, 'base = "classic"\nsparsity = ["50%", 0.98, 75]\nseeds = [0, 1, 2]\nwidth = 16\n'))
    assert grid.sparsity == (0.5, 0.98, 0.75)
    assert grid.seeds == (0, 1, 2)
    assert grid.width == 16
    assert grid.iterations == GRIDS["classic"].iterations


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("sparsity = [0.5]\nsparsty = [0.9]\n", 2, 'did you mean "sparsity"'),
        ("epochs = [3]\n\nwidth = 'wide'\n", 3, "width 'wide': give a whole number"),
        ("rounds = [0]\n", 1, "rounds '0'"),
        ('base = "fll"\n', 1, 'did you mean "full"'),
        ("algorithm = ['oneshoot']\n", 1, 'did you mean "oneshot"'),
        ("model = 3\n", 1, "model '3': unknown"),
        ("[section]\nx = 1\n", 1, "axis 'section'"),
    ],
)
def test_a_bad_key_names_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = _toml(tmp_path, text)
    with pytest.raises(UserError) as caught:
        load_grid(path)
    assert f"{path}:{line}" in str(caught.value)
    assert words in str(caught.value)


def test_a_byte_order_mark_as_windows_editors_write_it_is_no_part_of_a_file(tmp_path: Path) -> None:
    """In each kind of TOML that users write."""
    kinds = {"recipe_files/digits": load_recipe, "cost_files/avx512": load_profile}
    for source, load in kinds.items():
        plain = (Path(recipes.__file__).parent / f"{source}.toml").read_text()
        marked = tmp_path / f"{Path(source).name}.toml"
        marked.write_text(plain, encoding="utf-8-sig")
        load(str(marked))
    (tmp_path / "my.toml").write_text("width = 16\n", encoding="utf-8-sig")
    assert load_grid(str(tmp_path / "my.toml")).width == 16


def test_broken_toml_and_missing_files_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not valid TOML: .*line 2"):
        load_grid(_toml(tmp_path, "width = 16\nsparsity = 0.5.5\n"))
    with pytest.raises(UserError, match="No such file"):
        load_grid(str(tmp_path / "none.toml"))


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(UserError, match='did you mean "classic"'):
        load_grid("clasic")
    with pytest.raises(UserError, match=r'axis .* did you mean "epochs"'):
        read_axes({"epoch": "3"}, GRIDS["full"])


def test_a_dataset_brings_its_recipe_unless_one_is_given() -> None:
    assert read_axes({"dataset": "digits"}, GRIDS["full"]).recipe == "digits"
    assert read_axes({"dataset": "cifar10"}, GRIDS["demo"]).recipe == "default"
    assert read_axes({"dataset": "digits", "recipe": "default"}, GRIDS["full"]).recipe == "default"


def test_a_grid_too_large_for_memory_is_refused_before_it_is_built() -> None:
    with pytest.raises(UserError, match="at most 1,000,000"):
        read_axes({"seeds": ",".join(map(str, range(60_000)))}, GRIDS["full"]).cells()


_TEXT = st.text("0123456789.,%-_=+:@ abeimnstx\n½٣é", max_size=20)
_VALUE = st.recursive(
    st.one_of(_TEXT, st.integers(-10, 10**6), st.floats(), st.booleans()),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*asdict(GRIDS["full"]), "x"]), _VALUE, max_size=3))
@settings(max_examples=examples(100), deadline=None)
def test_any_values_give_a_grid_or_a_one_line_error(values: dict[str, object]) -> None:
    try:
        read_axes(values, GRIDS["full"])
    except UserError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_comes_back_from_a_ledgers_json(name: str) -> None:
    own = replace(GRIDS[name], algorithms=(Algorithm("mine", score="taylor"),), algorithm=("mine", "oneshot"))
    for grid in (GRIDS[name], own):
        kept = json.loads(json.dumps(asdict(grid)))
        assert stored_grid(kept) == grid
        del kept["costs"]
        assert stored_grid(kept) == grid, "an older release had no such axis"
