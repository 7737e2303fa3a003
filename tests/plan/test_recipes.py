"""Recipes from TOML: those that come with the program, and files of the user's."""

from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.recipes import load_recipe, recipe_names

FOLDER = Path(__file__).parents[2] / "core" / "plan" / "recipe_files"


def test_every_recipe_that_comes_with_the_program_can_be_read() -> None:
    assert recipe_names() == ("default", "digits", "study")
    for name in recipe_names():
        pair = load_recipe(name)
        assert (pair.dense.name, pair.finetune.name) == (f"{name}-dense", f"{name}-finetune")
        assert pair == load_recipe(str(FOLDER / f"{name}.toml")), "by path as by name"


def test_a_changed_recipe_is_other_work(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text((FOLDER / "digits.toml").read_text())
    first = plan(read_axes({"recipe": str(file)}, GRIDS["demo"]))
    file.write_text(file.read_text().replace("lr = 0.05", "lr = 0.06", 1))
    second = plan(read_axes({"recipe": str(file)}, GRIDS["demo"]))
    assert not set(first.stages) & set(second.stages)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("batch = 64", "batch = 1", r"batch '1': give a whole number from 2 to 65536"),
        ("batch = 64", "batch = 64.0", "batch '64.0': give a whole number"),
        ("batch = 64", "batch = true", "batch 'True': give a whole number"),
        ("lr = 0.05", "lr = nan", "lr 'nan': give a number"),
        ("lr = 0.05", "", r"\[dense\] lacks lr"),
        ("lr = 0.05", "lr = 0.05\nrl = 1", r"\[dense\] has unknown keys: rl"),
        ('flip = "none"', 'flip = "sideways"', "flip 'sideways'"),
        ("decay_all = true", "decay_all = 1", "decay_all '1': give true or false"),
        ("version = 1", "version = 0", "give it a version"),
        ("version = 1", "", "give it a version"),
        ("[finetune]", "[rest]", "unknown key 'rest'"),
        ("[dense]", "[dense", "not valid TOML"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    file = tmp_path / "bad.toml"
    text = (FOLDER / "digits.toml").read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(UserError, match=complaint) as refused:
        load_recipe(str(file))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["defualt", "/none/such.toml", "a\0b.toml"])
def test_an_unknown_name_or_path_is_one_line(name: str) -> None:
    with pytest.raises(UserError, match="recipe"):
        load_recipe(name)
