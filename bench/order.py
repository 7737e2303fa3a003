"""What the two orders of a sweep cost and give: the same small grid by rows, for throughput, and in the order of
earlier releases (whatever became ready first), in turn, each in a home of its own. `--whole` takes the
demo grid itself.

first row     from the start of the worker's first stage until one row of the report is complete, benchmark included
rows          the mean of that over all rows
all           until the last stage has ended
measuring     for how long all training of the host pauses: the sum of the benchmarks' own seconds

`--modelled` only computes: the stages of the whole `demo` grid are handed to slots in each order, with 4 s an epoch and
1 s more a training stage, 1.5 s an evaluation and 7 s a benchmark, which runs alone. No busy machine disturbs that.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ending import end_in_order
from sqlalchemy import select, update

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import cells, stages
from prunesweep.core.ledger.db.transactions import reading, writing
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.order import priority_of, ranks
from prunesweep.core.plan.stages import Benchmark, Evaluate, Stage, epochs_of
from prunesweep.core.settings import load_settings

ORDERS: Mapping[str, tuple[str, ...]] = {"before": (), "by rows": ("--by-rows",), "throughput": ("--throughput",)}
GRID = (
    *("--grid", "demo", "--sparsity", "50,90", "--algorithm", "oneshot,iterative", "--epochs", "1", "--rounds", "3"),
    *("--seeds", "0,1", "--dense-epochs", "2", "--bench-engines", "torch,onnxruntime"),
)
WHOLE = ("--grid", "demo")
FACTS = ("first row", "rows", "all", "measuring")


def main() -> None:
    """Print the table and the JSON line."""
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--whole", action="store_true", help="all cells of the demo grid instead of 8 short ones")
    parser.add_argument("--modelled", action="store_true")
    options = parser.parse_args()
    if options.modelled:
        _print_modelled()
        return
    names = list(ORDERS)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for repeat in range(options.repeats):
        for name in names if repeat % 2 == 0 else reversed(names):
            found[name].append(_once(name, options.slots, WHOLE if options.whole else GRID))
            print(name, {fact: round(value, 1) for fact, value in found[name][-1].items()}, file=sys.stderr)
    print(f"{'order':12}" + "".join(f"{fact:>12}" for fact in FACTS) + "   seconds, medians")
    medians = {
        name: {fact: statistics.median(run[fact] for run in runs) for fact in FACTS} for name, runs in found.items()
    }
    for name, facts in medians.items():
        print(f"{name:12}" + "".join(f"{facts[fact]:12.1f}" for fact in FACTS))
    print(json.dumps({"bench": "order", "metrics": {"medians": medians, "runs": found, "slots": options.slots}}))


def _print_modelled() -> None:
    made = plan(GRIDS["demo"])
    orders: dict[str, Mapping[str, int] | None] = {
        "before": None,
        "by rows": ranks(made.stages, throughput=False),
        "throughput": ranks(made.stages, throughput=True),
    }
    found = {
        f"{slots} slots, {name}": _modelled(made, order, slots) for slots in (1, 2, 4) for name, order in orders.items()
    }
    for name, facts in found.items():
        print(f"{name:22}" + "".join(f"{fact} {seconds:6.1f} s   " for fact, seconds in facts.items()))
    print(json.dumps({"bench": "order", "metrics": found}))


def _modelled(made: Plan, order: Mapping[str, int] | None, slots: int) -> dict[str, float]:
    """Hand the plan's stages to slots, in the order of their ranks' priorities or as they become ready."""
    left = {digest: _seconds(stage) for digest, stage in made.stages.items()}
    ready: dict[str, int] = {}
    ended: dict[str, float] = {}
    running: list[str] = []
    now = 0.0
    while len(ended) < len(left):
        for digest, stage in made.stages.items():
            if digest not in ready and all(parent in ended for parent in stage.parents):
                ready[digest] = len(ready)
        waiting = [digest for digest in ready if digest not in ended and digest not in running]
        waiting.sort(key=lambda digest: (priority_of(order[digest]) if order else 0, ready[digest]))
        running += waiting[: slots - len(running)]
        alone = [digest for digest in running if isinstance(made.stages[digest], Benchmark)][:1]
        at_work = alone or list(running)
        step = min(left[digest] for digest in at_work)
        now += step
        for digest in at_work:
            left[digest] -= step
            if left[digest] <= 1e-9:
                running.remove(digest)
                ended[digest] = now
    complete = [max(ended[digest] for digest in cell.stages) for cell in made.cells]
    return dict(zip(FACTS, (min(complete), statistics.fmean(complete), now), strict=False))


def _seconds(stage: Stage) -> float:
    if isinstance(stage, Benchmark):
        return 7.0
    return 1.5 if isinstance(stage, Evaluate) else 4.0 * epochs_of(stage) + 1.0


def _medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {fact: statistics.median(run[fact] for run in runs) for fact in FACTS}


def _once(name: str, slots: int, grid: Sequence[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        data = load_settings().data
        environment = {**os.environ, "SWEEP_HOME": folder, "SWEEP_DATA_DIR": str(data)}
        _sweep(environment, "submit", *grid, *ORDERS[name], "--name", "grid")
        settings = replace(load_settings(), home=Path(folder), database_url="", broker_url="", artifacts_url="")
        engine = open_ledger(settings)
        if name == "before":
            with writing(engine) as connection:
                connection.execute(update(stages).values(rank=0))
        _sweep(environment, "run", *grid, "--name", "grid", "--devices", "cpu", "--per-device", str(slots))
        with reading(engine) as connection:
            ran = {row.digest: row for row in connection.execute(select(stages))}
            rows = connection.execute(select(cells)).all()
        engine.dispose()
    start = min(row.started_at for row in ran.values())
    complete = [
        max(ran[one].ended_at for one in (*row.rounds, row.evaluate, row.dense_evaluate, row.benchmark)) - start
        for row in rows
    ]
    measured = sum(row.ended_at - row.started_at for row in ran.values() if row.kind == "benchmark")
    return dict(zip(FACTS, (min(complete), statistics.fmean(complete), max(complete), measured), strict=True))


def _sweep(environment: Mapping[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "prunesweep", *words]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


if __name__ == "__main__":
    main()
