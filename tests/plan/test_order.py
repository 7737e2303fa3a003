"""The order in which stages run: what it promises for any grid."""

from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.order import priority_of, ranks
from prunesweep.core.plan.stages import Benchmark, Evaluate, PruneRound, Train
from tests.support.examples import examples

AXES = st.fixed_dictionaries(
    {
        "sparsity": st.sampled_from(["50", "50,90"]),
        "algorithm": st.sampled_from(["oneshot", "iterative", "oneshot,iterative,lottery"]),
        "rounds": st.sampled_from(["1", "2,3"]),
        "seeds": st.sampled_from(["0", "0,1"]),
        "bench_device": st.sampled_from(["cpu", "none"]),
    }
)


@settings(max_examples=examples(10))
@given(AXES)
def test_what_completes_a_row_precedes_what_begins_one_and_training_precedes_measuring_for_throughput(axes):
    stages = plan(read_axes(axes, GRIDS["demo"])).stages

    rows = _of_kind(stages, ranks(stages, throughput=False))
    assert max(rows["ends"]) < min(rows["trains"])
    assert all(later < first for later in rows["later rounds"] for first in rows["first rounds"] + rows["roots"])
    assert all(first < root for first in rows["first rounds"] for root in rows["roots"])

    fast = _of_kind(stages, ranks(stages, throughput=True))
    assert max(fast["trains"]) < min(fast["ends"])
    assert all(evaluate < benchmark for evaluate in fast["evaluates"] for benchmark in fast["benchmarks"])
    assert fast["roots"] == sorted(fast["roots"])


@settings(max_examples=examples(5))
@given(AXES, st.booleans())
def test_ranks_differ_and_give_priorities_that_the_broker_has_lists_for(axes, throughput):
    stages = plan(read_axes(axes, GRIDS["demo"])).stages
    found = ranks(stages, throughput=throughput)
    assert len(set(found.values())) == len(stages)
    assert {priority_of(rank) for rank in found.values()} <= {0, 3, 6, 9}


def _of_kind(stages, found):
    ends = {digest: stage for digest, stage in stages.items() if isinstance(stage, Evaluate | Benchmark)}
    trains = {digest: stage for digest, stage in stages.items() if isinstance(stage, Train | PruneRound)}
    rounds = {digest: stage.round for digest, stage in trains.items() if isinstance(stage, PruneRound)}
    chosen = {
        "ends": ends,
        "trains": trains,
        "evaluates": [digest for digest, stage in ends.items() if isinstance(stage, Evaluate)],
        "benchmarks": [digest for digest, stage in ends.items() if isinstance(stage, Benchmark)],
        "later rounds": [digest for digest, number in rounds.items() if number > 1],
        "first rounds": [digest for digest, number in rounds.items() if number == 1],
        "roots": [digest for digest, stage in trains.items() if not stage.parents],
    }
    return {name: [found[digest] for digest in digests] for name, digests in chosen.items()}
