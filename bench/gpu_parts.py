"""The parts of `bench/gpu_day.py`: each takes (device, smoke), prints as it goes, and returns its figures by name."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import gpu_sweep
import torch
from gpu_rates import Load, split_on, together, with_and_without

from prunesweep.core.measure.clocks import clock_mhz
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model

Metrics = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
_REPEATS = 10


def machine(device: str) -> Metrics:
    """Return what the figures belong to."""
    name, driver = "cpu", ""
    if device != "cpu":
        name = torch.cuda.get_device_name(device)
        asked = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
        try:
            driver = subprocess.run(asked, capture_output=True, text=True, timeout=20).stdout.strip()
        except (OSError, subprocess.TimeoutExpired):
            driver = "unknown"
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda, "driver": driver}
    return {"device": name, **versions, "clock_mhz_before": clock(device)}


def clock(device: str) -> int | None:
    return clock_mhz(torch.device(device))


def tests(device: str, smoke: bool) -> Metrics:
    """Run the tests that need a GPU; on a CPU those of their cases that need none."""
    files = ["tests/gpu"] if smoke else ["tests/gpu", "tests/training/test_step.py", "tests/measure/test_engines.py"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", *files]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(ran.stdout)
    if ran.returncode:
        raise SystemExit(f"tests failed:\n{ran.stdout[-3000:]}")
    return {"summary": ran.stdout.strip().splitlines()[-1]}


def rates(device: str, smoke: bool) -> Metrics:
    images, batches, width, epochs = (64, (16, 32), 2, 1) if smoke else (50_000, (256, 512, 1024), 64, 6)
    return with_and_without(torch.device(device), [Load("resnet18", width, b, images, epochs) for b in batches])


def profile(device: str, smoke: bool) -> Metrics:
    """Run a few steps under torch's profiler: on a GPU they are replays, on a CPU what launches them."""
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as profiled

    from prunesweep.core.training.loop import train

    width, batch, steps = (2, 16, 4) if smoke else (64, 512, 16)
    there = torch.device(device)
    split, model = split_on(there, batch * steps), build_model(ModelRef("resnet18", width, 10), seed=0)
    recipe = replace(load_recipe("study").dense, batch=batch, validation=0.0, precision="bf16")
    masks = prune(Subject(model), "magnitude", "global", 0.9)
    course = train(model, masks, split, recipe, 2, 0, 0, there)
    next(course)  # recorded, and warm
    kinds = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if there.type == "cuda" else [])]
    with profiled(activities=kinds) as seen:
        next(course)
    key = "self_device_time_total" if there.type == "cuda" else "self_cpu_time_total"
    print(seen.key_averages().table(sort_by=key, row_limit=30, max_name_column_width=80))
    rows = sorted(seen.key_averages(), key=lambda row: -getattr(row, key))[:30]
    return {"steps": steps, "us_by_kernel": {row.key[:120]: round(getattr(row, key) / steps, 1) for row in rows}}


def trainers(device: str, smoke: bool) -> Metrics:
    load = Load("resnet20", 4, 16, 64, 1) if smoke else Load("resnet20", 16, 512, 50_000, 12)
    return together(torch.device(device), load, (1, 2) if smoke else (1, 2, 4, 8))


def mps(device: str, smoke: bool) -> Metrics:
    """Run `trainers` under NVIDIA's Multi-Process Service; says so where there is no daemon to start."""
    daemon = shutil.which("nvidia-cuda-mps-control")
    if daemon is None or device == "cpu":
        return {"left_out": "no nvidia-cuda-mps-control here"}
    with tempfile.TemporaryDirectory(prefix="mps-") as folder:
        os.environ |= {"CUDA_MPS_PIPE_DIRECTORY": f"{folder}/pipe", "CUDA_MPS_LOG_DIRECTORY": f"{folder}/log"}
        for name in ("pipe", "log"):
            (Path(folder) / name).mkdir()
        if subprocess.run([daemon, "-d"]).returncode:
            return {"left_out": "the daemon does not start"}
        try:
            return trainers(device, smoke)
        finally:
            subprocess.run([daemon], input="quit\n", text=True, timeout=30)


def _sweep(which: str, device: str, smoke: bool) -> Metrics:
    return gpu_sweep.sweeps(_options(device, smoke, which))


def _options(device: str, smoke: bool, *only: str) -> argparse.Namespace:
    chosen = {"device": device, "smoke": smoke, "only": only, "per_device": 1, "data": "synthetic", "width": 64}
    return argparse.Namespace(**chosen, grid="classic", recipe="study")


def cold(device: str, smoke: bool) -> Metrics:
    return _sweep("cold", device, smoke)


def warm(device: str, smoke: bool) -> Metrics:
    return _sweep("warm", device, smoke)


def equality(device: str, smoke: bool) -> Metrics:
    """Run the same network on CPU and GPU: masks must be equal, top-1 too, logits within rounding."""
    from prunesweep.core.measure.accuracy import evaluate

    width, images = (2, 64) if smoke else (64, 1000)
    split = split_on(torch.device("cpu"), images)
    here = build_model(ModelRef("resnet18", width, 10), seed=0)
    there = build_model(ModelRef("resnet18", width, 10), seed=0).to(device)
    found: Metrics = {}
    for allocation in ("global", "uniform", "erk", "lamp"):
        ours, theirs = (prune(Subject(model), "magnitude", allocation, 0.9) for model in (here, there))
        found[f"{allocation}_weights_apart"] = sum(
            int((mask != theirs[name].cpu()).count_nonzero()) for name, mask in ours.items()
        )
    one, other = evaluate(here, split, torch.device("cpu")), evaluate(there, split, torch.device(device))
    found |= {"top1_cpu": one.top1, "top1_device": other.top1, "loss_cpu": one.loss, "loss_device": other.loss}
    print(found)
    if one.top1 != other.top1 or any(found[f"{name}_weights_apart"] for name in ("global", "uniform", "erk")):
        raise SystemExit(f"GPU and CPU differ: {found}")
    return found


