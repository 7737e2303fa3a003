"""Tiny image folders."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def picture(seed: int, size: tuple[int, int] = (8, 8)) -> Image.Image:
    """A small RGB picture that differs from all others; size is (width, height)."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """make_folder(name="flowers"): two classes, three training images and a test image each, BMP, 8×8: all files of
    one size in bytes."""

    def make(name: str = "flowers", seed: int = 0) -> Path:
        root = tmp_path / name
        for place, (split, label, number) in enumerate(
            (split, label, number)
            for split, count in (("train", 3), ("test", 1))
            for label in ("cat", "dog")
            for number in range(count)
        ):
            folder = root / split / label
            folder.mkdir(parents=True, exist_ok=True)
            picture(100 * seed + place).save(folder / f"{number}.bmp")
        return root

    return make
