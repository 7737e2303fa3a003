"""How fast stages move: one real worker with one CPU slot, on an embedded ledger and broker.

pickup        idle worker, warm trainer: from before `submit` to the stage's `started_at`
overhead      a chain of stages of known length: what is left of each link when the trainer's own time is taken away
              (claim, request, events, rows, children made READY, hint, next claim)
stages        independent no-op stages, submitted and hinted at once, until the last has ended; per second
optuna        the rival: Optuna's grid sampler on SQLite with an objective that does nothing; trials per second
"""

import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import Celery
from ending import end_in_order
from sqlalchemy import Engine, select

from prunesweep.core.broker.app import make_app
from prunesweep.core.broker.hints import publish
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages as table
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import list_workers
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from prunesweep.core.settings import load_settings

PICKUPS = 40
LINKS = 100
LINK_SECONDS = 0.02
NO_OPS = 600
ROUNDS = 3
TRIALS = 30


@dataclass(frozen=True)
class Site:
    """A ledger, and the app that its worker listens to."""

    engine: Engine
    app: Celery


def main() -> None:
    """Prints the table and the JSON line."""
    end_in_order()
    with tempfile.TemporaryDirectory() as folder, site_of(Path(folder)) as site:
        run_all(site, "warm-up", [Sleep("warm-up", 0.0)])
        pickups = list(_pickups(site))
        overhead = statistics.median(_overheads(site))
        rates, rivals = [], []
        for number in range(ROUNDS):
            rates.append(_stages_per_second(site, number))
            rivals.append(_trials_per_second(Path(folder), number))
    found = [rate for rate in rivals if rate is not None]
    metrics = {
        "pickup_p99_s": round(_quantile(pickups, 0.99), 4),
        "pickup_median_s": round(statistics.median(pickups), 4),
        "overhead_ms": round(overhead * 1000, 2),
        "stages_per_s": round(statistics.median(rates), 1),
    }
    if found:
        metrics["optuna_trials_per_s"] = round(statistics.median(found), 1)
    _print_table(metrics, len(pickups), "" if found else "optuna is not installed: rival skipped")
    print(json.dumps({"bench": "pickup", "metrics": metrics}))


def _print_table(metrics: dict[str, float], samples: int, note: str) -> None:
    rows = [
        ("idle pickup, p99", f"{metrics['pickup_p99_s'] * 1000:.1f} ms", "≤ 1000 ms", f"{samples} samples"),
        ("idle pickup, median", f"{metrics['pickup_median_s'] * 1000:.1f} ms", "", ""),
        ("overhead of a stage", f"{metrics['overhead_ms']:.1f} ms", "≤ 50 ms", f"chain of {LINKS}, median"),
        ("no-op stages", f"{metrics['stages_per_s']:.0f} /s", "≥ 100 /s", f"{NO_OPS} at once, median of {ROUNDS}"),
    ]
    if "optuna_trials_per_s" in metrics:
        rows.append(("Optuna grid, SQLite", f"{metrics['optuna_trials_per_s']:.1f} /s", "", f"{TRIALS} no-op trials"))
    for name, value, goal, how in [("", "measured", "goal", "how"), *rows]:
        print(f"{name:<22}{value:>12}  {goal:<12}{how}")
    if note:
        print(note)


def _pickups(site: Site) -> Iterator[float]:
    """Return the seconds from before the submit to the claim, with pauses of random length between."""
    chance = random.Random(0)
    for number in range(PICKUPS):
        time.sleep(chance.uniform(0.2, 0.9))
        stage = Sleep(f"pickup {number}", 0.0)
        before = time.time()
        (row,) = run_all(site, f"pickup-{number}", [stage])
        yield row.started_at - before


def _overheads(site: Site) -> Iterator[float]:
    """Return the seconds that each link of a chain takes beyond its sleep."""
    chain: list[Sleep] = []
    for number in range(LINKS):
        after = (digest_of(encode(chain[-1])),) if chain else ()
        chain.append(Sleep(f"link {number}", LINK_SECONDS, after))
    starts = [row.started_at for row in run_all(site, "chain", chain)]
    return (later - earlier - LINK_SECONDS for earlier, later in itertools.pairwise(starts))


def _stages_per_second(site: Site, number: int) -> float:
    started = time.time()
    rows = run_all(site, f"no-ops-{number}", [Sleep(f"no-op {number}.{k}", 0.0) for k in range(NO_OPS)])
    ended: float = max(row.ended_at for row in rows)
    return NO_OPS / (ended - started)


def _trials_per_second(folder: Path, number: int) -> float | None:
    try:
        import optuna
    except ImportError:
        return None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.GridSampler({"x": list(range(TRIALS))})
    study = optuna.create_study(storage=f"sqlite:///{folder}/optuna-{number}.db", sampler=sampler)
    started = time.perf_counter()
    study.optimize(lambda trial: float(trial.suggest_int("x", 0, TRIALS - 1)), n_trials=TRIALS)
    return TRIALS / (time.perf_counter() - started)


def run_all(site: Site, name: str, sleeps: Sequence[Sleep]) -> Sequence[Any]:
    """Submits and hints the stages; waits for all; their rows, in order."""
    encoded = {digest_of(encode(sleep)): encode(sleep) for sleep in sleeps}
    plan = Plan(GRIDS["demo"], (), dict(zip(encoded, sleeps, strict=True)), encoded)
    publish(site.app, add_sweep(site.engine, plan, name, "bench").ready)
    # Few looks: each one takes processor time from what is being measured.
    columns = select(table.c.digest, table.c.state, table.c.started_at, table.c.ended_at)
    last = columns.where(table.c.digest.in_(encoded), table.c.state != State.DONE).limit(1)
    while True:
        with site.engine.connect() as connection:
            if connection.execute(last).first() is None:
                rows = {row.digest: row for row in connection.execute(columns.where(table.c.digest.in_(encoded)))}
                return [rows[digest] for digest in encoded]
        time.sleep(0.05)


@contextmanager
def site_of(home: Path) -> Iterator[Site]:
    """Start a worker on an empty home, up to the end of the block."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("SWEEP_", "REDIS_"))}
    environ["SWEEP_HOME"] = str(home)
    settings = load_settings(environ)
    engine = open_ledger(settings)
    log = (home / "worker.log").open("wb")
    worker = subprocess.Popen(
        [sys.executable, "-m", "prunesweep.worker", "--devices", "cpu"], env=environ, stdout=log, stderr=log
    )
    try:
        while not list_workers(engine, 60) or b"is ready (" not in (home / "worker.log").read_bytes():
            if worker.poll() is not None:
                raise SystemExit((home / "worker.log").read_text())
            time.sleep(0.1)
        yield Site(engine, make_app(settings))
    finally:
        worker.terminate()
        worker.wait()
        log.close()
        engine.dispose()


def _quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
