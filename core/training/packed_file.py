"""Writes a packed dataset into a mapped file, so that it may be larger than the memory.

The file is safetensors' own: eight bytes with the length of the header, the header in JSON, then the tensors one behind
the other. Its checksum stands in the header and is written last: until then no reader takes the file.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch

from prunesweep.core.io import reserve
from prunesweep.core.progress import CountDone
from prunesweep.core.training.dataset_cache import channel_statistics, checksum, metadata

Mapped: TypeAlias = "np.memmap[Any, Any]"
_KINDS: Mapping[str, Any] = {"labels": ("I64", np.int64), "mean": ("F32", np.float32), "std": ("F32", np.float32)}
_IMAGES: tuple[str, Any] = ("U8", np.uint8)
_UNKNOWN = "0" * 64


class DatasetWriter:
    """arrays: what is to be filled, by name: `train.images` uint8 [N, H, W, 3], `train.labels` int64 [N], and `test.…`;
    mean and std follow from them.

    Raises:
        OSError: the disk has no room. All blocks are taken now: a write to a mapped page that finds none later would
        end the process.
    """

    def __init__(self, file: Path, of: str, classes: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]]) -> None:
        self._file, self._of, self._classes = file, of, classes
        labels = {f"{split}.labels": shape[:1] for split, shape in shapes.items()}
        images = {f"{split}.images": shape for split, shape in shapes.items()}
        # Wide numbers first: every tensor then begins at a multiple of its number's size.
        self._shapes: dict[str, tuple[int, ...]] = {**labels, "mean": (3,), "std": (3,), **images}
        head, places = self._header(_UNKNOWN)
        end = max(place + size for place, size in places.values())
        with file.open("r+b") as opened:
            reserve(opened.fileno(), len(head) + end)
            opened.truncate(len(head) + end)
            opened.write(head)
        self.arrays: dict[str, Mapped] = {
            name: np.memmap(file, _kind(name)[1], "r+", len(head) + places[name][0], shape)
            for name, shape in self._shapes.items()
        }

    def close(self, progress: CountDone | None) -> None:
        """Add the statistics and the checksum: from now on it is a packed dataset."""
        statistics = channel_statistics(torch.from_numpy(self.arrays["train.images"]), progress)
        for name, values in zip(("mean", "std"), statistics, strict=True):
            self.arrays[name][:] = values.numpy()
        sha = checksum({name: torch.from_numpy(values) for name, values in self.arrays.items()}, progress)
        for array in self.arrays.values():
            array.flush()
        self.arrays.clear()
        with self._file.open("r+b") as opened:
            opened.write(self._header(sha)[0])
            opened.flush()
            os.fsync(opened.fileno())

    def _header(self, sha: str) -> tuple[bytes, dict[str, tuple[int, int]]]:
        """Return the bytes before the tensors, of one length whatever the checksum; where each begins behind them, and
        how many bytes it has."""
        places, at = {}, 0
        entries: dict[str, Any] = {"__metadata__": metadata(self._of, self._classes, sha)}
        for name, shape in self._shapes.items():
            kind, number = _kind(name)
            size = int(np.prod(shape, dtype=np.int64)) * np.dtype(number).itemsize
            places[name] = (at, size)
            entries[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + size]}
            at += size
        body = json.dumps(entries, separators=(",", ":")).encode()
        body += b" " * (-len(body) % 8)
        return len(body).to_bytes(8, "little") + body, places


def _kind(name: str) -> tuple[str, Any]:
    found: tuple[str, Any] = _KINDS.get(name.rpartition(".")[2], _IMAGES)
    return found
