"""The study's file names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_sparsity
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.names import parse_name, study_name


@pytest.mark.parametrize("name", ["1e5", "1.5", "0x1F", "1d3", "NA", "nan", "NULL", "none", "inf", "TRUE", "N.A."])
def test_a_name_that_a_table_would_not_keep_as_text_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=f"add a word, e.g. run-{re.escape(name)}"):
        parse_name(name)
    assert parse_name(f"run-{name}") == f"run-{name}", "the advice works"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (None, "resnet18"),
        (Cell("oneshot", 0.9, 3, 1, 0), "resnet18_prune_90perc_oneshot3"),
        (Cell("oneshot", 0.5, 5, 1, 7), "resnet18_prune_50perc_oneshot5"),
        (Cell("iterative", 0.75, 3, 5, 0), "resnet18_prune_75perc_iterative3_5"),
        (Cell("iterative", 0.9, 5, 3, 0), "resnet18_prune_90perc_iterative5_3"),
        (Cell("oneshot", 0.925, 3, 1, 0), "resnet18_prune_92.5perc_oneshot3"),
        (Cell("oneshot", 0.000001, 3, 1, 0), "resnet18_prune_0.0001perc_oneshot3"),
        (Cell("oneshot", 0.07, 3, 1, 0), "resnet18_prune_7perc_oneshot3"),
    ],
)
def test_names_of_the_study(cell: Cell | None, name: str) -> None:
    assert study_name("resnet18", cell) == name
    assert study_name("resnet18", cell, 2) == f"{name}_seed2"


def test_the_full_grid_holds_every_name_of_the_study_under_both_readings() -> None:
    """The study's prose says epochs then iterations, its script the other way round."""
    names = [study_name("resnet18", cell) for cell in GRIDS["full"].cells()]
    assert len(set(names)) == len(names) == 18
    expected = {f"resnet18_prune_{s}perc_oneshot{e}" for s in (50, 75, 90) for e in (3, 5)}
    expected |= {f"resnet18_prune_{s}perc_iterative{a}_{b}" for s in (50, 75, 90) for a in (3, 5) for b in (3, 5)}
    assert set(names) == expected


@given(st.integers(1, 999_999))
def test_different_sparsities_have_different_names_that_are_safe_in_files(millionths: int) -> None:
    sparsity = millionths / 1_000_000
    name = study_name("resnet18", Cell("oneshot", sparsity, 3, 1, 0))
    found = re.fullmatch(r"resnet18_prune_([0-9]+(?:\.[0-9]+)?)perc_oneshot3", name)
    assert found
    assert parse_sparsity(found[1] + "%") == sparsity
    assert parse_name(name) == name


def test_a_name_of_digits_alone_is_a_sweeps_number() -> None:
    with pytest.raises(UserError, match="add a letter"):
        parse_name("1")
