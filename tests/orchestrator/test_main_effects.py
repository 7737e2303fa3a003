"""Importance of axes: exact on a small grid, what chance brings, and never more than all in a full grid."""

from itertools import permutations, product
from statistics import fmean

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prunesweep.orchestrator.statistics.main_effects import main_effects
from tests.support.examples import examples


def test_a_grid_without_interaction_is_explained_exactly() -> None:
    grid = list(product(("a", "b"), ("0", "1", "2")))
    values = [10 * (name == "b") + float(level) for name, level in grid]
    found = main_effects({"name": [n for n, _ in grid], "level": [v for _, v in grid], "one": ["x"] * 6}, values)
    assert [effect.axis for effect in found] == ["name", "level"], "an axis of one value has no share"
    assert [effect.share for effect in found] == [pytest.approx(150 / 154), pytest.approx(4 / 154)]
    assert (found[0].best, found[0].best_mean, found[0].worst, found[0].worst_mean) == ("b", 11.0, "a", 1.0)


def test_by_chance_is_the_mean_over_all_shuffles() -> None:
    values = [1.0, 2.0, 4.0, 8.0, 16.0]
    shuffled = [main_effects({"axis": list(labels)}, values)[0] for labels in permutations("aabbc")]
    assert fmean(effect.share for effect in shuffled) == pytest.approx(shuffled[0].by_chance) == pytest.approx(0.5)


@settings(max_examples=examples(50))
@given(st.lists(st.floats(-100, 100), min_size=12, max_size=12))
def test_shares_of_a_full_grid_add_up_to_one_at_most(values: list[float]) -> None:
    assume(max(values) - min(values) > 1e-6)
    grid = list(product("ab", "xyz", "01"))
    axes = {name: [point[place] for point in grid] for place, name in enumerate(("first", "second", "third"))}
    assert sum(effect.share for effect in main_effects(axes, values)) <= 1 + 1e-9


def test_equal_or_no_results_have_no_shares() -> None:
    assert main_effects({"axis": ["a", "b"]}, [1.0, 1.0]) == main_effects({"axis": []}, []) == []
