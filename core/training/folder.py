"""Decodes an inspected image folder into a packed file, in constant memory."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import numpy as np

from prunesweep.core.cpus import usable_cpus
from prunesweep.core.errors import RENAME, RETRY, StageError
from prunesweep.core.images.decoding import Unusable, decode
from prunesweep.core.images.inspection import Inspection, Progress, SplitFiles
from prunesweep.core.images.listing import ImageFile
from prunesweep.core.images.resizing import resized
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.training.packed_file import Mapped, PackedFile

_REPORT_EVERY = 500
_AHEAD = 64
_Pixels: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass(frozen=True)
class _Source:
    """An inspected folder with its files, and what its images are resized to."""

    root: Path
    files: SplitFiles
    ref: DatasetRef

    def pixels(self, file: ImageFile) -> _Pixels:
        """uint8 [H, W, 3] of a file whose bytes are those that the inspection hashed."""
        try:
            data = (self.root / file.path).read_bytes()
            if sha256(data).hexdigest() == self.files.shas[file.path]:
                image = decode(data).image
                return np.asarray(resized(image, self.ref.size, self.ref.resize) if self.ref.size else image)
        except (OSError, Unusable):
            pass
        raise StageError(f"{self.root / file.path} has changed while it was read; leave the folder alone, {RETRY}")


def pack_folder(found: Inspection, ref: DatasetRef, of: str, part: Path, progress: Progress | None) -> None:
    """Write every image of both splits as RGB to `part`, a file in the layout of `dataset_cache`.

    The bytes that are decoded are those that the inspection hashed: each file is hashed once more. Of the images no
    more than `_AHEAD` are held.

    of: the name that the file will have, without its suffix.

    Raises:
        StageError: a file that has changed since it was inspected, or no room on the disk.
    """
    listed = found.files
    if listed is None:
        raise ValueError("the inspection has no files")
    height, width = (ref.size, ref.size) if ref.size else (found.size[1], found.size[0])
    splits = {"train": listed.train, "test": listed.test}
    shapes = {name: (len(files), height, width, 3) for name, files in splits.items()}
    try:
        packed = PackedFile(part, of, found.classes, shapes)
    except OSError as error:
        needed = 3 * height * width * sum(found.counts)
        raise StageError(
            f"{sum(found.counts):,} images of {width}×{height} need {needed / 1e9:.1f} GB in {part.parent} "
            f"({os.strerror(error.errno or 0)}); free some, {RETRY}; or choose a smaller --image-size, and {RENAME}"
        ) from None
    label_of = {name: number for number, name in enumerate(found.classes)}
    for name, files in splits.items():
        packed.arrays[f"{name}.labels"][:] = [label_of[file.name.split("/", 2)[1]] for file in files]
    _fill(_Source(found.root, listed, ref), splits, packed.arrays, progress)
    packed.close(progress)


def _fill(
    source: _Source, splits: dict[str, tuple[ImageFile, ...]], tensors: dict[str, Mapped], progress: Progress | None
) -> None:
    total = sum(map(len, splits.values()))
    done = 0
    for name, files in splits.items():
        target = tensors[f"{name}.images"]
        for number, pixels in enumerate(_decoded(source, files)):
            target[number] = pixels
            done += 1
            if progress and (done % _REPORT_EVERY == 0 or done == total):
                progress(done, total)


def _decoded(source: _Source, files: Sequence[ImageFile]) -> Iterator[_Pixels]:
    """Yield the pixels of the files, in their order, decoded by threads up to `_AHEAD` images ahead: Pillow leaves
    Python's lock while it decodes and resizes."""
    pool = ThreadPoolExecutor(usable_cpus())
    waiting: deque[Future[_Pixels]] = deque()
    try:
        for file in files:
            waiting.append(pool.submit(source.pixels, file))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
