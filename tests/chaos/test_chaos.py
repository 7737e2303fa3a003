"""A short campaign of faults against a real sweep; `make chaos` runs long ones."""

import pytest

from tests.chaos.campaign import Campaign, Order
from tests.chaos.faults import deal, kinds
from tests.chaos.work import Size

_SHORT = Size(chains=2, dense=6, rounds=2, epochs=4)


@pytest.mark.slow
def test_every_kind_of_fault_costs_nothing_but_time():
    """One fault of each kind. How much time is told, and left to `make chaos` to judge."""
    verdict = Campaign(Order(19, 7, "postgres", _SHORT, pace=1.5, workers=3, timed=False)).run()
    assert verdict.ok, "\n".join([verdict.table(), *verdict.notes, *verdict.broken, verdict.line()])
    assert list(verdict.facts["faults"].values()) == [1] * 19
    assert verdict.facts["rows_identical"][0] >= _SHORT.chains


def test_a_seed_deals_the_same_faults_and_every_kind_in_each_round():
    names = [kind.name for kind in kinds("ledger restart", store=True)]
    assert len(set(names)) == 19
    drawn = deal(1, 40, names)
    assert drawn == deal(1, 40, names) != deal(2, 40, names)
    assert {draw.kind for draw in drawn[:19]} == {draw.kind for draw in drawn[19:38]} == set(names)
    assert [draw.number for draw in drawn] == list(range(1, 41))
