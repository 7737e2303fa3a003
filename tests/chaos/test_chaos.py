"""A short campaign of faults against a real sweep; `make test-thorough` and `make chaos` deal every kind."""

import pytest

from tests.chaos.campaign import Campaign, Order, kinds_of
from tests.chaos.faults import deal
from tests.chaos.work import Size
from tests.support.examples import THOROUGH

_SHORT = Size(chains=2, dense=2, rounds=1, epochs=2, width=2)
_FEW = ("worker kill", "queue lost", "ledger restart", "store kill", "redo")
"""One for each part that can fail; a trainer goes with its worker. Every other kind has a test of its own in
tests/integration, tests/artifacts, tests/worker or tests/ledger."""


@pytest.mark.slow
def test_faults_cost_nothing_but_time():
    """One fault of each kind. How much time is told, and left to `make chaos` to judge."""
    kinds = () if THOROUGH else _FEW
    faults = len(kinds) or len(kinds_of("postgres"))
    verdict = Campaign(Order(faults, 7, "postgres", _SHORT, pace=0.3, workers=2, timed=False, kinds=kinds)).run()
    assert verdict.ok, "\n".join([verdict.table(), *verdict.notes, *verdict.broken, verdict.line()])
    assert list(verdict.facts["faults"].values()) == [1] * faults
    assert verdict.facts["rows_identical"][0] >= _SHORT.chains


def test_a_seed_deals_the_same_faults_and_every_kind_in_each_round():
    names = [kind.name for kind in kinds_of("postgres")]
    assert len(set(names)) == len(names) == 22
    drawn = deal(1, 50, names)
    assert drawn == deal(1, 50, names) != deal(2, 50, names)
    assert {draw.kind for draw in drawn[:22]} == {draw.kind for draw in drawn[22:44]} == set(names)
    assert [draw.number for draw in drawn] == list(range(1, 51))
