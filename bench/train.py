"""Training under masks on the CPU: images a second, against the loop that one usually finds.

Ours (`prunesweep.core.training.loop`: bf16 autocast where the processor has it, channels_last, fused SGD, batched data
path, masks applied by one call a step) against eager fp32 with a DataLoader over PIL images, torchvision's transforms,
plain SGD and `torch.nn.utils.prune`'s global masks. Same network (ResNet-18, max-pool kept, 90 % of its weights
pruned), batch, images and threads; rounds are interleaved and medians printed.
Run: python bench/train.py [--width 64] [--threads 2] [--images 1024] [--rounds 5]
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch
import torch.nn.functional as F
from data import PerImage
from torch import nn
from torch.nn.utils import prune as torch_prune

from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import train
from prunesweep.core.training.models import build_model

SPARSITY = 0.9
OURS, COMPILED = "prunesweep", "prunesweep --compile"
USUAL = "eager fp32, PIL DataLoader, nn.utils.prune"


def random_split(images: int) -> Split:
    """Return random 32×32 images with random labels: their content costs nothing and decides nothing here."""
    pixels = torch.randint(0, 256, (images, 32, 32, 3), dtype=torch.uint8)
    labels = torch.randint(0, 10, (images,))
    middle, spread = torch.full((3,), 0.47), torch.full((3,), 0.25)
    return Split(pixels.permute(0, 3, 1, 2), labels, tuple("0123456789"), middle, spread)


def our_epoch(split: Split, width: int, batch: int, compiled: bool = False) -> Callable[[], None]:
    model = build_model(ModelRef("resnet18", width, 10), seed=0)
    masks = prune(Subject(model), "magnitude", "global", SPARSITY)
    recipe = replace(load_recipe("study").finetune, batch=batch, validation=0.0)

    def run() -> None:
        list(train(model, masks, split, recipe, 1, 0, 1, "cpu", compiled=compiled))

    return run


def usual_epoch(split: Split, width: int, batch: int) -> Callable[[], None]:
    model = build_model(ModelRef("resnet18", width, 10), seed=0)
    layers = [(model.get_submodule(name.removesuffix(".weight")), "weight") for name, _ in prunable(model)]
    torch_prune.global_unstructured(layers, pruning_method=torch_prune.L1Unstructured, amount=SPARSITY)
    loader = torch.utils.data.DataLoader(PerImage(split), batch_size=batch, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)

    def run() -> None:
        _train(model, loader, optimizer)

    return run


def _train(model: nn.Module, loader: "torch.utils.data.DataLoader[object]", optimizer: torch.optim.Optimizer) -> None:
    model.train()
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def loops_of(images: int, width: int, batch: int, threads: int, compiled: bool) -> dict[str, Callable[[], None]]:
    """Return one epoch of ours and of the usual loop, over the same random images; ours compiled, too, if wanted."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    split = random_split(images)
    loops = {OURS: our_epoch(split, width, batch), USUAL: usual_epoch(split, width, batch)}
    return {**loops, COMPILED: our_epoch(split, width, batch, compiled=True)} if compiled else loops


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--images", type=int, default=1024)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="race ours with torch.compile as well")
    options = parser.parse_args()
    loops = loops_of(options.images, options.width, options.batch, options.threads, options.compile)
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(options.rounds + 1):
        for name, run in loops.items():
            started = time.perf_counter()
            run()
            rates[name].append(options.images / (time.perf_counter() - started))
    ours, usual = rates[OURS][1:], rates[USUAL][1:]
    ratio = statistics.median(a / b for a, b in zip(ours, usual, strict=True))
    print(f"ResNet-18 width {options.width}, 32×32, batch {options.batch}, {options.threads} threads, 90 % pruned")
    print(f"{'loop':<46}{'images/s':>10}")
    for name, values in rates.items():
        print(f"{name:<46}{statistics.median(values[1:]):>10,.0f}")
    print(f"{'ratio, median of rounds':<46}{ratio:>9.2f}×")
    if options.compile:
        gains = [a / b for a, b in zip(rates[COMPILED][1:], ours, strict=True)]
        print(f"{'compiled / not, median of rounds':<46}{statistics.median(gains):>9.2f}×")
    metrics = {"ratio_vs_naive": round(ratio, 3), "images_per_s": round(statistics.median(ours), 1)}
    print(json.dumps({"bench": "train", "metrics": metrics}))


if __name__ == "__main__":
    main()