def select(device: str, smoke: bool) -> Metrics:
    """Return milliseconds of the threshold of 11 M scores, interleaved; medians."""
    from prunesweep.core.pruning import ranking

    size = 10_000 if smoke else 11_164_352
    ways: Mapping[str, Callable[[torch.Tensor, int], torch.Tensor]] = {
        "kthvalue": ranking.by_kthvalue,
        "topk": ranking.by_topk,
        "sort": lambda values, count: values.sort(descending=True).values[count - 1],
    }
    found: Metrics = {}
    for dtype in (torch.float32, torch.float64):
        scores = torch.randn(size, dtype=dtype, generator=torch.Generator().manual_seed(0)).abs().to(device)
        for kept in (0.5, 0.1):
            times: dict[str, list[float]] = {name: [] for name in ways}
            for _ in range(_REPEATS + 2):
                values = {name: _timed(way, scores, int(size * kept), times[name]) for name, way in ways.items()}
                if len(set(values.values())) != 1:
                    raise SystemExit(f"the ways differ: {values}")
            for name, taken in times.items():
                found[f"{name}_{str(dtype)[-2:]}_keep_{kept:g}_ms"] = round(1000 * statistics.median(taken[2:]), 4)
    print("\n".join(f"{name:<32}{value:>12}" for name, value in found.items()))
    return found


def _timed(
    way: Callable[[torch.Tensor, int], torch.Tensor], scores: torch.Tensor, count: int, times: list[float]
) -> float:
    if scores.is_cuda:
        torch.cuda.synchronize()
    began = time.perf_counter()
    value = float(way(scores, count))  # waits for the device
    times.append(time.perf_counter() - began)
    return value


def latency(device: str, smoke: bool) -> Metrics:
    """Time every engine of the device over a network with half of its weights in the 2:4 pattern."""
    from prunesweep.core.measure.latency import compete
    from prunesweep.core.plan.engines import ENGINES
    from prunesweep.core.pruning.masks import apply_masks

    width, batches = (2, (1,)) if smoke else (64, (1, 64, 512))
    names = ["torch"] if device == "cpu" else [name for name in ENGINES if name.startswith("torch")]
    dense = build_model(ModelRef("resnet18", width, 10), seed=0).eval().to(device)
    pruned = build_model(ModelRef("resnet18", width, 10), seed=0).eval().to(device)
    apply_masks(pruned, prune(Subject(pruned), "magnitude", "2:4", 0.5))
    found: Metrics = {}
    for batch in batches:
        race = compete(dense, pruned, (3, 32, 32), batch, 1, torch.device(device), names)
        found[f"batch_{batch}"] = {**asdict(race), "disturbed": race.disturbed}
        for one in race.times:
            what = "pruned" if one.pruned else "dense"
            print(f"batch {batch:<4} {one.engine:<12} {what:<7}{one.ms:>10.4f} ms {one.ratio:>7.2f}×", flush=True)
        print(f"left out: {race.left_out}, clock {race.clock_mhz} MHz")
    return found


def resume(device: str, smoke: bool) -> Metrics:
    """Send SIGTERM to a worker while it trains; the next one finishes the sweep."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = gpu_sweep.Home(Path(folder), _options(device, smoke))
        gpu_sweep.synthetic(home.folder / "data", *((1024, 64) if smoke else (50_000, 10_000)))
        small = [*gpu_sweep.SMALL.split(), "--dense-epochs", "4" if smoke else "60", "--bench-device", "none"]
        home.sweep("submit", *home.grid, *small, "--seeds", "0", "--name", "stopped")
        with home.worker():
            _wait(lambda: "RUNNING" in _states(home))
            time.sleep(0.5 if smoke else 5.0)
        between, began = _states(home), time.monotonic()  # the worker has had SIGTERM, and is gone
        if not between or set(between) <= {"DONE"}:
            raise SystemExit(f"the sweep was over before the worker was stopped: {between}")
        with home.worker():
            _wait(lambda: set(_states(home)) == {"DONE"})
        found: Metrics = {"seconds_after_the_stop": round(time.monotonic() - began, 2), "between": between}
        return {**found, "after": _states(home)}


def _wait(until: Callable[[], bool], seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise SystemExit(f"nothing came within {seconds:g} s")
        time.sleep(0.2)


def _states(home: gpu_sweep.Home) -> list[str]:
    """Return the states of all stages in the ledger."""
    from sqlalchemy import select as choose

    from prunesweep.core.ledger.db.engine import open_ledger
    from prunesweep.core.ledger.db.schema import stages
    from prunesweep.core.settings import load_settings

    engine = open_ledger(load_settings(home.environ))
    with engine.connect() as connection:
        found = [str(state) for (state,) in connection.execute(choose(stages.c.state))]
    engine.dispose()
    return found


PARTS: Mapping[str, Callable[[str, bool], Metrics]] = {
    "tests": tests,
    "select": select,
    "equality": equality,
    "rates": rates,
    "profile": profile,
    "latency": latency,
    "cold": cold,
    "warm": warm,
    "resume": resume,
    "trainers": trainers,
    "mps": mps,
}
