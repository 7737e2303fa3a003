"""Decodes an image folder into uint8 arrays, and names the files that won't do."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import psutil
import torch
from PIL import Image

from core.errors import StageError
from core.plan.datasets import FolderScan
from core.training.packed import Images, Packed, Progress, pack

_NAMED = 5
_REPORT_EVERY = 500
_Pixels: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass
class _Decoding:
    """What has been seen so far: files that cannot be read, and the others by their size (width, height)."""

    root: Path
    total: int
    progress: Progress | None
    done: int = 0
    corrupt: list[str] = field(default_factory=list)
    sizes: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    def split(self, names: Sequence[str]) -> _Pixels:
        """uint8 [len(names), H, W, 3], H × W as in the first readable file; files that won't do leave gaps."""
        pixels: _Pixels | None = None
        for number, name in enumerate(names):
            image = _open(self.root / name)
            if image is None:
                self.corrupt.append(name)
            else:
                self.sizes.setdefault((image.shape[1], image.shape[0]), []).append(name)
                if pixels is None:
                    self._check_memory(image)
                    pixels = np.empty((len(names), *image.shape), np.uint8)
                if image.shape == pixels.shape[1:]:
                    pixels[number] = image
            self.done += 1
            if self.progress and (self.done % _REPORT_EVERY == 0 or self.done == self.total):
                self.progress(self.done, self.total)
        return np.empty((0, 1, 1, 3), np.uint8) if pixels is None else pixels

    def raise_if_bad(self) -> None:
        """Raises StageError that counts the files that won't do and names the first few."""
        usual = max(self.sizes, key=lambda size: len(self.sizes[size]), default=(0, 0))
        odd = [f"{name} ({size[0]}×{size[1]})" for size, names in self.sizes.items() if size != usual for name in names]
        reasons = []
        if self.corrupt:
            reasons.append(f"{len(self.corrupt):,} cannot be read: {_first(self.corrupt)}")
        if odd:
            reasons.append(f"{len(odd):,} are not {usual[0]}×{usual[1]} like the others: {_first(odd)}")
        if reasons:
            raise StageError(f"image files to repair or remove under {self.root}: " + "; ".join(reasons))

    def _check_memory(self, image: _Pixels) -> None:
        """Raises StageError where all images of this size cannot be held: better than being killed half-way."""
        needed, free = image.nbytes * self.total, psutil.virtual_memory().available
        if needed > free:
            raise StageError(
                f"{self.total:,} images of {image.shape[1]}×{image.shape[0]} need {needed / 1e9:.1f} GB of memory, "
                f"{free / 1e9:.1f} GB are free; resize the images"
            )


def decode_folder(scan: FolderScan, progress: Progress | None) -> Packed:
    """Every image of both splits as RGB.

    Raises:
        StageError: unreadable files, or files of another size than most; the first few are named, all are counted.
    """
    decoding = _Decoding(scan.root, len(scan.train) + len(scan.test), progress)
    label_of = {name: number for number, name in enumerate(scan.classes)}
    splits = []
    with warnings.catch_warnings():
        # Pillow warns of odd metadata; whether the pixels can be read is what counts, and that it raises.
        warnings.simplefilter("ignore")
        for names in (scan.train, scan.test):
            labels = torch.tensor([label_of[name.split("/", 2)[1]] for name in names], dtype=torch.int64)
            splits.append(Images(torch.from_numpy(decoding.split(names)), labels))
    decoding.raise_if_bad()
    return pack(splits[0], splits[1], scan.classes)


def _open(path: Path) -> _Pixels | None:
    """uint8 [H, W, 3], or None where the file cannot be decoded in full."""
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
