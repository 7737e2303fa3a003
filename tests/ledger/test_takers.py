"""Which slots may take a latency that is to be measured on the CPU."""

import pytest
from sqlalchemy import Engine, update

from prunesweep.core.ledger.db.schema import stages, workers
from prunesweep.core.ledger.db.slots import ALIVE_SECONDS, LATENCY_SLOT
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import WorkerNotes, gone, note, register
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Benchmark, Evaluate


@pytest.fixture
def ready(ledger: Engine) -> tuple[str, str]:
    """A Benchmark stage on the CPU and an Evaluate stage, both READY; nothing else is."""
    made = plan(read_axes({"sparsity": "0.5", "algorithm": "oneshot", "seeds": "0"}, GRIDS["demo"]))
    add_sweep(ledger, made, None, "0")
    found = tuple(
        next(digest for digest, stage in made.stages.items() if isinstance(stage, kind))
        for kind in (Benchmark, Evaluate)
    )
    with ledger.begin() as connection:
        connection.execute(update(stages).values(state="PENDING"))
        connection.execute(update(stages).where(stages.c.digest.in_(found)).values(state="READY"))
    return found[0], found[1]


def _taken(ledger: Engine, slot: str) -> set[str]:
    """The stages for which such a slot would be sent a hint."""
    return set(due(ledger, slot, 10, -1.0))


def test_a_gpu_takes_latencies_only_where_no_cpu_slot_lives(ledger: Engine, ready: tuple[str, str]) -> None:
    bench, evaluate = ready
    both = {bench, evaluate}
    assert _taken(ledger, "cuda:0") == both, "no worker at all"
    register(ledger, "old", "h", 1, ["cuda:0", "cuda:1"], "0")
    assert _taken(ledger, "cuda:0") == both, "a worker without such a slot, e.g. of an earlier release"
    assert _taken(ledger, "cpu") == both
    assert _taken(ledger, LATENCY_SLOT) == {bench}
    for slot in (LATENCY_SLOT, "cpu"):
        register(ledger, "new", "h", 2, ["cuda:0", slot], "0")
        assert _taken(ledger, "cuda:0") == {evaluate}
        assert claim(ledger, bench, "old", "cuda:1", "cuda:1", 60.0) is None
        note(ledger, "new", WorkerNotes({slot: "rests: for a while", "broker": '"cpu"'}, ("cuda:0",)))
        assert _taken(ledger, "cuda:0") == {evaluate}, "what rests will work again"
        note(ledger, "new", WorkerNotes({slot: "cannot start"}, (slot,)))
        assert _taken(ledger, "cuda:0") == both, "of a slot that is out no work is expected"
        gone(ledger, "new")
    assert _taken(ledger, "cuda:0") == both
    assert claim(ledger, evaluate, "new", LATENCY_SLOT, LATENCY_SLOT, 60.0) is None


def test_a_worker_that_was_lost_keeps_no_latency(ledger: Engine, ready: tuple[str, str]) -> None:
    bench, _ = ready
    register(ledger, "new", "h", 2, ["cuda:0", LATENCY_SLOT], "0")
    assert claim(ledger, bench, "old", "cuda:0", "cuda:0", 60.0) is None
    with ledger.begin() as connection:
        connection.execute(update(workers).values(seen_at=workers.c.seen_at - 2 * ALIVE_SECONDS))
    taken = claim(ledger, bench, "old", "cuda:0", "cuda:0", 60.0)
    assert taken is not None and taken.kind == "benchmark"


def test_the_latency_slot_takes_a_latency(ledger: Engine, ready: tuple[str, str]) -> None:
    taken = claim(ledger, ready[0], "new", LATENCY_SLOT, LATENCY_SLOT, 60.0)
    assert taken is not None
    with ledger.connect() as connection:
        rows = {row.digest: row.slot for row in connection.execute(stages.select().where(stages.c.state == "RUNNING"))}
    assert rows == {ready[0]: LATENCY_SLOT}
