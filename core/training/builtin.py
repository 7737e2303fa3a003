"""The datasets that need no folder from the user: torchvision's (downloaded) and digits (inside scikit-learn)."""

import contextlib
import sys
import threading
import urllib.error
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from prunesweep.core.answer_time import answered_in_time
from prunesweep.core.errors import RENAME, DownloadAway
from prunesweep.core.private import make_private
from prunesweep.core.progress import CountDone
from prunesweep.core.training.dataset_cache import Images, PackedDataset, pack
from prunesweep.core.training.vision import import_torchvision

_DIGITS = tuple("0123456789")
_TEST_EVERY = 5
_LOOK_SECONDS = 1.0


DOWNLOADS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "cifar10": ("CIFAR10", "cifar-10-python.tar.gz", "170 MB"),
        "cifar100": ("CIFAR100", "cifar-100-python.tar.gz", "169 MB"),
        "fashion-mnist": ("FashionMNIST", "FashionMNIST/raw/*.gz", "31 MB"),
    }
)
"""Name → (torchvision's class, the files that it looks for, what is to be fetched)."""


def download_bytes(name: str) -> int:
    """Return about how many bytes are to be fetched; 0 for what is not downloaded."""
    return 10**6 * int(DOWNLOADS[name][2].removesuffix(" MB")) if name in DOWNLOADS else 0


def fetch(name: str, data: Path, progress: CountDone | None = None) -> PackedDataset:
    """CIFAR-10 and CIFAR-100 (Krizhevsky 2009) or Fashion-MNIST (Xiao et al. 2017, arXiv:1708.07747; as 28×28 RGB) by
    torchvision's own downloader: md5 checked, progress bar on stderr.

    Uses the archives, or CIFAR's unpacked folders, in `data` where they are there already.

    progress: called about once a second while files in `data` grow, with the bytes that were added, those of unpacked
    files too, and 0. A slow download is no trainer that hangs.

    Raises:
        DownloadAway: no network, a mirror that does not answer, a damaged file, or no room; the line says what to do.
    """
    kind, archive, _ = DOWNLOADS[name]
    dataset = getattr(import_torchvision().datasets, kind)
    make_private(data)
    try:
        with contextlib.redirect_stdout(sys.stderr), answered_in_time(), _watched(data, progress):
            if hasattr(dataset, "resources"):
                _unpack(dataset, data)
            train, test = (dataset(str(data), train=train, download=True) for train in (True, False))
    except (OSError, RuntimeError, EOFError, ValueError, AssertionError) as error:
        raise DownloadAway(
            f"{name} cannot be downloaded ({_reason(error)}): put {archive} into {data}, in place of what is there, or "
            f"choose --dataset imagefolder:PATH or --dataset digits, and {RENAME}"
        ) from None
    return pack(_images(train), _images(test), tuple(train.classes))


def _unpack(dataset: Any, data: Path) -> None:
    """Unpack the archives of a dataset of MNIST's kind again, fetching those that are missing or have another md5.

    torchvision would take files that were unpacked once on trust, whatever has become of them.
    """
    raw = data / dataset.__name__ / "raw"
    mirrors = dataset.mirrors
    for filename, md5 in dataset.resources:
        for mirror in mirrors:
            try:
                import_torchvision().datasets.utils.download_and_extract_archive(
                    mirror + filename, str(raw), filename=filename, md5=md5
                )
                break
            except (OSError, RuntimeError):
                if mirror == mirrors[-1]:
                    raise


def _reason(error: Exception) -> str:
    """Return one line; closes the connection that an answer such as 404 came by."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
    elif isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return (str(error) or type(error).__name__).partition("\n")[0][:300]


def _images(dataset: Any) -> Images:
    """Return the bytes [N, H, W, 3]; grey ones three times over."""
    pixels = torch.as_tensor(dataset.data)
    if pixels.ndim == 3:
        pixels = pixels[..., None].expand(-1, -1, -1, 3).contiguous()
    return Images(pixels, torch.as_tensor(dataset.targets, dtype=torch.int64))


@contextlib.contextmanager
def _watched(data: Path, progress: CountDone | None) -> Iterator[None]:
    """Report growing files from a thread of its own, as the downloader reports to a terminal only."""
    if progress is None:
        yield
        return
    over, before = threading.Event(), _bytes_in(data)

    def look() -> None:
        seen = least = before
        while not over.wait(_LOOK_SECONDS):
            now = _bytes_in(data)
            least = min(least, now)  # a file that an earlier attempt left is written again
            if now > least and now != seen:
                progress(now - least, 0)
            seen = now

    thread = threading.Thread(target=look, name="download progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _bytes_in(folder: Path) -> int:
    """Return the size of all files below a folder, without those that vanish meanwhile."""
    found = 0
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found += file.stat().st_size if file.is_file() else 0
    return found


def make_digits() -> PackedDataset:
    """scikit-learn's 1,797 handwritten digits, 8×8 in 17 greys, as 16×16 RGB; every fifth of a class is test.

    Source: UCI "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998), its test part.
    """
    table = _digits_table()
    grey = table[:, :-1].view(-1, 8, 8).mul(255 / 16).round().to(torch.uint8)
    images = grey.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)[..., None].expand(-1, -1, -1, 3)
    labels = table[:, -1].to(torch.int64)
    test = _every_fifth_of_each_class(labels)
    train, held_out = (Images(images[chosen].contiguous(), labels[chosen]) for chosen in (~test, test))
    return pack(train, held_out, _DIGITS)


def _digits_table() -> Tensor:
    """Float64 [1797, 65]: the greys of 64 pixels, then the digit. From scikit-learn's file where it is known to be:
    importing scikit-learn takes a process 1.7 s, as long as importing torch does."""
    found = find_spec("sklearn")
    for folder in (found and found.submodule_search_locations) or ():
        file = Path(folder, "datasets", "data", "digits.csv.gz")
        if file.is_file():
            return torch.from_numpy(np.loadtxt(file, delimiter=","))
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return torch.from_numpy(np.column_stack((bunch.data, bunch.target)))


def _every_fifth_of_each_class(labels: Tensor) -> Tensor:
    """Return bool [N]: True for a class's 5th, 10th, … member."""
    chosen = torch.zeros_like(labels, dtype=torch.bool)
    for label in range(len(_DIGITS)):
        chosen[(labels == label).nonzero().flatten()[_TEST_EVERY - 1 :: _TEST_EVERY]] = True
    return chosen
