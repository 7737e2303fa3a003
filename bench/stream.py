"""Streamed training: images a second, against a tuned torch DataLoader over JPEG files, and against resident images.

The bench writes JPEG files of 160 to 256 pixels a side and packs them once (timed apart). Then one network trains on
batches that come (1) streamed from the packed file, (2) from memory, (3) from a DataLoader that decodes, resizes, cuts,
mirrors and normalises each file, with each of several worker counts; its best one counts. Rounds are interleaved, all
in one process, with the same network, batch, optimizer and number format; medians and the range of the ratio are
printed. Run: python bench/stream.py (--images 20000 --size 64 --width 16 --steps 40 --rounds 5)
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from prunesweep.core.cpus import usable_cpus
from prunesweep.core.images.folders import find_dataset
from prunesweep.core.passes import Passes
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import Recipe, load_recipe
from prunesweep.core.training.batches import draw, steps_in
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.models import build_model
from prunesweep.core.training.step import Step
from prunesweep.core.training.vision import import_torchvision

CLASSES = 10
WARM = 4


def make_files(root: Path, images: int) -> None:
    """Write the JPEG files: smooth colours with some noise, about as many bytes as photographs of that size."""

    def write(number: int) -> None:
        random = np.random.default_rng(number)
        width, height = (int(side) for side in random.integers(160, 257, 2))
        small = Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8))
        smooth = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.int16)
        pixels = (smooth + random.integers(-12, 13, smooth.shape)).clip(0, 255).astype(np.uint8)
        split = "test" if number % 50 >= 49 or number < CLASSES else "train"
        folder = root / split / f"class{number % CLASSES}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number}.jpg", quality=85)

    with ThreadPoolExecutor(usable_cpus()) as pool:
        list(pool.map(write, range(images)))


class Files(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """Each file decoded and augmented on its own, as torchvision's examples do; the same images as ours."""

    def __init__(self, root: Path, split: Split, recipe: Recipe) -> None:
        transforms: Any = import_torchvision().transforms
        side = split.images.shape[-1]
        self.files = sorted((root / "train").rglob("*.jpg"))
        self.transform = transforms.Compose(
            [
                transforms.Resize(round(side * 256 / 224)),
                transforms.CenterCrop(side),
                transforms.RandomCrop(side, padding=recipe.translate),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(split.mean.tolist(), split.std.tolist()),
            ]
        )

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        file = self.files[index]
        with Image.open(file) as image:
            return self.transform(image.convert("RGB")), int(file.parent.name.removeprefix("class"))


def ours(split: Split, recipe: Recipe, model: nn.Module, steps: int) -> float:
    """Return images a second of this program's training step."""
    step = Step(model, {}, split, recipe, len(split), None)
    step.begin(draw(torch.arange(len(split)), recipe, 0, 0), [0.01] * steps_in(len(split), recipe.batch), 0)
    for number in range(WARM):
        step(number)
    started = time.perf_counter()
    images = sum(step(number) for number in range(WARM, WARM + steps))
    return images / (time.perf_counter() - started)


def rival(files: Files, workers: int, recipe: Recipe, model: nn.Module, steps: int) -> float:
    """Return images a second of a plain training loop over a DataLoader with so many workers."""
    passes = Passes(model, 64, gradients=True, precision=recipe.precision).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True, fused=True)
    loader = torch.utils.data.DataLoader(
        files, recipe.batch, shuffle=True, num_workers=workers, prefetch_factor=2 if workers else None
    )
    batches: Iterator[tuple[Tensor, Tensor]] = iter(loader)

    def train(count: int) -> int:
        seen = 0
        for _ in range(count):
            images, labels = next(batches)
            F.cross_entropy(passes(images), labels).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            seen += len(labels)
        return seen

    train(WARM)
    started = time.perf_counter()
    images = train(steps)
    return images / (time.perf_counter() - started)


def main() -> None:
    """Make the files, pack them, and race."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, default in (("images", 20_000), ("size", 64), ("width", 16), ("batch", 64), ("steps", 40), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16"), help="of both sides")
    parser.add_argument("--workers", default="0,2,4", help="counts for the DataLoader")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-stream-") as folder:
        root, data = Path(folder, "files"), Path(folder, "data")
        make_files(root, given.images)
        started = time.perf_counter()
        ref = find_dataset(f"imagefolder:{root}", data, size=given.size, resize="crop").ref
        inspected = time.perf_counter()
        split = load_dataset(ref, data, "train", None, [str(root)])
        packed = time.perf_counter()
        took = f"inspected in {inspected - started:.1f} s, packed in {packed - inspected:.1f} s"
        print(f"{given.images:,} JPEG files: {took}")
        race(root, split, given)


def race(root: Path, split: Split, given: argparse.Namespace) -> None:
    """Measure all paths in turn; print the table and one JSON line."""
    recipe = replace(load_recipe("default").dense, batch=given.batch, precision=given.precision)
    files, steps = Files(root, split, recipe), min(given.steps, len(split) // given.batch - WARM)

    def network() -> nn.Module:
        return build_model(ModelRef(given.model, given.width, CLASSES), 0)

    paths: dict[str, Callable[[], float]] = {
        "streamed": lambda: ours(split.placed("cpu", "streamed"), recipe, network(), steps),
        "resident": lambda: ours(replace(split, images=split.images.clone()), recipe, network(), steps),
    }
    for workers in map(int, given.workers.split(",")):
        paths[f"DataLoader, {workers} workers"] = lambda n=workers: rival(files, n, recipe, network(), steps)  # type: ignore[misc]
    rates: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(given.rounds):
        for name, path in paths.items():
            rates[name].append(path())
            print(f"{name}: {rates[name][-1]:,.0f} images/s", file=sys.stderr)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max((name for name in medians if name.startswith("DataLoader")), key=lambda name: medians[name])
    what = f"{given.model} of width {given.width}, {given.size}×{given.size}, batch {given.batch}, {given.precision}"
    print(f"training {what}: {given.rounds} rounds of {steps} steps, {torch.get_num_threads()} threads\n")
    print(f"{'images come':<24}{'images/s':>10}{'range':>18}")
    for name, values in rates.items():
        print(f"{name:<24}{medians[name]:>10,.0f}{f'{min(values):,.0f} to {max(values):,.0f}':>18}")
    metrics = {"images_per_s": medians["streamed"], "rival_images_per_s": medians[best]}
    for name, other in (("rival", best), ("resident", "resident")):
        ratios = sorted(one / two for one, two in zip(rates["streamed"], rates[other], strict=True))
        metrics[f"over_{name}"] = statistics.median(ratios)
        print(f"streamed / {other}: {statistics.median(ratios):.2f}× ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(json.dumps({"bench": "stream", "metrics": {name: round(value, 3) for name, value in metrics.items()}}))


if __name__ == "__main__":
    main()
