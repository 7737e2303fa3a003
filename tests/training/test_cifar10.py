"""CIFAR-10 through torchvision's own downloader, from a server on this machine."""

import functools
import hashlib
import http.server
import pickle
import socket
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import DownloadAway
from prunesweep.core.ledger.db.doing import BYTES
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.settings import Settings
from prunesweep.core.training import builtin
from prunesweep.core.training.datasets import check_dataset, load_dataset
from prunesweep.core.training.vision import import_torchvision
from prunesweep.worker.protocol import Event, Owner, Progress
from prunesweep.worker.trainer import context, waiting
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.errors import owner_of

REF = parse_dataset("cifar10")


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _batch(path: Path, count: int, seed: int) -> tuple[str, str]:
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 3072), np.uint8)
    path.write_bytes(pickle.dumps({"data": pixels, "labels": [number % 10 for number in range(count)]}))
    return path.name, _md5(path)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small archive in CIFAR-10's format; torchvision is told its checksums. Its URL leads nowhere."""
    folder = tmp_path / "server" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    train = [_batch(folder / f"data_batch_{number}", 20, number) for number in range(2)]
    test = [_batch(folder / "test_batch", 10, 9)]
    meta = folder / "batches.meta"
    meta.write_bytes(pickle.dumps({"label_names": list(range(10))}))
    packed = folder.parent / "cifar-10-python.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(folder, folder.name)
    dataset = import_torchvision().datasets.CIFAR10
    monkeypatch.setattr(dataset, "tgz_md5", _md5(packed))
    monkeypatch.setattr(dataset, "train_list", train)
    monkeypatch.setattr(dataset, "test_list", test)
    monkeypatch.setattr(dataset, "meta", {**dataset.meta, "md5": _md5(meta)})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(dataset, "url", f"http://127.0.0.1:{unused.getsockname()[1]}/{packed.name}")
    return packed


@pytest.fixture
def served(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The archive behind a real HTTP server."""
    handler = functools.partial(_Quiet, directory=str(archive.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setattr(
            import_torchvision().datasets.CIFAR10, "url", f"http://127.0.0.1:{server.server_port}/{archive.name}"
        )
        yield archive
        server.shutdown()
        thread.join()


def test_download_then_packed(served: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    train = load_dataset(REF, data, "train")
    out, err = capfd.readouterr()
    assert out == ""  # the trainer's stdout is its protocol
    assert "100%" in err  # torchvision's progress bar
    assert train.images.shape == (40, 3, 32, 32)
    raw = np.random.default_rng(0).integers(0, 256, (20, 3072), np.uint8).reshape(20, 3, 32, 32)
    assert np.array_equal(train.images[:20].numpy(), raw)
    assert train.labels.tolist() == [number % 10 for number in range(20)] * 2
    served.unlink()
    assert len(load_dataset(REF, data, "test")) == 10
    assert check_dataset(REF, data) == "ready"
    assert socket.getdefaulttimeout() is None


def test_offline_is_one_line_with_the_fix(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(DownloadAway) as caught:
        load_dataset(REF, tmp_path / "data", "train")
    message = str(caught.value)
    assert "\n" not in message
    assert "cifar10 cannot be downloaded" in message
    assert f"put cifar-10-python.tar.gz into {tmp_path / 'data'}" in message
    assert "--dataset digits" in message


def test_offline_with_the_archive_in_place(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    archive.rename(data / archive.name)
    assert len(load_dataset(REF, data, "train")) == 40


def test_wrong_archive_is_not_unpacked(served: Path, tmp_path: Path) -> None:
    served.write_bytes(b"something else")
    with pytest.raises(DownloadAway, match="cifar10 cannot be downloaded"):
        load_dataset(REF, tmp_path / "data", "train")
    assert not (tmp_path / "data" / "cifar-10-batches-py").exists()


@pytest.mark.parametrize("cure", ["the mirror is back", "the archive is put in place"])
def test_a_mirror_that_is_away_is_waited_for(
    served: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, cure: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A trainer says what is wrong and what helps, and goes on by itself once that was done."""
    away = served.rename(served.with_suffix(".away"))
    monkeypatch.setattr(waiting, "_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(waiting, "_LOOK_SECONDS", 0.01)
    troubles: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Progress) and event.trouble and not troubles:
            troubles.append(event.trouble)
            away.rename(served if cure == "the mirror is back" else settings.data / served.name)

    store = ArtifactStore.open("", settings.home)
    bench = TrainerContext(torch.device("cpu"), settings, store, hear, cores=1)
    assert len(bench.split(REF, "train")) == 40
    assert "404" in troubles[0] and f"put {served.name} into {settings.data}" in troubles[0]
    assert "the download works again" in capfd.readouterr().err
    assert owner_of(DownloadAway("away")) is Owner.SURROUNDINGS


def test_a_download_that_begins_again_counts_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "_LOOK_SECONDS", 0.005)
    (tmp_path / "other.bin").write_bytes(b"x" * 1000)
    part, seen, looked = tmp_path / "part.tar.gz", [], threading.Condition()
    part.write_bytes(b"x" * 500)

    def report(done: int, total: int) -> None:
        with looked:
            seen.append((done, total))
            looked.notify()

    watched = builtin._bytes_in
    counted: list[int] = []
    monkeypatch.setattr(builtin, "_bytes_in", lambda folder: counted.append(watched(folder)) or counted[-1])
    with builtin._watched(tmp_path, report):
        part.write_bytes(b"")  # an earlier attempt's, which the downloader opens again
        while 1000 not in counted:
            threading.Event().wait(0.002)
        part.write_bytes(b"x" * 40)
        with looked:
            assert looked.wait_for(lambda: seen, 60)
    assert seen == [(40, 0)]


def test_a_download_says_of_how_much_and_then_that_it_unpacks() -> None:
    said: list[tuple[object, ...]] = []
    report = lambda phase, **more: said.append((phase, *more.values()))  # noqa: E731
    progress = context._Progress("cifar10", report, builtin.download_bytes("cifar10"))
    for done, total in ((3_000_000, 0), (200_000_000, 0), (10, 50)):
        progress(done, total)
    assert said == [
        ("downloading", 3_000_000, 170_000_000, BYTES),
        ("unpacking", 200_000_000, 0, BYTES),
        ("reading images", 10, 50, "images"),
    ]
    assert builtin.download_bytes("digits") == 0
