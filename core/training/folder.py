"""Decodes an inspected image folder into uint8 arrays."""

from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import numpy as np
import psutil
import torch

from prunesweep.core.errors import RENAME, RETRY, StageError
from prunesweep.core.images.decoding import Unusable, decode
from prunesweep.core.images.inspection import Inspection, Progress, SplitFiles
from prunesweep.core.images.listing import ImageFile
from prunesweep.core.training.dataset_cache import Images, PackedDataset, pack

_REPORT_EVERY = 500
_Pixels: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def decode_folder(found: Inspection, progress: Progress | None) -> PackedDataset:
    """Return every image of both splits as RGB.

    The bytes that are decoded are those that the inspection hashed: each file is hashed once more.

    Raises:
        StageError: a file that has changed since it was inspected, or too little memory for all of them.
    """
    listed = found.files
    if listed is None:
        raise ValueError("the inspection has no files")
    total = len(listed.train) + len(listed.test)
    _check_memory(found, total)
    label_of = {name: number for number, name in enumerate(found.classes)}
    splits, done = [], 0
    for files in (listed.train, listed.test):
        labels = torch.tensor([label_of[file.name.split("/", 2)[1]] for file in files], dtype=torch.int64)
        pixels = np.empty((len(files), found.size[1], found.size[0], 3), np.uint8)
        for number, file in enumerate(files):
            pixels[number] = _pixels(found.root, listed, file)
            done += 1
            if progress and (done % _REPORT_EVERY == 0 or done == total):
                progress(done, total)
        splits.append(Images(torch.from_numpy(pixels), labels))
    return pack(splits[0], splits[1], found.classes)


def _pixels(root: Path, listed: SplitFiles, file: ImageFile) -> _Pixels:
    """uint8 [H, W, 3]."""
    try:
        data = (root / file.path).read_bytes()
        if sha256(data).hexdigest() == listed.shas[file.path]:
            return np.asarray(decode(data).image)
    except (OSError, Unusable):
        pass
    raise StageError(f"{root / file.path} has changed while it was read; leave the folder alone, {RETRY}")


def _check_memory(found: Inspection, total: int) -> None:
    """Raise StageError where all images cannot be held: better than being killed half-way."""
    width, height = found.size
    needed, free = 3 * width * height * total, psutil.virtual_memory().available
    if needed > free:
        raise StageError(
            f"{total:,} images of {width}×{height} need {needed / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are free; "
            f"free some, {RETRY}; or resize the images, and {RENAME}"
        )
