"""Means over seeds, names of settings, and the Pareto front."""

from dataclasses import replace
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.figures.front import Offer, corners, front
from prunesweep.orchestrator.report.summary import dense_spread, groups, labels, spread

_PRICE = st.sampled_from([0.5, 1.0, 1.001, 1.0145, 2.0, 4.0])
OFFERS = st.lists(st.builds(Offer, _PRICE, st.floats(0, 100), st.sampled_from([0.0, 0.1, 5.0])), max_size=20)


@given(OFFERS)
def test_the_front_is_what_nothing_beats(offers: list[Offer]) -> None:
    found = front(offers)
    assert bool(found) == bool(offers)
    assert not any(other.beats(offers[place]) for place in found for other in offers)
    line = [offers[place] for place in corners(offers)]
    assert [one.price for one in line] == sorted((one.price for one in line), reverse=True)
    assert [one.value for one in line] == sorted({one.value for one in line}), "each corner is worth more"


def test_what_is_not_known_to_differ_is_a_tie() -> None:
    few_bytes = [Offer(1.0, 90.0, 0.2), Offer(1.0001, 89.0, 0.2)]
    assert front(few_bytes) == [0], "a smaller file by 250 bytes does not make up for accuracy"
    noise = [Offer(2.0, 89.9, 0.3), Offer(1.0, 90.0, 0.3)]
    assert front(noise) == [0], "twice as fast, and as accurate as can be seen"
    assert front([Offer(2.0, 85.0, 0.3), Offer(1.0, 90.0, 0.3)]) == [0, 1]


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
