"""What commands on a grid of 10,000 cells cost: `python bench/large_grid.py --against TREE`.

User and system time of whole processes: `sweep report` as table, CSV and JSON when all 40,100 stages are done, and
`sweep submit` into a ledger that is not there yet. TREE is another checkout, of an earlier commit (`git worktree add`);
its code runs with this interpreter, in turn with that of this checkout; both report from
one ledger. A ratio is the median of the pairs' ratios. What stands in the ledger is made up, of every kind that a
training leaves.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from ending import end_in_order
from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from bench.rows import LATENCY
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import latencies, results, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.settings import load_settings

HERE = Path(__file__).resolve().parent.parent
_RUN = "from prunesweep.orchestrator.cli.entry import main; raise SystemExit(main())"
_SUBMIT = ("submit", "--grid", "full", "--epochs", "3,5", "--iterations", "3", "--name", "large")
_REPORTS = {"report": (), "csv": ("--format", "csv"), "json": ("--format", "json")}
_LAYERS = 21
"""Prunable layers of ResNet-18."""
_WEIGHTS = 11_164_352
_RAN = {
    "device": "a processor",
    "numbers": "bf16",
    "layout": "channels_last",
    "threads": 2,
    "torch": "2.13.0+cpu",
    "kernels": "oneDNN 3.12.0",
    "instructions": "AVX512 bf16 AMX",
    "resumed": False,
}


def seconds(tree: Path, home: Path, *arguments: str) -> float:
    """Run `sweep ARGUMENTS` with the code of a checkout; return its processor time."""
    # As a user's shell has it: Python may keep what it has compiled.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"SWEEP_HOME": str(home), "PYTHONPATH": str(tree)}
    process = subprocess.Popen([sys.executable, "-P", "-c", _RUN, *arguments], env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"sweep {arguments[0]} of {tree} ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def submit(tree: Path, home: Path, count: int) -> float:
    """Submit the grid with that many seeds into a new ledger; return the processor time."""
    sparsities = ",".join(str(percent) for percent in range(50, 100))
    seeds = ",".join(str(seed) for seed in range(count))
    return seconds(tree, home, *_SUBMIT, "--sparsity", sparsities, "--seeds", seeds)


def finish(home: Path) -> None:
    """Make every stage of the ledger DONE, with made-up facts."""
    engine = open_ledger(load_settings({"SWEEP_HOME": str(home)}))
    dice = Random(0)
    with engine.begin() as connection:
        connection.execute(update(stages).values(state=State.DONE, started_at=1.0, ended_at=2.0, ran=_RAN))
        _networks(connection, dice)
        for kind, table, facts in (("evaluate", results, _result), ("benchmark", latencies, _latency)):
            digests = connection.execute(select(stages.c.digest).where(stages.c.kind == kind)).scalars().all()
            connection.execute(insert(table), [{"digest": digest, **facts(dice)} for digest in digests])
    _settled(engine)


def _networks(connection: Connection, dice: Random) -> None:
    makes = select(stages.c.digest, stages.c.kind).where(stages.c.kind.in_(("train", "prune")))
    made = [
        {
            "made": digest,
            "artifact": f"{dice.getrandbits(256):064x}",
            "artifact_bytes": 44_700_000,
            "train_seconds": dice.uniform(10.0, 20.0),
            "summary": _summary(dice, pruned=kind == "prune"),
        }
        for digest, kind in connection.execute(makes)
    ]
    names = ("artifact", "artifact_bytes", "train_seconds", "summary")
    change = update(stages).where(stages.c.digest == bindparam("made"))
    connection.execute(change.values({name: bindparam(name) for name in names}), made)


def _summary(dice: Random, *, pruned: bool) -> dict[str, Any]:
    left = dice.randrange(100_000, _WEIGHTS) if pruned else _WEIGHTS
    facts = {"nonzero": left, "total": _WEIGHTS, "sparsity": 1 - left / _WEIGHTS, "top1_val": dice.uniform(0.8, 0.95)}
    masks = {"zstd_bytes": 4 * left, "macs": 40 * left, "macs_dense": 40 * _WEIGHTS} if pruned else {}
    return {**facts, **masks, "val_images": 5_000}


def _result(dice: Random) -> dict[str, Any]:
    left = dice.randrange(100_000, _WEIGHTS)
    each = {"nonzero": left // _LAYERS, "total": _WEIGHTS // _LAYERS, "macs": left, "macs_dense": _WEIGHTS}
    return {
        "top1": dice.randrange(8_000, 9_600) / 10_000,
        "top1_before": dice.randrange(1_000, 9_000) / 10_000,
        "loss": dice.uniform(0.2, 0.5),
        "images": 10_000,
        "majority": 0.1,
        "collapsed": 0,
        "nonzero": left,
        "total": _WEIGHTS,
        "params_nonzero": left + 9_610,
        "params": _WEIGHTS + 9_610,
        "macs": 40 * left,
        "macs_dense": 40 * _WEIGHTS,
        "layers": [{"name": f"layer{number}.conv.weight", **each} for number in range(_LAYERS)],
        "device": "cpu",
        "at": 2.0,
    }


def _latency(dice: Random) -> dict[str, Any]:
    ratio, zeros = dice.uniform(0.95, 4.0), dice.uniform(1.0, 3.0)
    return LATENCY | {
        "dense_ms": dice.uniform(11.0, 13.0),
        "pruned_ms": dice.uniform(3.0, 12.0),
        "ratio": ratio,
        "ratio_low": 0.98 * ratio,
        "ratio_high": 1.02 * ratio,
        "null_low": dice.uniform(0.98, 0.995),
        "null_high": dice.uniform(1.005, 1.02),
        "load": dice.uniform(0.9, 1.3),
        "busy": dice.uniform(0.95, 1.0),
        "p": dice.randrange(2, 4096) / 4096,
        "autocorrelation": dice.uniform(-0.3, 0.5),
        "zeros_ms": dice.uniform(5.0, 12.0),
        "zeros_ratio": zeros,
        "zeros_low": 0.98 * zeros,
        "zeros_high": 1.02 * zeros,
        "at": 2.0,
    }


def _settled(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def measured(trees: list[Path], names: list[str], count: int, runs: int) -> Iterator[tuple[str, list[list[float]]]]:
    """Yield each command's name and, for each run, the processor time with each checkout, after one that does not
    count."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if set(names) & set(_REPORTS):
            submit(HERE, home, count)
            finish(home)
        for name in names:
            yield name, [[_once(name, tree, home, count) for tree in trees] for _ in range(runs + 1)][1:]


