"""A ledger as a sweep leaves it half-way, by the functions that workers use: stages done, running, failed, ready.

For `bench/dashboard.py`, for the dashboard's tests, and to look at: python -m bench.dashboard_scene FOLDER [CELLS]
"""

import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, select

from bench.rows import LATENCY
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import cells
from prunesweep.core.ledger.queue.claims import Claim, claim, heartbeat
from prunesweep.core.ledger.queue.outcome import complete, fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.ledger.queue.submit import SubmitSummary, add_sweep
from prunesweep.core.ledger.queue.workers import SlotUsage, register
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.settings import load_settings

WORKERS = ("gpu-a:4711", "gpu-b:4712")
SLOTS = ("cuda:0", "cuda:1")
LEASE = 3600.0
USAGE = (SlotUsage(104.2, 2_300_000_000, 87.0, 6_100_000_000), SlotUsage(99.6, 2_200_000_000, 91.0, 6_000_000_000))
LOG = """epoch 1 of 3: loss 0.412, 1,904 images/s
epoch 2 of 3: loss 0.377, 1,911 images/s
Traceback (most recent call last):
  File "worker/trainer/stages.py", line 118, in run
    loss.backward()
RuntimeError: CUDA error: an illegal memory access was encountered
"""


def submit(engine: Engine, count: int, name: str = "study", seeds: int = 1) -> SubmitSummary:
    """Submit a sweep of about that many cells: sparsities × (one-shot, iterative) × epochs."""
    sparsities = ",".join(
        f"{0.30 + 0.69 * place / max(1, count // (4 * seeds)):.4f}" for place in range(count // (4 * seeds))
    )
    axes = {"sparsity": sparsities, "epochs": "3,5", "iterations": "3", "seeds": ",".join(map(str, range(seeds)))}
    return add_sweep(engine, plan(read_axes(axes, GRIDS["full"])), name, "0.1.0")


def start_workers(engine: Engine) -> None:
    """Register two workers with two slots each."""
    for name in WORKERS:
        register(engine, name, name.partition(":")[0], 4711, SLOTS, "0.1.0")
        heartbeat(engine, name, [], LEASE, USAGE)


def take(engine: Engine, count: int) -> list[Claim]:
    """Claims that many stages that are ready, spread over the slots."""
    places = [(worker, slot) for slot in SLOTS for worker in WORKERS]
    found = []
    for place, digest in enumerate(due(engine, "cuda:0", count, 0.0)):
        worker, slot = places[place % len(places)]
        held = claim(engine, digest, worker, slot, slot, LEASE)
        if held is not None:
            found.append(held)
    return found


def train(engine: Engine, held: Claim, epochs: int) -> None:
    """Record that many epochs of a stage, on a plausible curve."""
    luck = random.Random(held.digest)
    for epoch in range(1, epochs + 1):
        top1 = 0.93 - 0.5 * math.exp(-epoch / 3) + luck.uniform(-0.01, 0.01)
        record_epoch(
            engine,
            held.digest,
            held.attempt,
            epoch=epoch,
            loss=1.6 * math.exp(-epoch / 4) + luck.uniform(0, 0.05),
            top1=top1,
            lr=0.1,
            seconds=20.0,
            images_per_s=luck.uniform(1800, 2100),
        )


def finish(engine: Engine, held: Claim) -> None:
    """Make the stage DONE, with plausible results."""
    makes = held.kind in ("train", "prune")
    if makes:
        train(engine, held, min(held.epochs, 5))
    complete(
        engine,
        held.digest,
        held.attempt,
        artifact=held.digest[::-1] if makes else "",
        artifact_bytes=random.Random(held.digest).randrange(2_000_000, 9_000_000) if makes else 0,
        train_seconds=61.5 if makes else 0.0,
        summary={},
        result=_result(held),
        log="epoch 1 of 3: loss 0.412\n",
    )


def break_(engine: Engine, held: Claim) -> None:
    """Make the stage FAILED, with a log."""
    fail(engine, held.digest, held.attempt, "CUDA error: an illegal memory access was encountered", LOG)


def fill(engine: Engine, count: int, share: float = 0.6, seeds: int = 1, name: str = "study") -> SubmitSummary:
    """Submit a sweep of which about that share is done, two stages have failed and four are running."""
    sent = submit(engine, count, name, seeds)
    start_workers(engine)
    for held in take(engine, seeds):  # the dense networks, which every cell needs
        finish(engine, held)
    dense = select(cells.c.dense_evaluate).where(cells.c.sweep_id == sent.id).distinct()
    with engine.connect() as connection:
        wanted = connection.execute(dense).scalars().all()
    for digest in wanted:
        free = claim(engine, digest, WORKERS[0], SLOTS[0], SLOTS[0], LEASE)
        if free is not None:
            finish(engine, free)
    done = 0
    while done < share * sent.stages:
        ready = take(engine, min(100, int(share * sent.stages) - done + 1))
        if not ready:  # another sweep has done the rest
            break
        for held in ready:
            finish(engine, held)
        done += len(ready)
    for held in take(engine, 2):
        break_(engine, held)
    for place, held in enumerate(take(engine, 4)):
        train(engine, held, min(held.epochs, 2 + place) if held.epochs else 0)
    return sent


def _result(held: Claim) -> dict[str, object]:
    luck = random.Random(held.digest)
    if held.kind == "evaluate":
        return _evaluation(held, luck)
    if held.kind == "benchmark":
        ratio = luck.uniform(0.95, 2.4)
        return LATENCY | {
            "pruned_ms": 2.0 / ratio,
            "ratio": ratio,
            "ratio_low": ratio * 0.98,
            "ratio_high": ratio * 1.02,
            "engine": "sparse",
        }
    return {}


def _evaluation(held: Claim, luck: random.Random) -> dict[str, object]:
    return {
        "top1": luck.uniform(0.88, 0.94),
        "top1_before": None if '"before":""' in held.spec else luck.uniform(0.3, 0.8),
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
        "nonzero": 1_100_000,
        "total": 11_000_000,
        "macs": 80_000_000,
        "macs_dense": 550_000_000,
        "layers": [
            {
                "name": f"layer{i}.weight",
                "nonzero": luck.randrange(5, 100),
                "total": 100,
                "macs": 1,
                "macs_dense": 9,
            }
            for i in range(1, 7)
        ],
        "device": "a GPU",
    }


def main(arguments: Sequence[str]) -> None:
    """Fills the ledger of SWEEP_HOME=FOLDER."""
    folder = Path(arguments[0])
    engine = open_ledger(load_settings({"SWEEP_HOME": str(folder)}))
    count = int(arguments[1]) if len(arguments) > 1 else 36
    fill(engine, count, seeds=3 if count < 200 else 1)
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
