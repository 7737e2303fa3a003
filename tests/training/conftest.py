"""Tiny image folders and splits."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from prunesweep.core.training.datasets import Split
from tests.support.one_thread import one_thread

__all__ = ["one_thread"]


def picture(label: int, number: int, size: tuple[int, int] = (8, 8)) -> Image.Image:
    """A small RGB picture that differs from all others; size is (width, height)."""
    pixels = np.random.default_rng((label, number)).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """train/ with 6 and test/ with 2 PNG images of 8×8 in each of two classes."""
    root = tmp_path / "images"
    for split, count in (("train", 6), ("test", 2)):
        for label, name in enumerate(("cat", "dog")):
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                picture(label, number + 100 * (split == "test")).save(folder / f"{number}.png")
    return root


@pytest.fixture
def make_split() -> Callable[..., Split]:
    """make_split(count, size=8, classes=3): a learnable split; the class is how bright the left half is."""

    def make(count: int, size: int = 8, classes: int = 3) -> Split:
        random = torch.Generator().manual_seed(count)
        labels = torch.arange(count) % classes
        images = torch.randint(0, 100, (count, size, size, 3), generator=random, dtype=torch.uint8)
        images[:, :, : size // 2] += (labels * (150 // classes)).to(torch.uint8).view(-1, 1, 1, 1)
        names = tuple(f"class{number}" for number in range(classes))
        return Split(images.permute(0, 3, 1, 2), labels, names, torch.full((3,), 0.4), torch.full((3,), 0.2))

    return make