def _once(name: str, tree: Path, home: Path, count: int) -> float:
    if name != "submit":
        return seconds(tree, home, "report", *_REPORTS[name])
    with tempfile.TemporaryDirectory() as new:
        return submit(tree, Path(new), count)


def main() -> None:
    """Print a line for each command, then one line of JSON."""
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout of an earlier commit")
    parser.add_argument("-n", type=int, default=5, help="counted runs of each command")
    parser.add_argument("--seeds", type=int, default=50, help="200 cells each")
    parser.add_argument("--only", default=",".join([*_REPORTS, "submit"]), help="report, csv, json, submit")
    given = parser.parse_args()
    trees = [HERE] if given.against is None else [given.against.resolve(), HERE]
    metrics = {}
    for name, found in measured(trees, given.only.split(","), given.seeds, given.n):
        sides = list(zip(*found, strict=True))
        shown = [f"{median(side):6.2f} s ({min(side):.2f} to {max(side):.2f})" for side in sides]
        ratios = [pair[-1] / pair[0] for pair in found]
        metrics[name] = {"seconds": [round(median(side), 3) for side in sides], "ratio": round(median(ratios), 3)}
        print(
            f"{name:<8}{'   '.join(shown)}   {median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})", flush=True
        )
    print(json.dumps({"bench": "large_grid", "metrics": metrics}))


if __name__ == "__main__":
    main()
