"""A worker on a GPU with a slot for latencies on the CPU. Its devices are names, its trainers do without torch."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from prunesweep.core.broker.app import make_app
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import attempts, stages
from prunesweep.core.ledger.db.slots import LATENCY_SLOT
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Benchmark, Train
from prunesweep.core.settings import Settings
from prunesweep.worker.runtime import WorkerRuntime

SOON = 120.0
TORCHLESS = str(Path(__file__).parents[1] / "support" / "torchless")


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A worker with one GPU and two READY stages, `train` and `bench`; the broker is away all the while."""
    monkeypatch.setenv("PYTHONPATH", TORCHLESS)
    monkeypatch.setenv("SWEEP_HOME", str(settings.home))
    settings = replace(settings, broker_url="redis://127.0.0.1:1/0", lease=60.0, heartbeat=0.05)
    engine, app = open_ledger(settings), make_app(settings)
    made = plan(read_axes({"sparsity": "0.5", "algorithm": "oneshot", "seeds": "0"}, GRIDS["demo"]))
    add_sweep(engine, made, None, "0")
    train, bench = (
        next(digest for digest, stage in made.stages.items() if isinstance(stage, kind)) for kind in (Train, Benchmark)
    )
    with engine.begin() as connection:
        connection.execute(update(stages).where(stages.c.digest == bench).values(state="READY"))
    runtime = WorkerRuntime(settings, app, ["cuda:0"], latencies=True)
    (settings.home / "hold").touch()

    def ran(digest: str) -> list[str]:
        with engine.connect() as connection:
            return list(connection.execute(select(attempts.c.slot).where(attempts.c.digest == digest)).scalars())

    yield SimpleNamespace(runtime=runtime, engine=engine, train=train, bench=bench, ran=ran, home=settings.home)
    runtime.stop()
    engine.dispose()
    app.close()


def test_a_latency_runs_while_the_gpu_trains(worker: SimpleNamespace) -> None:
    worker.runtime.start()
    [row] = list_workers(worker.engine, SOON)
    assert row.slots == ("cuda:0", LATENCY_SLOT)
    wait_for(lambda: worker.ran(worker.bench))  # the ledger was asked: no hint can have come
    assert set(worker.ran(worker.bench)) == {LATENCY_SLOT}
    wait_for(lambda: worker.runtime.has_room(()))
    assert not worker.runtime.has_room(("a hint",)), "no second hint: only the GPU's slot could act on one"
    worker.runtime.run(worker.bench, "a hint")
    assert set(worker.ran(worker.bench)) == {LATENCY_SLOT}, "the GPU leaves it to that slot"
    (worker.home / "hold").unlink()
    worker.runtime.run(worker.train, "another hint")
    assert worker.ran(worker.train) == ["cuda:0"]


def test_a_hint_with_which_the_gpu_can_do_nothing_reaches_the_slot(worker: SimpleNamespace) -> None:
    """Nobody looks into the ledger here: the supervisor does not run."""
    latencies = worker.runtime._latencies
    latencies.slot.keep_warm()
    wait_for(lambda: latencies.slot.ready)
    worker.runtime.run(worker.bench, "a hint")
    wait_for(lambda: worker.ran(worker.bench))
    assert worker.ran(worker.bench) == [LATENCY_SLOT]
