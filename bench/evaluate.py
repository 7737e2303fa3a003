"""`sweep evaluate`'s accuracy pass: torch in eager mode against the engine that it chooses, in one run.

    python bench/evaluate.py [FILE …] [--width 64] [--sparsity 0.9] [--images 2000] [--threads 0]

Without files: a ResNet-18 of random weights, dense and with the smallest weights set to zero. Images are random, their
number scales both sides. The chosen engine's side includes preparing it and checking its logits, torch's side nothing.
Prints seconds of each, and JSON; `ratio` is the chosen engine's over torch's, scaled to 10,000 images.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

import torch
from train import random_split

from prunesweep.core.importing.network import load_network
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.measure.engine_passes import BATCH, fastest_engine, passes_in
from prunesweep.core.measure.latency import compete
from prunesweep.core.measure.machine import processor_name
from prunesweep.core.plan.engines import DEFAULT
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import count_nonzero
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.models import build_model

_WHOLE = 10_000
_BATCH = 250


def networks(options: argparse.Namespace) -> list[tuple[str, torch.nn.Module]]:
    """Yield (name, network) of each file, or of two that are made."""
    if options.files:
        return [(path.name, load_network(path, "resnet18")) for path in options.files]
    made = []
    for sparsity in (0.0, options.sparsity):
        model = build_model(ModelRef("resnet18", options.width, 10), seed=0)
        with torch.no_grad():
            for weight in (weight for weight in model.parameters() if weight.dim() > 1):
                count = int(weight.numel() * sparsity)
                if count:
                    weight[weight.abs() <= weight.abs().flatten().kthvalue(count).values] = 0.0
        made.append((f"{sparsity:.0%} zeros", model))
    return made


def _compared(
    name: str, network: torch.nn.Module, dense: torch.nn.Module, split: Split, repeat: int, threads: int
) -> dict[str, object]:
    """Return seconds of both sides for the whole test set, and print them."""
    device, images = torch.device("cpu"), len(split.labels)
    race = compete(dense, network, (3, 32, 32), 64, threads, device, DEFAULT)
    engine = fastest_engine(race, _WHOLE, *count_nonzero(network))
    began = time.perf_counter()
    run = passes_in(engine, network, split, threads)
    prepared = time.perf_counter() - began
    eager, chosen = [], []
    for _ in range(repeat):
        began = time.perf_counter()
        wanted = evaluate(network, split, device, _BATCH)
        eager.append(time.perf_counter() - began)
        began = time.perf_counter()
        same = evaluate(network, split, device, BATCH if run else _BATCH, logits_of=run)
        chosen.append(time.perf_counter() - began)
        assert abs(same.top1 - wanted.top1) <= 1 / images, (same, wanted)
    scale = _WHOLE / images
    slow, fast = statistics.median(eager) * scale, statistics.median(chosen) * scale + prepared
    print(f"{name:<24}torch {slow:6.1f} s, {engine} {fast:6.1f} s (prepared in {prepared:.1f} s): {fast / slow:.2f}")
    return {"engine": engine, "torch_s": slow, "engine_s": fast, "ratio": fast / slow}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--sparsity", type=float, default=0.9)
    parser.add_argument("--images", type=int, default=2_000)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    threads = options.threads or len(os.sched_getaffinity(0))
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    split = random_split(options.images)
    found = {}
    for name, network in networks(options):
        found[name] = _compared(name, network, networks(options)[0][1], split, options.repeat, threads)
    print(
        json.dumps(
            {
                "bench": "evaluate",
                "processor": processor_name(torch.device("cpu")),
                "threads": threads,
                "metrics": found,
            }
        )
    )


if __name__ == "__main__":
    main()
