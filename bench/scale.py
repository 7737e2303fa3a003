"""Does twice as many workers mean half the time? `python bench/scale.py`: 1, 2, 4 and 8 real workers.

Each worker is a `python -m prunesweep.worker --devices cpu` of its own, warm before the clock starts, on one embedded
broker and one SQLite ledger in a temporary folder. The stages sleep for one second, so that the processors are free
for what is measured: everything around a stage.

makespan      from before `submit` to the end of the last stage
ideal         ceil(stages / workers) × 1 s
gap           from the end of a stage to the start of the next on the same slot; includes what a stage takes beyond
              its sleep only where that is before its start or after its end in the ledger
in stage      a stage's time in the ledger beyond its sleep (request to the trainer, events, completion)
"""

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import Celery
from databases import submit
from ending import end_in_order
from sqlalchemy import Engine, func, select

from prunesweep.core.broker.app import make_app
from prunesweep.core.broker.hints import publish
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import attempts, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from prunesweep.core.settings import load_settings

WORKERS = (1, 2, 4, 8)
STAGES = 16
"""For each worker."""
SECONDS = 1.0
_START_SECONDS = 120.0


@dataclass(frozen=True)
class Run:
    """Times in seconds."""

    workers: int
    stages: int
    makespan: float
    ideal: float
    first: float
    gap: float
    in_stage: float

    @property
    def efficiency(self) -> float:
        return self.ideal / self.makespan


class Crew:
    """The workers of one home; there can only be more of them."""

    def __init__(self, home: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SWEEP_", "REDIS_"))}
        self._environ = {**clean, "SWEEP_HOME": str(home), "SWEEP_THREADS": "1"}
        settings = load_settings(self._environ)
        self._home = home
        self._workers: list[subprocess.Popen[bytes]] = []
        self.engine: Engine = open_ledger(settings)
        self.app: Celery = make_app(settings)

    def grow(self, count: int) -> None:
        """Starts workers, one after another, until there are `count` warm ones."""
        while len(self._workers) < count:
            path = self._home / f"worker-{len(self._workers)}.log"
            with path.open("wb") as log:
                command = [sys.executable, "-m", "prunesweep.worker", "--devices", "cpu"]
                worker = subprocess.Popen(command, env=self._environ, stdout=log, stderr=log)
            self._workers.append(worker)
            deadline = time.monotonic() + _START_SECONDS
            while b"is ready (" not in path.read_bytes():
                if worker.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(path.read_text())
                time.sleep(0.1)
        time.sleep(2.0)  # what a start leaves to do

    def close(self) -> None:
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.wait()
        self.engine.dispose()
        self.app.close()


@contextmanager
def _crew() -> Iterator[Crew]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        crew = Crew(Path(folder))
        try:
            yield crew
        finally:
            crew.close()


def measure(crew: Crew, workers: int, label: str, per_worker: int) -> Run:
    """Runs STAGES stages for each worker to their end."""
    sleeps = [Sleep(f"{label} {number}", SECONDS) for number in range(workers * per_worker)]
    digests = [digest_of(encode(sleep)) for sleep in sleeps]
    began = time.time()
    publish(crew.app, submit(crew.engine, label, sleeps))
    ended = select(func.count()).where(stages.c.digest.in_(digests), stages.c.state == State.DONE)
    while True:
        with crew.engine.connect() as connection:
            if connection.execute(ended).scalar_one() == len(digests):
                break
        time.sleep(0.5)
    with crew.engine.connect() as connection:
        rows = connection.execute(select(attempts).where(attempts.c.digest.in_(digests))).all()
    if len(rows) != len(digests):
        raise SystemExit(f"{len(rows)} attempts of {len(digests)} stages")
    return _run(workers, rows, began)


def _run(workers: int, rows: Sequence[Any], began: float) -> Run:
    slots: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.started_at):
        slots[row.worker, row.slot].append(row)
    gaps = [after.started_at - before.ended_at for done in slots.values() for before, after in itertools.pairwise(done)]
    return Run(
        workers,
        len(rows),
        max(row.ended_at for row in rows) - began,
        math.ceil(len(rows) / workers) * SECONDS,
        max(done[0].started_at for done in slots.values()) - began,
        statistics.median(gaps),
        statistics.median(row.ended_at - row.started_at - SECONDS for row in rows),
    )


def main() -> None:
    """Prints the table and the JSON line."""
    end_in_order()
    parser = argparse.ArgumentParser(description="Efficiency of 1, 2, 4 and 8 workers.")
    parser.add_argument("--stages", type=int, default=STAGES, help="for each worker")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    found: dict[int, list[Run]] = defaultdict(list)
    with _crew() as crew:
        for workers in WORKERS:
            crew.grow(workers)
            for turn in range(given.rounds):
                found[workers].append(measure(crew, workers, f"{workers}-{turn}", given.stages))
    runs = [sorted(group, key=lambda run: run.efficiency)[len(group) // 2] for group in found.values()]
    print("workers  stages  makespan    ideal  efficiency  last slot's start  median gap  in stage")
    for run in runs:
        print(
            f"{run.workers:>7}{run.stages:>8}{run.makespan:>8.2f} s{run.ideal:>7.1f} s{run.efficiency:>12.3f}"
            f"{run.first * 1000:>16.0f} ms{run.gap * 1000:>9.1f} ms{run.in_stage * 1000:>7.1f} ms"
        )
    print(f"stages of {SECONDS:g} s; median of {given.rounds}; goal: efficiency ≥ 0.95 with 8 workers")
    metrics = {f"efficiency_{run.workers}": round(run.efficiency, 4) for run in runs}
    metrics["gap_ms"] = round(runs[-1].gap * 1000, 2)
    print(json.dumps({"bench": "scale", "metrics": metrics}))


if __name__ == "__main__":
    main()
