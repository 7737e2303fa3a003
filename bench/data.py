"""Data path: images a second that one core can shift, mirror and normalise for training.

Ours (one gather a batch over uint8 images in memory) against the usual per-image pipeline: torchvision's
RandomCrop(padding=4), RandomHorizontalFlip, ToTensor and Normalize on PIL images, collated by a DataLoader in the same
process. Rounds are interleaved, one thread each; medians are printed. Run: python bench/data.py
"""

import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from prunesweep.core.plan.recipes import Recipe, load_recipe
from prunesweep.core.training.batches import augmented, draw
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.vision import import_torchvision

IMAGES = 20_000
RIVAL_IMAGES = 2_000
ROUNDS = 7


class PerImage(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """What torchvision.datasets.CIFAR10 does for each image."""

    def __init__(self, split: Split) -> None:
        transforms: Any = import_torchvision().transforms
        self.arrays = split.images.permute(0, 2, 3, 1).contiguous().numpy()
        self.labels = split.labels.tolist()
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(split.mean.tolist(), split.std.tolist()),
            ]
        )

    def __len__(self) -> int:
        return len(self.arrays)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.arrays[index])), self.labels[index]


def epoch(split: Split, recipe: Recipe) -> Iterator[tuple[Tensor, Tensor]]:
    """Our batches, as `prunesweep.core.training.step` makes them."""
    draws = draw(torch.arange(len(split)), recipe, 0, 0)
    for start in range(0, len(split), recipe.batch):
        yield augmented(split, recipe, draws.rows(slice(start, start + recipe.batch)))


def rate(batches: Callable[[], Iterable[Any]]) -> float:
    """Return images a second over one pass."""
    started = time.perf_counter()
    count = sum(len(images) for images, _ in batches())
    return count / (time.perf_counter() - started)


def main() -> None:
    torch.set_num_threads(1)
    pixels = torch.randint(0, 256, (IMAGES, 32, 32, 3), dtype=torch.uint8)
    labels = torch.randint(0, 10, (IMAGES,))
    split = Split(
        pixels.permute(0, 3, 1, 2), labels, tuple("0123456789"), torch.full((3,), 0.47), torch.full((3,), 0.25)
    )
    recipe = replace(load_recipe("default").dense, batch=256)
    few = replace(split, images=split.images[:RIVAL_IMAGES], labels=split.labels[:RIVAL_IMAGES])
    loader = torch.utils.data.DataLoader(PerImage(few), batch_size=256, shuffle=True)
    paths: dict[str, Callable[[], Iterable[Any]]] = {
        "batched gather (prunesweep)": lambda: epoch(split, recipe),
        "per image, PIL (torchvision + DataLoader)": lambda: loader,
    }
    rates: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS + 1):
        for name, batches in paths.items():
            rates[name].append(rate(batches))
    medians = {name: statistics.median(values[1:]) for name, values in rates.items()}
    ours, rival = medians.values()
    print(f"{'data path, 32×32, one thread':<44}{'images/s':>12}{'ratio':>8}")
    for name, value in medians.items():
        print(f"{name:<44}{value:>12,.0f}{value / rival:>7.1f}×")
    metrics = {"images_per_s": ours, "rival_images_per_s": rival, "ratio": ours / rival}
    print(json.dumps({"bench": "data", "metrics": {name: round(value, 3) for name, value in metrics.items()}}))


if __name__ == "__main__":
    main()
