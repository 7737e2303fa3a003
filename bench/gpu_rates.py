"""Images a second of training itself, on one device: with and without a recorded step, and with company.

Random images of CIFAR's shape lie on the device; the rates are those that the loop reports for whole epochs, draws,
masks, short batch and the wait at the end included. The first epochs, in which steps are recorded, are left out.
As a program it is one of several trainers: `python bench/gpu_rates.py DEVICE MODEL WIDTH BATCH IMAGES EPOCHS`.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from ending import end_in_order
from train import random_split

from prunesweep.core.measure.flops import macs
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import train
from prunesweep.core.training.models import build_model
from prunesweep.core.training.recording import Recording

PEAKS = {"H100": 989e12, "H200": 989e12}
"""Dense bf16 FLOP/s of the SXM modules, from NVIDIA's data sheets, by a word in the device's name."""
_LEFT_OUT = 2
_FLOPS_PER_MAC, _PASSES = 2, 3  # forward, and twice as much backward


@dataclass(frozen=True)
class Load:
    """What is trained: model, width, batch, images an epoch, epochs."""

    model: str
    width: int
    batch: int
    images: int
    epochs: int


def split_on(device: torch.device, images: int) -> Split:
    torch.manual_seed(0)
    return random_split(images).to(device)


def rate(split: Split, load: Load, *graph: Callable[[torch.device], Recording | None]) -> float:
    """Return images a second, the median epoch's; without a graph if one is given that makes none."""
    model = build_model(ModelRef(load.model, load.width, 10), seed=0)
    recipe = replace(load_recipe("study").dense, batch=load.batch, validation=0.0, precision="bf16")
    options: dict[str, Any] = {"graph": graph[0]} if graph else {}
    facts = list(train(model, {}, split, recipe, load.epochs + _LEFT_OUT, 0, 0, split.device, **options))
    return statistics.median(fact.images_per_s for fact in facts[_LEFT_OUT:])


def peak_share(load: Load, images_per_s: float, device: torch.device) -> float | None:
    """Share of the device's dense bf16 peak that convolutions and linear layers make use of."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    peak = next((peak for word, peak in PEAKS.items() if word in name), None)
    model = build_model(ModelRef(load.model, load.width, 10), seed=0)
    flops = macs(model, (3, 32, 32)).macs_dense * _FLOPS_PER_MAC * _PASSES
    return None if peak is None else flops * images_per_s / peak


def with_and_without(device: torch.device, loads: list[Load]) -> dict[str, float]:
    """Prints a table; the figures by name."""
    found: dict[str, float] = {}
    print(
        f"\ntraining on {device}, bf16: images/s\n{'':<34}{'graph':>12}{'launches':>12}{'ratio':>8}{'of the peak':>13}"
    )
    split = split_on(device, loads[0].images)
    for load in loads:
        recorded, launched = rate(split, load), rate(split, load, lambda _: None)
        share = peak_share(load, recorded, device)
        title = f"{load.model} width {load.width}, batch {load.batch}"
        shown = "–" if share is None else f"{share:.1%}"
        print(f"{title:<34}{recorded:>12,.0f}{launched:>12,.0f}{recorded / launched:>7.2f}×{shown:>13}")
        found[f"images_per_s_{load.batch}"] = recorded
        found[f"images_per_s_{load.batch}_launched"] = launched
        if share is not None:
            found[f"peak_share_{load.batch}"] = share
    print("peak: dense bf16 of an H100 or H200 SXM, 989 TFLOP/s; FLOPs: 6 a multiply-add of the forward pass")
    return found


def together(device: torch.device, load: Load, counts: tuple[int, ...]) -> dict[str, float]:
    """Measure how much several trainers get out of one device; prints a table."""
    found: dict[str, float] = {}
    print(
        f"\ntrainers on {device}, {load.model} width {load.width}, batch {load.batch}\n{'trainers':>8}{'images/s':>12}"
    )
    for count in counts:
        command = [sys.executable, __file__, str(device), *(str(value) for value in vars(load).values())]
        trainers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
        ]
        # Each says that it is warm; then all begin at once.
        if any(trainer.stdout is None or trainer.stdout.readline() != "ready\n" for trainer in trainers):
            raise SystemExit("gpu_sweep: a trainer could not start; see above")
        for trainer in trainers:
            trainer.stdin.write("go\n")  # type: ignore[union-attr]
            trainer.stdin.flush()  # type: ignore[union-attr]
        rates = [float(trainer.communicate()[0]) for trainer in trainers]
        found[f"images_per_s_{count}_trainers"] = sum(rates)
        print(f"{count:>8}{sum(rates):>12,.0f}")
    return found


def main() -> None:
    """One of several trainers."""
    end_in_order()
    device = torch.device(sys.argv[1])
    load = Load(sys.argv[2], *(int(word) for word in sys.argv[3:]))
    torch.set_num_threads(1)
    split = split_on(device, load.images)
    rate(split, replace(load, epochs=1))
    print("ready", flush=True)
    sys.stdin.readline()
    print(rate(split, load))


if __name__ == "__main__":
    main()
