"""Scores of the user's own, as the plan sees them: a name and a hash, and no file that is not a score."""

from dataclasses import replace
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grid_files import load_grid, stored_grid
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.own_scores import read_own, source_of
from prunesweep.core.plan.stages import PruneRound

GOOD = "def score(weight):\n    return weight.abs()\n"


def grid(folder: Path, source: str | bytes = GOOD, file: str = "mine.py") -> Grid:
    """A grid whose one algorithm ranks by that file."""
    (folder / file).write_bytes(source if isinstance(source, bytes) else source.encode())
    toml = folder / "grid.toml"
    toml.write_text(
        f'base = "demo"\nsparsity = [90]\nepochs = [1]\nalgorithm = ["a"]\n[algorithms.a]\nscore = "{folder / file}"\n'
    )
    return load_grid(str(toml))


def scores(found: Grid) -> set[str]:
    return {stage.score for stage in plan(found).stages.values() if isinstance(stage, PruneRound)}


def test_a_stage_names_the_file_and_its_bytes_and_no_path(tmp_path: Path) -> None:
    [first] = scores(grid(tmp_path))
    own = read_own(first)
    assert own is not None
    assert (own.name, len(own.sha), str(own)) == ("mine", 64, first)
    assert str(tmp_path) not in first
    [second] = scores(grid(tmp_path, GOOD + "# another\n"))
    assert first != second, "other code is other work"


def test_nothing_of_the_file_is_run(tmp_path: Path) -> None:
    grid(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\n{GOOD}")
    assert not (tmp_path / "ran").exists()


def test_a_stored_grid_needs_no_file_and_plans_the_same(tmp_path: Path) -> None:
    made = grid(tmp_path)
    (tmp_path / "mine.py").unlink()
    own = made.algorithms[0]
    assert stored_grid({"algorithms": [vars(own)], "algorithm": ["a"]}).algorithms == (own,)
    assert scores(replace(made, seeds=(0,))) == {own.score}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def other(weight): ...", "has no function score(weight, gradient)"),
        ("score = abs", "has no function score"),
        ("def score(weight, momentum): ...", "may take weight, gradient, squares, name"),
        ("def score(): ...", "may take"),
        ("def score(*weight): ...", "may take"),
        ("def score(weight, /): ...", "may take"),
        ("import pandas\n" + GOOD, "imports pandas, which its hash would not cover"),
        ("from . import helper\n" + GOOD, "imports its neighbours"),
        ("def score(weight):\n    import requests.api\n", "imports requests.api"),
        ("def score(weight:\n", "mine.py:1': is not valid Python"),
        (b"\x00\xff", "is not valid Python"),
        (b"#" * (2**20 + 1), "is larger than a score can be"),
    ],
)
def test_what_is_no_score_is_refused(tmp_path: Path, source: str | bytes, words: str) -> None:
    with pytest.raises(UserError, match=r"algorithms\.a\.score") as error:
        grid(tmp_path, source)
    assert words in str(error.value)


@pytest.mark.parametrize("file", ["Mine.py", "a b.py", "ä.py", ".py", "x" * 33 + ".py", "1.py"])
def test_names_that_a_stage_cannot_carry(tmp_path: Path, file: str) -> None:
    with pytest.raises(UserError, match=r"name the file with|known:"):
        grid(tmp_path, file=file)


@pytest.mark.parametrize(
    "text", ["own:a:b", "own:../a:" + "0" * 64, "own:a:" + "g" * 64, "magnitude", "own:a:" + "0" * 65]
)
def test_only_the_exact_form_is_an_own_score(text: str) -> None:
    assert read_own(text) is None


def test_a_machine_without_the_very_file_says_what_to_do(tmp_path: Path) -> None:
    own = read_own(grid(tmp_path).algorithms[0].score)
    assert own is not None
    assert source_of(own, tmp_path) == GOOD.encode()
    with pytest.raises(ValueError, match=r"set SWEEP_SCORES to the folder of mine\.py"):
        source_of(own, None)
    with pytest.raises(ValueError, match=r"cannot be read: No such file"):
        source_of(own, tmp_path / "elsewhere")
    (tmp_path / "mine.py").write_text("other")
    with pytest.raises(ValueError, match=r"is another one \(SHA-256 .*put the submitted file there"):
        source_of(own, tmp_path)
