"""Datasets by reference: found, packed once under the data folder, and loaded as uint8 tensors."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import torch
from torch import Tensor

from prunesweep.core.errors import StageError
from prunesweep.core.images.folders import find_images, packed_path
from prunesweep.core.plan.datasets import FOLDERS, DatasetRef
from prunesweep.core.progress import CountDone
from prunesweep.core.training.builtin import DOWNLOADS, fetch, make_digits
from prunesweep.core.training.dataset_cache import Checked, PackedDataset, packed_or_built, packed_or_written
from prunesweep.core.training.folder import pack_folder

SPLITS = ("train", "test")


@dataclass(frozen=True)
class Split:
    """One split of a dataset, on one device; its images too, unless they are streamed.

    Attributes:
        images: uint8 [N, 3, H, W] in channels_last memory, on the device, or where streamed mapped from their file on
            the host.
        labels: int64 [N].
        mean, std: float32 [3], in units where 255 is 1: those of all training images, or those that the reference
            gives.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    mean: Tensor
    std: Tensor
    streamed: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def device(self) -> torch.device:
        return self.labels.device

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    def to(self, device: torch.device | str) -> "Split":
        """Return the same split on `device`; itself if it is there already. Images that are streamed stay on the
        host."""
        names = ("labels", "mean", "std") if self.streamed else ("images", "labels", "mean", "std")
        return replace(self, **{name: getattr(self, name).to(device) for name in names})

    def placed(self, device: torch.device | str, images: str = "auto") -> "Split":
        """Return the same split on `device`, its images resident there or streamed to it.

        images: of `prunesweep.core.settings.IMAGES`; `auto` = resident where they take at most half of the memory that
        is free on the device, so that there is room for the training.
        """
        streamed = images == "streamed" or (images == "auto" and self.images.nbytes > _free(device) / 2)
        return replace(self, streamed=streamed).to(device)

    def take(self, index: Tensor) -> Tensor:
        """Return the images of these numbers: uint8 [B, 3, H, W] on the device. index: int64 [B]."""
        if self.streamed:
            return self.images[index.to(self.images.device)].to(self.device)
        return self.images[index]

    def between(self, start: int, end: int) -> Tensor:
        """Return the images from one number up to another, as `take`."""
        return self.images[start:end].to(self.device)


def _free(device: torch.device | str) -> int:
    """Return the bytes of memory that are free on the device."""
    place = torch.device(device)
    if place.type == "cuda":
        return int(torch.cuda.mem_get_info(place)[0])
    return int(psutil.virtual_memory().available)


def load_dataset(
    ref: DatasetRef,
    data: Path,
    split: str,
    progress: CountDone | None = None,
    places: Iterable[str] = (),
    checked: Checked | None = None,
) -> Split:
    """Return one split (`train` or `test`) on the CPU; at first use the dataset is fetched or decoded, and packed.

    Args:
        data: folder for downloads and packed files.
        progress: called while images are being read and decoded.
        places: folders in which an image folder's files may lie; the first that holds exactly its images is used.
        checked: packed files that this process need not check again.

    Raises:
        StageError: none of the folders holds these images, or the disk has no room for them.
        DownloadAway: it has to be downloaded, and cannot be at present.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {SPLITS}")
    packed = _packed(ref, data, progress, places, checked)
    if len(packed.classes) != ref.classes:
        raise StageError(f"{ref.label} has {len(packed.classes)} classes, the stage says {ref.classes}")
    chosen = packed.train if split == "train" else packed.test
    mean, std = _given(ref.mean, packed.mean), _given(ref.std, packed.std)
    return Split(chosen.images.permute(0, 3, 1, 2), chosen.labels, packed.classes, mean, std)


def _given(text: str, found: Tensor) -> Tensor:
    """Return the three numbers of a reference, or else those of the training images."""
    return torch.tensor([float(number) for number in text.split(",")]) if text else found


def check_dataset(ref: DatasetRef, data: Path) -> str:
    """Return one line on whether the dataset is at hand, without fetching or decoding anything."""
    ready = packed_path(ref, data).exists()
    if ref.name in FOLDERS:
        return "packed" if ready else "to be packed at first use"
    if ref.name in DOWNLOADS:
        return "ready" if ready else f"to be downloaded at first use ({DOWNLOADS[ref.name][2]})"
    return "ready, comes with scikit-learn"


def _packed(
    ref: DatasetRef, data: Path, progress: CountDone | None, places: Iterable[str], checked: Checked | None
) -> PackedDataset:
    path = packed_path(ref, data)
    if ref.name in FOLDERS:

        def build(part: Path) -> None:
            pack_folder(find_images(ref, places, data, progress), ref, path.stem, part, progress)

        return packed_or_written(path, build, progress, checked)
    if ref.name in DOWNLOADS:
        return packed_or_built(path, lambda: fetch(ref.name, data, progress), checked)
    if ref.name == "digits":
        return packed_or_built(path, make_digits, checked)
    raise StageError(f"unknown dataset {ref.name!r}")
