"""The packed form of a dataset: one safetensors file of uint8 images, read by mapping it into memory.

It may be larger than the memory: it is written image by image into a mapped file, and what is read of it are pages
that the system may drop again.
"""

import contextlib
import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from prunesweep.core.images.image_file import Stamp
from prunesweep.core.io import whole_file
from prunesweep.core.private import make_private
from prunesweep.core.progress import CountDone

_VERSION = "1"
_PIECE = 2**25
"""Bytes of images that are looked at together."""


@dataclass(frozen=True)
class Images:
    """Images of one split, with their labels.

    Attributes:
        images: uint8 [N, H, W, 3].
        labels: int64 [N], indices into the classes.
    """

    images: Tensor
    labels: Tensor


@dataclass(frozen=True)
class PackedDataset:
    """Both splits of a dataset and the names of its classes.

    mean, std: float32 [3], of all training images, in units where 255 is 1.
    """

    train: Images
    test: Images
    classes: tuple[str, ...]
    mean: Tensor
    std: Tensor


def pack(train: Images, test: Images, classes: tuple[str, ...]) -> PackedDataset:
    """Put a dataset together, its statistics with it."""
    return PackedDataset(train, test, classes, *channel_statistics(train.images))


@dataclass
class Checked:
    """Packed files whose checksum was found right, by path and stamp: a process that opens one again need not read all
    of it again. A file that was written to since has another stamp, and is checked again."""

    _found: dict[Path, Stamp] = field(default_factory=dict)

    def has(self, path: Path, stamp: Stamp) -> bool:
        """Return whether this very file was found right."""
        return self._found.get(path) == stamp

    def add(self, path: Path, stamp: Stamp) -> None:
        """Note that it was."""
        self._found[path] = stamp


def packed_or_built(path: Path, build: Callable[[], PackedDataset], checked: Checked | None = None) -> PackedDataset:
    """Return the packed file at `path`; where there is none (or a damaged one, or another dataset's), what `build`
    makes, then written there.

    One process builds; others that ask for the same file wait for it. The file appears whole or not at all.

    checked: files that need no second check in this process, None = check it in any case.
    """
    return packed_or_written(path, lambda part: _write(path, part, build()), None, checked)


def packed_or_written(
    path: Path, write: Callable[[Path], None], progress: CountDone | None = None, checked: Checked | None = None
) -> PackedDataset:
    """Return the dataset as `packed_or_built` does; `write` writes the file itself, under the name that it is given.

    progress: called while the file is checked.
    """
    checked = checked or Checked()
    found = _read(path, progress, checked)
    if found is not None:
        return found
    make_private(path.parent)
    with _locked(path.with_suffix(".lock")):
        found = _read(path, progress, checked)
        if found is None:
            _replace(path, write)
            # Its checksum was made of these very pages a moment ago.
            checked.add(path, _stamp(path))
            found = _read(path, progress, checked)
    if found is None:
        raise OSError(f"cannot read back {path}")
    return found


def _read(path: Path, progress: CountDone | None, checked: Checked) -> PackedDataset | None:
    try:
        stamp = _stamp(path)
        with safe_open(path, framework="pt") as file:
            meta = file.metadata() or {}
            # Files of earlier releases don't say whose they are.
            if meta.get("version") != _VERSION or meta.get("of", path.stem) != path.stem:
                return None
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
            if not checked.has(path, stamp) and meta.get("sha256", "") not in ("", checksum(tensors, progress)):
                return None
            checked.add(path, stamp)  # taken before: a file that changed meanwhile has another one now
    except (FileNotFoundError, SafetensorError):
        return None
    train, test = (Images(tensors[f"{split}.images"], tensors[f"{split}.labels"]) for split in ("train", "test"))
    return PackedDataset(train, test, tuple(json.loads(meta["classes"])), tensors["mean"], tensors["std"])


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    with whole_file(path, private=True) as file:
        write(Path(file.name))


def _write(path: Path, part: Path, packed: PackedDataset) -> None:
    tensors = {"mean": packed.mean, "std": packed.std}
    for split, images in (("train", packed.train), ("test", packed.test)):
        tensors |= {f"{split}.images": images.images.contiguous(), f"{split}.labels": images.labels}
    save_file(tensors, part, metadata=metadata(path.stem, packed.classes, checksum(tensors)))


def metadata(of: str, classes: Sequence[str], sha: str) -> dict[str, str]:
    """Return what the file says of itself.

    Args:
        of: its name without suffix.
        sha: `checksum` of its tensors.
    """
    return {"version": _VERSION, "of": of, "classes": json.dumps(classes), "sha256": sha}


def checksum(tensors: Mapping[str, Tensor], progress: CountDone | None = None) -> str:
    """Return the SHA-256 of names and bytes: the images of a folder are not compared with their files again, so a file
    that lost a bit must be noticed here. Files of earlier releases have none."""
    found = sha256()
    for name in sorted(tensors):
        found.update(name.encode())
        values = tensors[name].contiguous()
        rows = max(1, _PIECE // max(1, values.nbytes // max(1, len(values))))
        for start in range(0, len(values), rows):
            found.update(values[start : start + rows].numpy().data)
            if progress:
                progress(min(start + rows, len(values)), len(values))
    return found.hexdigest()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def channel_statistics(images: Tensor, progress: CountDone | None = None) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation per channel of uint8 [N, H, W, 3], in units where 255 is 1; float32 [3] each.

    Exact up to the final rounding: whole numbers are counted, so neither order nor threads matter.
    """
    values = torch.arange(256, dtype=torch.float64) / 255
    counts = torch.zeros(images.shape[-1], 256, dtype=torch.float64)
    done = 0
    for chunk in torch.split(images, max(1, _PIECE // max(1, images[0].numel()))):
        done += len(chunk)
        if progress:
            progress(done, len(images))
        for channel in range(images.shape[-1]):
            counts[channel] += torch.bincount(chunk[..., channel].flatten(), minlength=256)
    share = counts / counts.sum(dim=1, keepdim=True)
    mean = share @ values
    variance = (share * (values - mean[:, None]) ** 2).sum(dim=1)
    return mean.float(), variance.sqrt().clamp_min(1 / 255).float()
