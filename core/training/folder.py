"""Decodes an inspected image folder, or shards of images, into a packed file, in constant memory."""

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from prunesweep.core.cpus import usable_cpus
from prunesweep.core.errors import RENAME, RETRY, StageError
from prunesweep.core.images.decoding import RULES, Unusable, decode
from prunesweep.core.images.image_file import ImageFile
from prunesweep.core.images.inspection import Inspection, SplitFiles
from prunesweep.core.images.listing import SPLITS
from prunesweep.core.images.resizing import resized
from prunesweep.core.images.shards import Shards, identity_of
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.progress import CountDone
from prunesweep.core.training.packed_file import DatasetWriter, Mapped

_REPORT_EVERY = 500
_AHEAD = 64
_Pixels: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class _Images(Protocol):
    """The images of an inspected folder, as files or in shards."""

    def labels(self, split: str) -> list[int]:
        """Return the class number of each of a split's images, in their order."""

    def encoded(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield each image's split and what gives the bytes of its file, in the order within its split.

        Raises:
            StageError: they are not the bytes that were inspected.
        """


@dataclass(frozen=True)
class _Files:
    root: Path
    files: SplitFiles
    classes: tuple[str, ...]

    def labels(self, split: str) -> list[int]:
        label_of = {name: number for number, name in enumerate(self.classes)}
        return [label_of[file.name.split("/", 2)[1]] for file in self._of(split)]

    def encoded(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        for split in SPLITS:
            for file in self._of(split):
                yield split, partial(self._read, file)

    def _of(self, split: str) -> tuple[ImageFile, ...]:
        return self.files.train if split == "train" else self.files.test

    def _read(self, file: ImageFile) -> bytes:
        """Return a file's bytes, which are those that the inspection hashed."""
        with contextlib.suppress(OSError):
            data = (self.root / file.path).read_bytes()
            if sha256(data).hexdigest() == self.files.shas[file.path]:
                return data
        raise _changed(self.root / file.path)


@dataclass(frozen=True)
class _Rows:
    root: Path
    shards: Shards
    identity: str

    def labels(self, split: str) -> list[int]:
        return self.shards.of(split)

    def encoded(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Hashes every image; whether all are those that were inspected shows at the end."""
        shas = []
        try:
            for (_, data), test in zip(self.shards.rows(), self.shards.tests, strict=True):
                found = data or b""
                shas.append(sha256(found).hexdigest())
                yield "test" if test else "train", partial(bytes, found)
        except (OSError, ValueError):
            raise _changed(self.root) from None
        if identity_of(RULES, self.shards, shas) != self.identity:
            raise _changed(self.root)


def _changed(path: Path) -> StageError:
    return StageError(f"{path} has changed while it was read; leave the folder alone, {RETRY}")


def pack_folder(found: Inspection, ref: DatasetRef, of: str, part: Path, progress: CountDone | None) -> None:
    """Write every image of both splits as RGB to `part`, a file in the layout of `dataset_cache`.

    The bytes that are decoded are those that the inspection hashed: each image is hashed once more. Of the images no
    more than `_AHEAD` are held.

    of: the name that the file will have, without its suffix.

    Raises:
        StageError: a file that has changed since it was inspected, or no room on the disk.
    """
    images: _Images
    if found.shards is not None:
        images = _Rows(found.root, found.shards, found.identity)
    elif found.files is not None:
        images = _Files(found.root, found.files, found.classes)
    else:
        raise ValueError("the inspection has no files")
    height, width = (ref.size, ref.size) if ref.size else (found.size[1], found.size[0])
    shapes = {name: (number, height, width, 3) for name, number in zip(SPLITS, found.counts, strict=True)}
    try:
        packed = DatasetWriter(part, of, found.classes, shapes)
    except OSError as error:
        needed = 3 * height * width * sum(found.counts)
        raise StageError(
            f"{sum(found.counts):,} images of {width}×{height} need {needed / 1e9:.1f} GB in {part.parent} "
            f"({os.strerror(error.errno or 0)}); free some, {RETRY}; or choose a smaller --image-size, and {RENAME}"
        ) from None
    for name in SPLITS:
        packed.arrays[f"{name}.labels"][:] = images.labels(name)
    _fill(images, ref, packed.arrays, sum(found.counts), progress)
    packed.close(progress)


def _fill(images: _Images, ref: DatasetRef, tensors: dict[str, Mapped], total: int, progress: CountDone | None) -> None:
    done = dict.fromkeys(SPLITS, 0)
    for name, pixels in _decoded(images, ref):
        target = tensors[f"{name}.images"]
        if pixels.shape != target.shape[1:]:
            raise _changed(Path("an image"))
        target[done[name]] = pixels
        done[name] += 1
        number = sum(done.values())
        if progress and (number % _REPORT_EVERY == 0 or number == total):
            progress(number, total)


def _decoded(images: _Images, ref: DatasetRef) -> Iterator[tuple[str, _Pixels]]:
    """Yield split and pixels of the images, in their order, decoded by threads up to `_AHEAD` images ahead: Pillow
    leaves Python's lock while it decodes and resizes."""
    pool = ThreadPoolExecutor(usable_cpus())
    waiting: deque[tuple[str, Future[_Pixels]]] = deque()
    try:
        for split, read in images.encoded():
            waiting.append((split, pool.submit(_pixels, read, ref)))
            if len(waiting) > _AHEAD:
                first, ready = waiting.popleft()
                yield first, ready.result()
        for first, ready in waiting:
            yield first, ready.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pixels(read: Callable[[], bytes], ref: DatasetRef) -> _Pixels:
    """Return uint8 [H, W, 3] of an image file's bytes."""
    try:
        image = decode(read()).image
    except Unusable:
        raise _changed(Path("an image")) from None
    return np.asarray(resized(image, ref.size, ref.resize) if ref.size else image)
