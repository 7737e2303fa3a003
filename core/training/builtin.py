"""The datasets that need no folder from the user: CIFAR-10 (downloaded) and digits (inside scikit-learn)."""

import contextlib
import socket
import sys
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from core.errors import StageError
from core.plan.datasets import BUILT_IN
from core.training.packed import Images, Packed, pack
from core.training.vision import import_torchvision

_TEST_EVERY = 5
_NETWORK_PATIENCE = 30.0
"""Seconds without an answer before a download is given up; torchvision itself would wait for ever."""


def fetch_cifar10(data: Path) -> Packed:
    """CIFAR-10 (Krizhevsky 2009) by torchvision's own downloader: md5 checked, progress bar on stderr.

    Uses `cifar-10-python.tar.gz` or its unpacked folder in `data` where one is there already.

    Raises:
        StageError: no network, or a damaged file; the line says what to do.
    """
    dataset = import_torchvision().datasets.CIFAR10
    data.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.redirect_stdout(sys.stderr), _network_patience():
            train, test = (dataset(str(data), train=train, download=True) for train in (True, False))
    except (OSError, RuntimeError, EOFError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise StageError(
            f"cifar10 cannot be downloaded ({reason}): put cifar-10-python.tar.gz into {data}, or use "
            "--dataset imagefolder:PATH or --dataset digits"
        ) from None
    splits = [Images(torch.from_numpy(one.data), torch.tensor(one.targets, dtype=torch.int64)) for one in (train, test)]
    return pack(splits[0], splits[1], tuple(train.classes))


@contextlib.contextmanager
def _network_patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_NETWORK_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def make_digits() -> Packed:
    """scikit-learn's 1,797 handwritten digits, 8×8 in 17 greys, as 16×16 RGB; every fifth of a class is test.

    Source: UCI "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998), its test part.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    grey = torch.from_numpy(bunch.images).mul(255 / 16).round().to(torch.uint8)
    images = grey.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)[..., None].expand(-1, -1, -1, 3)
    labels = torch.from_numpy(bunch.target).to(torch.int64)
    test = _every_fifth_of_each_class(labels)
    train, held_out = (Images(images[chosen].contiguous(), labels[chosen]) for chosen in (~test, test))
    return pack(train, held_out, BUILT_IN["digits"])


def _every_fifth_of_each_class(labels: Tensor) -> Tensor:
    """Bool [N]: True for a class's 5th, 10th, … member."""
    chosen = torch.zeros_like(labels, dtype=torch.bool)
    for label in range(len(BUILT_IN["digits"])):
        chosen[(labels == label).nonzero().flatten()[_TEST_EVERY - 1 :: _TEST_EVERY]] = True
    return chosen
