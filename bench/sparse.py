"""Is a pruned network really faster? Our engine against the best dense one of the same run, for each file given.

FILES are networks as `sweep export --format torch` writes them (their names tell algorithm and sparsity). Without any,
ResNet-18 of width 64 with random weights is pruned to the densities that global magnitude pruning left in each layer
of a trained one. How it is measured: docs/speed.md. `--deepsparse PYTHON` adds DeepSparse (see
bench/deepsparse_rival.py), in bursts that take turns with ours.
Run: python bench/sparse.py [FILE ...] [--threads 1,2] [--batch 1,64] [--engines ...] [--deepsparse PYTHON]
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ending import end_in_order

from prunesweep.core.importing.network import load_network
from prunesweep.core.measure.interleaved import timer_of
from prunesweep.core.measure.pinned import pinned
from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.sparse.runtime.engine import Engine
from prunesweep.core.training.models import build_model

DENSITIES = {
    75: {"conv1": 0.97, "layer1": 0.82, "layer2": 0.62, "layer3": 0.36, "layer4": 0.12},
    90: {"conv1": 0.93, "layer1": 0.66, "layer2": 0.38, "layer3": 0.16, "layer4": 0.03},
    95: {"conv1": 0.90, "layer1": 0.52, "layer2": 0.24, "layer3": 0.08, "layer4": 0.01},
    98: {"conv1": 0.80, "layer1": 0.33, "layer2": 0.10, "layer3": 0.025, "layer4": 0.003},
}
"""Share of nonzero weights; sparsity in per cent → first part of a layer's name → density."""
SIDE = 32
TURNS = 24
BURST_SECONDS = 0.05
REST_SECONDS = 0.1
"""Before each burst: the threads of whoever ran before keep spinning for a while."""


def random_nets(folder: Path) -> list[Path]:
    """ResNet-18 of width 64 at each of the densities, as files."""
    paths = []
    for percent, densities in DENSITIES.items():
        model = build_model(ModelRef("resnet18", 64, 10), seed=0)
        random = torch.Generator().manual_seed(percent)
        with torch.no_grad():
            for name, weight in prunable(model):
                density = densities.get(name.split(".")[0], 1.0)
                weight.mul_(torch.rand(weight.shape, generator=random) < density)
        paths.append(folder / f"resnet18_prune_{percent}perc_placed.pt")
        torch.save(model.state_dict(), paths[-1])
    return paths


def races(paths: list[Path], threads: int, batches: list[int], engines: list[str]) -> Iterator[dict[str, Any]]:
    """Make a run for each file and batch, from a process that has made no other threads."""
    request = {
        "files": [str(path) for path in paths],
        "model": "resnet18",
        "device": "cpu",
        "engines": engines,
        "threads": threads,
        "batches": batches,
        "image": SIDE,
    }
    command = [sys.executable, "-m", "prunesweep.core.jobs.bench"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.close()
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "run":
                yield event
            elif event["event"] == "error":
                raise SystemExit(event["message"])


def against_deepsparse(path: Path, threads: int, batch: int, python: str, folder: Path) -> tuple[float, float]:
    """Return milliseconds a pass: ours and DeepSparse's, medians of bursts that take turns."""
    network = load_network(path, "resnet18").eval()
    images = torch.rand(batch, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    exported = folder / "rival.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(network, (images,), str(exported), dynamo=False, opset_version=13)
    command = [python, str(Path(__file__).with_name("deepsparse_rival.py")), str(exported), str(batch), str(threads)]
    # The rival keeps the CPUs that it wants: on the same single one its waiting thread would slow down both.
    with (
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as rival,
        pinned(threads),
    ):
        assert rival.stdin is not None and rival.stdout is not None
        while (line := rival.stdout.readline()) and line.strip() != "ready":
            pass
        engine = Engine(graph_of(network, (3, SIDE, SIDE)), threads)
        ready = np.ascontiguousarray(images.numpy())
        timer = timer_of(torch.device("cpu"))
        engine(ready)
        count = max(1, round(BURST_SECONDS / timer(lambda: engine(ready), 3)[0] * 3))
        ours, theirs = [], []
        for _ in range(TURNS):
            time.sleep(REST_SECONDS)
            ours.append(timer(lambda: engine(ready), count)[0] / count)
            time.sleep(REST_SECONDS)
            rival.stdin.write(f"{count}\n")
            rival.stdin.flush()
            theirs.append(float(rival.stdout.readline()) / count)
        rival.stdin.close()
    return float(np.median(ours)) * 1000, float(np.median(theirs)) * 1000


def label(path: Path) -> str:
    return re.sub(r"^resnet18_(prune_)?", "", path.stem)


def row(run: dict[str, Any], rival: tuple[float, float] | None) -> str:
    race = run["race"]
    ours = next(time for time in race["times"] if time["engine"] == "sparse")
    best = next(time for time in race["times"] if time["engine"] == race["best"] and time["dense"])
    interval = f"[{ours['ratio_low']:.2f}-{ours['ratio_high']:.2f}]"
    beside = f"{rival[1]:>9.3f} {rival[1] / rival[0]:>6.2f}×" if rival else ""
    disturbed = " disturbed" if run["disturbed"] else ""
    return (
        f"{label(Path(run['path'])):<28}{race['threads']:>3}{race['batch']:>4}{run['weights_ratio']:>8.1f}×"
        f"{run['macs_ratio']:>6.1f}× {race['best']:<12}{best['ms']:>9.3f}{ours['ms']:>9.3f}{ours['ratio']:>7.2f}× "
        f"{interval:<13}{race['null_ratio']:>6.2f}{beside}{disturbed}"
    )


def figures(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Return the figures; the first file of each sparsity counts."""
    metrics: dict[str, float] = {}
    for run in runs:
        found = re.search(r"_(\d+)perc", run["path"])
        race = run["race"]
        ours = next(time for time in race["times"] if time["engine"] == "sparse")
        if found:
            name = f"ratio_b{race['batch']}_t{race['threads']}_{found.group(1)}"
            metrics.setdefault(name, round(ours["ratio"], 3))
    metrics["null_ratio"] = round(float(np.median([run["race"]["null_ratio"] for run in runs])), 3)
    return metrics


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--batch", type=numbers, default=[1, 64])
    parser.add_argument("--engines", default="torch,onnxruntime,openvino,sparse")
    parser.add_argument("--deepsparse", default="", metavar="PYTHON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = options.files or random_nets(folder)
        print(
            f"{'network':<28}{'T':>3}{'B':>4}{'weights':>9}{'MACs':>7} {'best dense':<12}{'ms':>9}{'ours ms':>9}"
            f"{'ratio':>8} {'99 %':<13}{'null':>6}" + (f"{'DeepSparse':>12}{'/ours':>8}" if options.deepsparse else "")
        )
        runs = []
        for threads in options.threads:
            # All of them first: that process continues with the next one while it is listened to.
            for run in list(races(paths, threads, options.batch, options.engines.split(","))):
                rival = None
                if options.deepsparse:
                    batch = run["race"]["batch"]
                    rival = against_deepsparse(Path(run["path"]), threads, batch, options.deepsparse, folder)
                runs.append(run)
                print(row(run, rival), flush=True)
    print(
        runs[0]["race"]["processor"], "·", ", ".join(f"{t['engine']} {t['version']}" for t in runs[0]["race"]["times"])
    )
    print(json.dumps({"bench": "sparse", "metrics": figures(runs)}))


if __name__ == "__main__":
    main()
