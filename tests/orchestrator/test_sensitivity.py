"""`sweep sensitivity`: its table and files, what counts as more than chance, and what is refused."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import special

from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.jobs.answers import PrunedLayer, UnprunedNetwork
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.models import build_model
from prunesweep.orchestrator.sensitivity.profile import Profile
from prunesweep.orchestrator.sensitivity.table import lines
from prunesweep.orchestrator.statistics.matched_pairs import MatchedPairs
from tests.orchestrator.test_json import keys
from tests.support.digits import put_digits
from tests.support.jobs import answer_here

Sweep = Callable[..., Any]


@pytest.fixture
def model(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network's file, where the digits are at hand."""
    put_digits(home)
    answer_here(monkeypatch)
    monkeypatch.chdir(tmp_path)
    write_weights(build_model(ModelRef("resnet20", 2, 10), 1).state_dict(), tmp_path / "m.pt", "torch")
    return tmp_path / "m.pt"


def test_a_table_files_and_a_grid_come_out(sweep: Sweep, model: Path) -> None:
    command = ("sensitivity", "m.pt", "--model", "resnet20", "--dataset", "digits", "--sparsity", "90,50")
    command = (*command, "--images", "40", "--max-drop", "100", "--threads", "1")
    ran = sweep(*command, "-o", "all.csv")
    assert ran.code == 0, ran.err
    assert "40 validation images of digits" in ran.out and "the test set was not read" in ran.out
    rows = list(csv.DictReader((model.parent / "all.csv").read_text().splitlines()))
    assert len(rows) == 2 * 22 and [float(row["sparsity"]) for row in rows[:2]] == [0.5, 0.9]
    told = json.loads(sweep(*command, "--json", "-o", "grid.toml").out)
    assert [row["drop"] for row in told["layers"]] == [float(row["drop"]) for row in rows]
    assert set(told) == keys("`sensitivity`") and set(told["layers"][0]) == keys("`sensitivity`, each of its `layers`")
    assert set(told["tolerated"].values()) == {0.9}
    grid = load_grid(str(model.parent / "grid.toml"))
    assert len(grid.layers) == 21 and grid.sparsity[0] == pytest.approx(0.9, abs=0.001)
    for name in ("page.html", "map.svg", "map.pdf"):
        assert sweep(*command, "-o", name).code == 0
        assert (model.parent / name).stat().st_size > 5000
    page = (model.parent / "page.html").read_text()
    assert (
        "layer3.2.conv2" in page
        and "[layers]" in page
        and "http" not in page.partition("<main>")[2].partition("</main>")[0]
    )


def _profile(*layers: tuple[str, float, int, int], images: int = 1000, max_drop: float = 0.01) -> Profile:
    """(layer, sparsity, images lost, gained) of layers of 100 weights."""
    drops = tuple(
        PrunedLayer(name, (10, 10), s, round(100 * (1 - s)), 100, lost, gained) for name, s, lost, gained in layers
    )
    return Profile("m.pt", "digits", "magnitude", UnprunedNetwork(images, images, 900, 200, 200, "x"), drops, max_drop)


def test_noise_is_not_read_as_sensitivity() -> None:
    found = _profile(("a", 0.5, 12, 10), ("a", 0.9, 300, 4), ("b", 0.5, 3, 5), ("b", 0.9, 9, 1))
    assert [drop.significant for drop in found.drops] == [False, True, False, False], "9 of 10 alone would count"
    assert found.tolerated == {"a": 0.5, "b": 0.9}
    shown = lines(found, 120)
    assert "+29.60*" in shown[2] and "+0.80 " in shown[3]
    suggested = "\n".join(shown)
    assert suggested.count("b has no rule") == 1 and '"a" = 0.5' in suggested


def test_a_layer_that_falls_and_rises_again_is_tolerated_up_to_its_fall() -> None:
    found = _profile(("a", 0.5, 20, 0), ("a", 0.9, 5, 0), ("b", 0.5, 20, 0), ("b", 0.9, 30, 0))
    assert found.tolerated == {"a": 0.0, "b": 0.0} and found.suggestion is None
    assert lines(found, 120)[-1].startswith("no suggestion: every layer loses more than 1 point at 50 %")


@pytest.mark.parametrize("lost, gained", [(0, 0), (1, 0), (9, 1), (300, 270), (40, 40)])
def test_p_is_the_exact_binomial_one_and_the_interval_holds_the_drop(lost: int, gained: int) -> None:
    pairs = MatchedPairs(1000, lost, gained)
    wanted = min(1.0, 2 * special.bdtr(min(lost, gained), lost + gained, 0.5))
    low, high = pairs.interval
    assert math.isclose(pairs.p, wanted, rel_tol=1e-9)
    assert low < pairs.drop < high


@pytest.mark.parametrize(
    "options, complaint",
    [
        (["--sparsity", "0,50"], "sparsity '0': prunes nothing"),
        (["--sparsity", "100"], "sparsity '100'"),
        (["--score", "l2"], "score 'l2': unknown"),
        (["--score", "sparsegpt"], "score 'sparsegpt': changes the weights that stay"),
        (["--score", "obc"], "score 'obc': changes the weights that stay"),
        (["--score", "bn-gamma"], "score 'bn-gamma': ranks whole channels, not a layer's weights; choose one of magn"),
        (["--max-drop", "-1"], "max-drop '-1': give percentage points from 0 to 100"),
        (["--images", "some"], "images 'some': give a whole number"),
        (["--recipe", "mine"], "recipe 'mine': unknown"),
        (["-o", "map.gif"], "output 'map.gif': ends in none of"),
        (["-o", "no/map.csv"], "output 'no/map.csv': its folder does not exist"),
        (["-o", "a" * 300 + ".csv"], "cannot be written: File name too long"),
        (["--model", "resnet56"], "holds a resnet20"),
        (["--image-size", "16"], "has its own size: leave it out"),
    ],
)
def test_bad_input_is_one_line(sweep: Sweep, model: Path, options: list[str], complaint: str) -> None:
    ran = sweep("sensitivity", str(model), "--model", "resnet20", "--dataset", "digits", *options)
    assert ran.code == 2
    assert complaint in ran.complaint
