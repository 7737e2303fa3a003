"""A cell runs when one of its own stages does; what all cells of a seed wait for makes none of them run."""

from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.ledger.db.states import BROKEN, State
from prunesweep.core.ledger.queries.cell_states import CellStages, cell_states
from tests.support.examples import examples

_CELLS = (
    CellStages(shared=("train", "dense"), own=("a1", "a2", "a-evaluate")),
    CellStages(shared=("train", "dense"), own=("a1", "b2", "b-evaluate", "b-benchmark")),
    CellStages(shared=("train", "dense"), own=("c1", "c-evaluate")),
)
_STAGES = sorted({stage for cell in _CELLS for stage in (*cell.shared, *cell.own)})


def _told(**some: State) -> list[State]:
    states = dict.fromkeys(_STAGES, State.PENDING) | {name.replace("_", "-"): state for name, state in some.items()}
    return list(cell_states(_CELLS, states))


def test_a_dense_training_under_way_makes_every_cell_wait() -> None:
    assert _told(train=State.RUNNING) == [State.PENDING] * 3
    assert _told(train=State.DONE, dense=State.RUNNING, c1=State.READY) == [State.PENDING, State.PENDING, State.READY]


def test_a_round_that_two_cells_need_counts_once() -> None:
    assert _told(train=State.DONE, dense=State.DONE, a1=State.RUNNING) == [State.RUNNING, State.PENDING, State.PENDING]
    both = _told(train=State.DONE, dense=State.DONE, a1=State.DONE, a2=State.RUNNING, b2=State.RUNNING)
    assert both == [State.RUNNING, State.RUNNING, State.PENDING]


def test_a_failed_dense_network_fails_every_cell() -> None:
    assert _told(train=State.FAILED, a1=State.CANCELLED) == [State.FAILED] * 3


@settings(max_examples=examples(100))
@given(st.fixed_dictionaries({stage: st.sampled_from(State) for stage in _STAGES}))
def test_never_more_cells_run_than_stages_and_done_means_all(states: dict[str, State]) -> None:
    told = list(cell_states(_CELLS, states))
    for state in (State.RUNNING, State.READY):
        assert told.count(state) <= sum(each == state for each in states.values())
    for cell, state in zip(_CELLS, told, strict=True):
        needed = {states[stage] for stage in (*cell.shared, *cell.own)}
        assert (state is State.DONE) == (needed == {State.DONE})
        assert (state in BROKEN) == bool(needed & set(BROKEN))
