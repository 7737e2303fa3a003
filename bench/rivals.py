"""A grid of points that compute nothing: what each tool takes for a point, in one run, in turn.

ours          one worker with its trainer process, embedded broker, SQLite ledger: every point is a row with its attempt
optuna        GridSampler, SQLite storage, in one process
ray           Ray Tune, `grid_search`, one point at a time on one CPU: an actor process a point
hydra         `--multirun` with the basic launcher: one process, a folder a point
submitit      the same with submitit's local launcher: a process a point

ready         from the start of the process until the first point has begun (imports, servers, workers)
per second    points divided by the seconds from the first one's start to the last one's end

Run: python bench/rivals.py --rivals PYTHON (of an environment with optuna, ray[tune], hydra-submitit-launcher)
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from ending import end_in_order
from pickup import Site, run_all, site_of

from prunesweep.core.plan.stages import Sleep

POINTS: Mapping[str, int] = {"ours": 600, "optuna": 200, "ray": 20, "hydra": 60, "submitit": 12}
"""So many that each tool takes some seconds."""

_OPTUNA = """
import sys, time, optuna
points, folder = int(sys.argv[1]), sys.argv[2]
optuna.logging.set_verbosity(optuna.logging.ERROR)
times = []
def objective(trial):
    times.append(time.time())
    return float(trial.suggest_int("x", 0, points - 1))
sampler = optuna.samplers.GridSampler({"x": list(range(points))})
study = optuna.create_study(storage=f"sqlite:///{folder}/optuna.db", sampler=sampler)
study.optimize(objective, n_trials=points)
print("TIMES", times[0], time.time())
"""
_RAY = """
import os, sys, time
os.environ.update(RAY_AIR_NEW_OUTPUT="0", RAY_CHDIR_TO_TRIAL_DIR="0")
points, folder = int(sys.argv[1]), sys.argv[2]
import ray
from ray import tune
ray.init(num_cpus=1, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
def point(config):
    tune.report({"value": config["x"], "began": time.time()})
tuner = tune.Tuner(
    tune.with_resources(point, {"cpu": 1}), param_space={"x": tune.grid_search(list(range(points)))},
    tune_config=tune.TuneConfig(reuse_actors=True),
    run_config=tune.RunConfig(storage_path=folder, name="grid", verbose=0),
)
results = tuner.fit()
assert len(results) == points and not results.errors
print("TIMES", min(one.metrics["began"] for one in results), time.time())
"""
_HYDRA = """
import sys, time
from pathlib import Path
import hydra
@hydra.main(version_base=None)
def point(config):
    with Path(config.log).open("a") as log:
        log.write(f"{time.time()}\\n")
    return float(config.x)
if __name__ == "__main__":
    point()
"""


def main() -> None:
    """Print the table and the JSON line."""
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rivals", required=True, help="a Python that has the other tools")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in POINTS}
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        for number in range(options.rounds):
            for name in POINTS:
                place = Path(folder, f"{name}-{number}")
                place.mkdir()
                found[name].append(_ours(place) if name == "ours" else _rival(name, options.rivals, place))
                print(number, name, *(round(value, 2) for value in found[name][-1]), file=sys.stderr, flush=True)
    print(f"{'tool':10}{'points':>8}{'ready':>10}{'per second':>12}{'lowest':>9}{'highest':>9}")
    for name, runs in found.items():
        ready, rates = statistics.median(run[0] for run in runs), sorted(run[1] for run in runs)
        rate = f"{statistics.median(rates):>12.1f}{rates[0]:>9.1f}{rates[-1]:>9.1f}"
        print(f"{name:10}{POINTS[name]:>8}{ready:>8.1f} s{rate}")
    print(json.dumps({"bench": "rivals", "metrics": found}))


def _ours(place: Path) -> tuple[float, float]:
    """Return (seconds until ready, points a second)."""
    started = time.time()
    with site_of(place) as site:
        first = _first(site)
        rows = run_all(site, "points", [Sleep(f"point {number}", 0.0) for number in range(POINTS["ours"])])
    begun, ended = min(row.started_at for row in rows), max(row.ended_at for row in rows)
    return first - started, POINTS["ours"] / (ended - begun)


def _first(site: Site) -> float:
    """Return when the first point of a new worker begins."""
    (row,) = run_all(site, "first", [Sleep("first", 0.0)])
    return float(row.started_at)


def _rival(name: str, python: str, place: Path) -> tuple[float, float]:
    points = POINTS[name]
    program, log = place / "program.py", place / "log"
    program.write_text({"optuna": _OPTUNA, "ray": _RAY}.get(name, _HYDRA))
    words = [str(points), str(place)]
    if name in ("hydra", "submitit"):
        words = ["--multirun", f"+x=range({points})", f"+log={log}", f"hydra.sweep.dir={place}/runs"]
        words += ["hydra/launcher=submitit_local", "hydra.launcher.timeout_min=5"] if name == "submitit" else []
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("SWEEP_", "PYTHONPATH"))}
    started = time.time()
    ended = subprocess.run([python, str(program), *words], cwd=place, env=clean, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(f"{name}: {ended.stderr[-2000:]}")
    if log.exists():
        times = [float(line) for line in log.read_text().split()]
        return min(times) - started, points / (time.time() - min(times))
    begun, last = (float(word) for word in ended.stdout.rpartition("TIMES ")[2].split())
    return begun - started, points / (last - begun)


if __name__ == "__main__":
    main()
