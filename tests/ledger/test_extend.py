"""A sweep that grows: only new work, old numbers kept, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.schema import cells
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.extend import extend_sweep
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.orchestrator.run.extension import grown

CLASSIC = GRIDS["classic"]


def _cells(ledger: Engine, sweep: int) -> list[tuple[object, ...]]:
    wanted = (cells.c.position, cells.c.algorithm, cells.c.sparsity, cells.c.epochs, cells.c.seed)
    with ledger.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(select(*wanted).where(cells.c.sweep_id == sweep).order_by("position"))
        ]


def test_only_new_work_is_added_and_numbers_stay(ledger: Engine) -> None:
    first = add_sweep(ledger, plan(CLASSIC), "study", "0")
    before = _cells(ledger, first.id)
    grid = grown(find_sweep(ledger, "study"), {"seeds": "3", "sparsity": "95"}, looked=False)
    assert (grid.seeds, grid.sparsity) == ((0, 3), (0.5, 0.75, 0.9, 0.95))
    sweep = find_sweep(ledger, "study")
    found = extend_sweep(ledger, sweep.id, sweep.grid, plan(grid))
    after = _cells(ledger, first.id)
    assert after[: len(before)] == before
    assert [row[0] for row in after] == list(range(1, len(plan(grid).cells) + 1))
    assert (found.name, found.new) == ("study", found.stages - first.stages)
    again = extend_sweep(ledger, first.id, find_sweep(ledger, "study").grid, plan(grid))
    assert (again.new, _cells(ledger, first.id)) == (0, after), "a second time adds nothing"
    assert add_sweep(ledger, plan(grid), "study", "0").id == first.id, "the grown grid is the sweep's grid now"


def test_what_would_change_the_old_stages_is_refused_and_nothing_is_written(ledger: Engine) -> None:
    first = add_sweep(ledger, plan(CLASSIC), "study", "0")
    before = _cells(ledger, first.id)
    # A ticket's rewinding point cuts the dense training in two, so that every stage would be another.
    grid = grown(find_sweep(ledger, "study"), {"algorithm": "lottery"}, looked=False)
    with pytest.raises(UserError, match="its stages would change"):
        extend_sweep(ledger, first.id, find_sweep(ledger, "study").grid, plan(grid))
    assert _cells(ledger, first.id) == before


def test_seeds_after_a_look_are_a_second_look_and_there_is_no_third(ledger: Engine) -> None:
    add_sweep(ledger, plan(replace(CLASSIC, seeds=(0, 1))), "study", "0")
    sweep = find_sweep(ledger, "study")
    assert grown(sweep, {"seeds": "2"}, looked=False).looked == ()
    second = grown(sweep, {"seeds": "2"}, looked=True)
    assert second.looked == (0, 1)
    extend_sweep(ledger, sweep.id, sweep.grid, plan(second))
    with pytest.raises(UserError, match="no valid third look"):
        grown(find_sweep(ledger, "study"), {"seeds": "3"}, looked=True)
    assert grown(find_sweep(ledger, "study"), {"sparsity": "95"}, looked=True).looked == (0, 1)


def test_who_planned_from_an_older_grid_is_told_to_look_again(ledger: Engine) -> None:
    add_sweep(ledger, plan(CLASSIC), "study", "0")
    before = find_sweep(ledger, "study")
    extend_sweep(ledger, before.id, before.grid, plan(grown(before, {"seeds": "1"}, looked=False)))
    with pytest.raises(UserError, match="extended meanwhile"):
        extend_sweep(ledger, before.id, before.grid, plan(grown(before, {"seeds": "2"}, looked=False)))
    assert find_sweep(ledger, "study").grid["seeds"] == [0, 1]


def test_nothing_new_is_one_line(ledger: Engine) -> None:
    add_sweep(ledger, plan(CLASSIC), "study", "0")
    with pytest.raises(UserError, match=r"has all of --sparsity 50,90 already"):
        grown(find_sweep(ledger, "study"), {"sparsity": "50,90"}, looked=False)
    with pytest.raises(UserError, match=r"give what to add, e\.g\. --seeds 3,4"):
        grown(find_sweep(ledger, "study"), {}, looked=False)
