"""A small world to play sweeps in: stages by label, workers that do nothing, and a clock that can be moved on."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, update

from bench.rows import LATENCY
from prunesweep.core.ledger.db.schema import attempts, stages, workers
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import Claim, claim
from prunesweep.core.ledger.queue.outcome import complete, crash
from prunesweep.core.ledger.queue.submit import SubmitSummary, add_sweep
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, Stage, digest, encode
from prunesweep.core.settings import Settings

GRAPH: Mapping[str, Sequence[str]] = {"done": [], "runs": ["done"], "ready": [], "waits": ["ready"]}
"""What `played` submitted."""
_GOLDEN = Path(__file__).parent / "golden"

RESULT: Mapping[str, Any] = {
    "top1": 0.9,
    "top1_before": None,
    "top1_bn": None,
    "top5": None,
    "nonzero_counted": 25,
    "total_counted": 100,
    "params_nonzero": 30,
    "params": 120,
    "collapsed": 0,
    "majority": 0.1,
    "loss": 0.3,
    "images": 100,
    "nonzero": 25,
    "total": 100,
    "macs": 50,
    "macs_dense": 200,
    "layers": [{"name": "fc", "nonzero": 25, "total": 100, "macs": 50}],
    "device": "a processor",
}


def plan_of(graph: Mapping[str, Sequence[str]], seeds: tuple[int, ...] = (0,)) -> tuple[Plan, dict[str, str]]:
    """Sleep stages from label → labels of its parents (parents first), as a plan without cells; label → digest.

    seeds: of the plan's grid, to have another grid with the same stages.
    """
    digests: dict[str, str] = {}
    made: dict[str, Stage] = {}
    for label, parents in graph.items():
        stage = Sleep(label, 0.0, tuple(digests[parent] for parent in parents))
        digests[label] = digest(stage)
        made[digests[label]] = stage
    texts = {key: encode(stage) for key, stage in made.items()}
    return Plan(replace(GRIDS["demo"], seeds=seeds), (), made, texts), digests


@dataclass
class World:
    """A ledger and the digests of the labels submitted to it."""

    engine: Engine
    digests: dict[str, str] = field(default_factory=dict)

    def submit(self, graph: Mapping[str, Sequence[str]], name: str | None = None, seed: int = 0) -> SubmitSummary:
        plan, digests = plan_of(graph, (seed,))
        self.digests |= digests
        return add_sweep(self.engine, plan, name, "0")

    def claim(self, label: str, worker: str = "w", device: str = "cpu", lease: float = 60.0) -> Claim:
        found = claim(self.engine, self.digests[label], worker, device, device, lease)
        assert found is not None, f"{label} is {self.state(label)}"
        return found

    def done(self, taken: Claim, artifact: str = "") -> tuple[str, ...] | None:
        result = {"evaluate": RESULT, "benchmark": LATENCY}.get(taken.kind, {})
        return complete(
            self.engine,
            taken.digest,
            taken.attempt,
            artifact=artifact,
            artifact_bytes=len(artifact),
            train_seconds=float(taken.epochs),
            summary={},
            result=result,
            log="",
        )

    def row(self, label: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(select(stages).where(stages.c.digest == self.digests[label])).one()

    def state(self, label: str) -> str:
        return str(self.row(label).state)

    def states(self) -> dict[str, str]:
        return {label: self.state(label) for label in self.digests}

    def attempts(self, label: str) -> list[Any]:
        query = select(attempts).where(attempts.c.digest == self.digests[label]).order_by(attempts.c.attempt)
        with self.engine.connect() as connection:
            return list(connection.execute(query))

    def later(self, seconds: float) -> None:
        """Lets time pass: every moment in the ledger is now so much longer ago."""
        shift = {name: stages.c[name] - seconds for name in ("not_before", "lease_until", "hinted_at")}
        with self.engine.begin() as connection:
            connection.execute(update(stages).values(shift))
            connection.execute(update(workers).values(seen_at=workers.c.seen_at - seconds))

    def labels(self, digests: Sequence[str]) -> list[str]:
        names = {value: label for label, value in self.digests.items()}
        return sorted(names[value] for value in digests)


@pytest.fixture
def world(ledger: Engine) -> World:
    return World(ledger)


@pytest.fixture
def played(world: World) -> World:
    """`runs` is in its second attempt, after its parent, `done`, was sent back, and has a saved state."""
    world.submit(GRAPH, "mine")
    world.done(world.claim("done"), "d" * 64)
    taken = world.claim("runs")
    crash(world.engine, taken.digest, taken.attempt, "boom", "", 3, 0.0)
    taken = world.claim("runs")
    record_snapshot(world.engine, taken.digest, taken.attempt, artifact="a" * 64, artifact_bytes=1, epoch=1, step=0)
    return world


@pytest.fixture(scope="session")
def make_world() -> Callable[[Engine], World]:
    """For tests that open ledgers of their own."""
    return World


@pytest.fixture
def good_result() -> Mapping[str, Any]:
    """The columns of a results row."""
    return RESULT


@pytest.fixture
def good_latency() -> Mapping[str, Any]:
    """The columns of a latencies row."""
    return LATENCY


@pytest.fixture(params=["sqlite", "postgresql"])
def load_golden(request: pytest.FixtureRequest, settings: Settings) -> Callable[[str], Settings]:
    """`load_golden("0001")` gives the settings of a ledger as that revision left it; with "" it is empty."""

    def into_sqlite(revision: str) -> Settings:
        if not revision:
            return settings
        settings.home.mkdir(exist_ok=True)
        with sqlite3.connect(settings.ledger_file) as connection:
            connection.executescript((_GOLDEN / f"{revision}.sqlite.sql").read_text(encoding="utf-8"))
        connection.close()
        return settings

    def into_postgres(revision: str) -> Settings:
        url = request.getfixturevalue("postgres_database")()
        if revision:
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.exec_driver_sql((_GOLDEN / f"{revision}.postgresql.sql").read_text(encoding="utf-8"))
            engine.dispose()
        return replace(settings, database_url=url)

    return into_sqlite if request.param == "sqlite" else into_postgres
