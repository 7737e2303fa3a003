"""Means over seeds, names of settings, and the Pareto front."""

from dataclasses import replace
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.summary import dense_spread, groups, labels, pareto, spread

_COORDINATE = st.one_of(st.integers(0, 4).map(float), st.floats(-1e6, 1e6))
POINTS = st.lists(st.tuples(_COORDINATE, _COORDINATE), max_size=40)


def _beats(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] >= b[0] and a[1] >= b[1] and a != b


@given(POINTS)
def test_the_front_is_exactly_what_no_point_beats(points: list[tuple[float, float]]) -> None:
    expected = [i for i, point in enumerate(points) if not any(_beats(other, point) for other in points)]
    front = pareto(points)
    assert sorted(front) == expected
    assert [points[i][0] for i in front] == sorted((points[i][0] for i in front), reverse=True)


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), max_size=10))
def test_mean_and_sample_deviation_of_what_is_known(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    found = spread(values)
    if not known:
        assert found is None
        return
    assert found is not None
    assert found.n == len(known)
    assert found.mean == pytest.approx(mean(known))
    assert found.sd == (pytest.approx(stdev(known)) if len(known) > 1 else None)


def test_groups_hold_seeds_together(row: ReportRow) -> None:
    rows = [
        replace(row, cell=number, seed=seed, algorithm=name, sparsity=sparsity, top1=top1)
        for number, (seed, name, sparsity, top1) in enumerate(
            [(0, "b", 0.9, 0.8), (0, "b", 0.5, 0.9), (1, "b", 0.9, 0.6), (0, "a", 0.5, None), (1, "b", 0.5, None)]
        )
    ]
    found = groups(rows)
    assert [(group.label, group.sparsity, len(group.rows)) for group in found] == [
        ("b", 0.5, 2),
        ("b", 0.9, 2),
        ("a", 0.5, 1),
    ], "settings as in the grid, sparsities ascending"
    means = [group.of(lambda each: each.top1) for group in found]
    assert [None if each is None else (each.mean, each.n) for each in means] == [
        (0.9, 1),
        (pytest.approx(0.7), 2),
        None,
    ]


def test_a_setting_is_named_by_what_it_takes_to_tell_it_apart(row: ReportRow) -> None:
    rows = [replace(row, algorithm=name, epochs=epochs) for name, epochs in [("oneshot", 3), ("snip", 1), ("snip", 5)]]
    assert [*labels(rows).values()] == ["oneshot", "snip 1×1", "snip 5×1"]


def test_a_seed_has_one_dense_network(row: ReportRow) -> None:
    rows = [replace(row, seed=seed, top1_dense=top1) for seed, top1 in [(0, 0.9), (0, 0.9), (1, 0.7), (2, None)]]
    found = dense_spread(rows)
    assert found is not None
    assert (found.mean, found.n) == (pytest.approx(0.8), 2)
