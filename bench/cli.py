"""How long the command line takes: `python bench/cli.py`.

Processor time of `sweep --help` and of `sweep status` from a cold start (median), and the wall time of `submit`,
`status` and `report` on a sweep of 10,000 cells, all of them finished. Each is a process of its own, on an embedded
ledger in a temporary folder.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from ending import end_in_order
from sqlalchemy import Engine, insert, select, update

from bench.rows import LATENCY
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import latencies, results, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.settings import load_settings

COLD_RUNS = 7
WARM_RUNS = 3
BIG = {
    "grid": "full",
    "algorithm": "oneshot,iterative",
    "sparsity": "50,55,60,65,70,75,80,85,90,95",
    "epochs": "1,2,3,4,5",
    "iterations": "2,3,4",
    "seeds": ",".join(str(seed) for seed in range(50)),
}


def sweep(home: Path, *arguments: str) -> tuple[float, float]:
    """Runs `sweep ARGUMENTS`; its (wall, processor) seconds."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("sweep")), *arguments],
        # As a user's shell has it: Python may keep what it has compiled.
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        | {"SWEEP_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"sweep {arguments[0]} ended with exit code {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime


def finish(engine: Engine) -> None:
    """Make every stage DONE, with made-up results: what a report of a finished sweep has to read."""
    with engine.begin() as connection:
        made = select(stages.c.digest).where(stages.c.kind.in_(["train", "prune"])).scalar_subquery()
        connection.execute(update(stages).values(state=State.DONE, started_at=1.0, ended_at=2.0))
        artifact = {"artifact": stages.c.digest, "artifact_bytes": 44_700_000, "train_seconds": 12.5}
        connection.execute(update(stages).where(stages.c.digest.in_(made)).values(artifact))
        for kind, table, facts in (("evaluate", results, RESULT), ("benchmark", latencies, NO_FASTER)):
            digests = connection.execute(select(stages.c.digest).where(stages.c.kind == kind)).scalars().all()
            connection.execute(insert(table), [{"digest": digest, **facts} for digest in digests])


RESULT: dict[str, Any] = {
    "top1": 0.9123,
    "top1_before": 0.5123,
    "top1_bn": None,
    "top5": None,
    "nonzero_counted": None,
    "total_counted": None,
    "params_nonzero": None,
    "params": None,
    "collapsed": 0,
    "majority": 0.1,
    "loss": 0.3,
    "images": 10_000,
    "nonzero": 1_116_435,
    "total": 11_164_352,
    "macs": 14_000_000,
    "macs_dense": 140_000_000,
    "layers": [],
    "device": "cpu",
    "at": 2.0,
}
NO_FASTER = LATENCY | {
    "dense_ms": 12.25,
    "pruned_ms": 12.23,
    "ratio": 1.002,
    "ratio_low": 0.99,
    "ratio_high": 1.01,
    "at": 2.0,
}


def measure(folder: Path) -> dict[str, float]:
    """Measure all figures, in seconds."""
    small, big = folder / "small", folder / "big"
    sweep(small, "submit", "--grid", "demo")
    found = {"help_cpu_s": median(sweep(small, "--help")[1] for _ in range(COLD_RUNS))}
    found["status_cpu_s"] = median(sweep(small, "status")[1] for _ in range(COLD_RUNS))
    axes = [word for axis, value in BIG.items() for word in (f"--{axis}", value)]
    found["submit_10k_s"] = sweep(big, "submit", *axes)[0]
    engine = open_ledger(load_settings({"SWEEP_HOME": str(big)}))
    found["status_10k_waiting_s"] = median(sweep(big, "status")[0] for _ in range(WARM_RUNS))
    finish(engine)
    engine.dispose()
    found["status_10k_s"] = median(sweep(big, "status")[0] for _ in range(WARM_RUNS))
    for form in ("table", "csv", "json"):
        name = "report_10k_s" if form == "table" else f"report_10k_{form}_s"
        found[name] = median(sweep(big, "report", "--format", form)[0] for _ in range(WARM_RUNS))
    return found


def main() -> None:
    """Prints a table, then one line of JSON."""
    end_in_order()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    print(f"{'figure':<24}{'seconds':>9}")
    for name, seconds in found.items():
        print(f"{name:<24}{seconds:>9.3f}")
    print(json.dumps({"bench": "cli", "metrics": {name: round(value, 4) for name, value in found.items()}}))


if __name__ == "__main__":
    main()
