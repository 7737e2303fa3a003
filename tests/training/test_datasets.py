"""Datasets: packed once, loaded alike ever after, and clear about what is wrong with the files."""

import errno
import gzip
import os
import shutil
import struct
import sys
import threading
from dataclasses import replace
from hashlib import md5, sha256
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from prunesweep.core.errors import DownloadAway, StageError
from prunesweep.core.images.folders import find_dataset, find_images
from prunesweep.core.images.inspection import Inspection
from prunesweep.core.plan.datasets import DatasetRef, parse_dataset
from prunesweep.core.training import builtin, dataset_cache
from prunesweep.core.training.dataset_cache import Images, PackedDataset, channel_statistics, pack, packed_or_built
from prunesweep.core.training.datasets import Split, check_dataset, load_dataset, packed_path
from prunesweep.core.training.vision import import_torchvision


def _ref(folder: Path) -> DatasetRef:
    return find_dataset(f"imagefolder:{folder}", folder.parent / "data").ref


def _load(ref: DatasetRef, folder: Path, split: str) -> Split:
    """As a worker does, with the data folder beside the images."""
    return load_dataset(ref, folder.parent / "data", split, places=[str(folder)])


def test_image_folder_has_the_files_pixels_labels_and_statistics(image_folder: Path, tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    ref, places = _ref(image_folder), [str(image_folder)]
    split = load_dataset(ref, tmp_path / "data", "train", lambda *report: reports.append(report), places)
    files = sorted((image_folder / "train").rglob("*.png"))
    assert split.classes == ("cat", "dog")
    assert split.labels.tolist() == [0] * 6 + [1] * 6
    pixels = torch.from_numpy(np.stack([np.asarray(Image.open(file)) for file in files])).permute(0, 3, 1, 2)
    assert torch.equal(split.images, pixels)
    assert split.images.is_contiguous(memory_format=torch.channels_last)
    scaled = pixels.double() / 255
    assert torch.allclose(split.mean.double(), scaled.mean(dim=(0, 2, 3)))
    assert torch.allclose(split.std.double(), scaled.std(dim=(0, 2, 3), correction=0))
    test = _load(ref, image_folder, "test")
    assert len(test) == 4
    assert torch.equal(test.mean, split.mean)
    assert (16, 16) in reports


def test_a_packed_folder_is_its_content_and_needs_its_files_no_more(image_folder: Path, tmp_path: Path) -> None:
    ref = _ref(image_folder)
    first = _load(ref, image_folder, "train")
    stamp = packed_path(ref, tmp_path / "data").stat().st_mtime_ns
    shutil.rmtree(image_folder)
    again = load_dataset(ref, tmp_path / "data", "train")
    assert torch.equal(first.images, again.images)
    assert packed_path(ref, tmp_path / "data").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", ["empty", "text", "short", "bit"])
def test_damaged_packed_file_is_made_again(image_folder: Path, tmp_path: Path, damage: str) -> None:
    ref = _ref(image_folder)
    first = _load(ref, image_folder, "train").images.clone()
    packed = packed_path(ref, tmp_path / "data")
    data = packed.read_bytes()
    flipped = data[:-1] + bytes([data[-1] ^ 4])
    packed.write_bytes({"empty": b"", "text": b"not a safetensors file", "short": data[:-10], "bit": flipped}[damage])
    assert torch.equal(_load(ref, image_folder, "train").images, first)
    assert torch.equal(load_dataset(ref, tmp_path / "data", "train").images, first), "it was not written again"


def test_a_packed_file_is_read_in_full_once_and_again_when_it_was_written_to(
    image_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref, checked, places = _ref(image_folder), dataset_cache.Checked(), [str(image_folder)]
    whole: list[int] = []
    checksum = dataset_cache.checksum
    monkeypatch.setattr(dataset_cache, "checksum", lambda *given: whole.append(1) or checksum(*given))

    def load(split: str, checked: dataset_cache.Checked | None = checked) -> torch.Tensor:
        return load_dataset(ref, tmp_path / "data", split, None, places, checked).images

    first = load("train").clone()
    load("test"), load("train")
    assert not whole, "it had been made a moment before"
    load("train", None)
    load("train", fresh := dataset_cache.Checked()), load("test", fresh)
    assert len(whole) == 2
    packed = packed_path(ref, tmp_path / "data")
    with packed.open("r+b") as file:
        file.seek(-1, 2)
        file.write(bytes([packed.read_bytes()[-1] ^ 4]))
    os.utime(packed, (1, 1))
    assert torch.equal(load("train"), first) and len(whole) > 2


def test_a_packed_file_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    ref = parse_dataset("digits")
    first = load_dataset(ref, tmp_path, "test").images.clone()
    packed = packed_path(ref, tmp_path)
    with safe_open(packed, framework="pt") as file:
        tensors, meta = {name: file.get_tensor(name).clone() for name in file.keys()}, file.metadata()  # noqa: SIM118
    del meta["sha256"]
    save_file(tensors, packed, metadata=meta)
    stamp = packed.stat().st_mtime_ns
    assert torch.equal(load_dataset(ref, tmp_path, "test").images, first)
    assert packed.stat().st_mtime_ns == stamp


def test_another_dataset_s_packed_file_is_not_taken(image_folder: Path, tmp_path: Path) -> None:
    """Its checksum is right, and it has as many classes; only whose it is tells it apart."""
    ref, digits = _ref(image_folder), replace(parse_dataset("digits"), classes=2)
    first = _load(ref, image_folder, "train").images.clone()
    shutil.copy(packed_path(ref, tmp_path / "data"), packed_path(digits, tmp_path / "data"))
    assert load_dataset(parse_dataset("digits"), tmp_path / "data", "train").images.shape != first.shape


@pytest.mark.parametrize("size", [0, 9, 500])
def test_a_partly_unpacked_download_is_one_line(tmp_path: Path, size: int) -> None:
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    whole = bytes([0, 0, 8, 3, 0, 0, 234, 96, 0, 0, 0, 28, 0, 0, 0, 28]) + bytes(1000)
    for split in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            (raw / f"{split}-{kind}-ubyte").write_bytes(whole[:size])
    with pytest.raises(DownloadAway, match=r"^fashion-mnist cannot be downloaded .*put FashionMNIST/raw/\*\.gz"):
        load_dataset(parse_dataset("fashion-mnist"), tmp_path, "train")


def test_a_slow_download_shows_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that arrive are progress: a slow line must not look like a trainer that hangs."""
    seen: list[tuple[int, int]] = []
    told = threading.Event()

    def slowly(self: Any, root: str, **_: Any) -> None:
        Path(root, "cifar-10-python.tar.gz").write_bytes(b"x" * 1000)
        assert told.wait(60)
        raise OSError("the line broke")

    monkeypatch.setattr(import_torchvision().datasets.CIFAR10, "__init__", slowly)
    monkeypatch.setattr("prunesweep.core.training.builtin._LOOK_SECONDS", 0.01)
    with pytest.raises(DownloadAway, match="the line broke"):
        load_dataset(parse_dataset("cifar10"), tmp_path, "train", lambda *now: (seen.append(now), told.set()))
    assert seen[0] == (1000, 0)


def test_what_was_unpacked_once_is_not_taken_on_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """torchvision checks the archives of Fashion-MNIST, and then reads whatever lies unpacked beside them."""
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    resources = []
    for split, count in (("train", 40), ("t10k", 20)):
        images = struct.pack(">4i", 0x803, count, 28, 28) + bytes(value % 251 for value in range(count * 784))
        labels = struct.pack(">2i", 0x801, count) + bytes(value % 10 for value in range(count))
        for kind, content in (("images-idx3", images), ("labels-idx1", labels)):
            archive = gzip.compress(content)
            (raw / f"{split}-{kind}-ubyte.gz").write_bytes(archive)
            (raw / f"{split}-{kind}-ubyte").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            resources.append((f"{split}-{kind}-ubyte.gz", md5(archive).hexdigest()))
    monkeypatch.setattr(import_torchvision().datasets.FashionMNIST, "resources", resources)
    found = load_dataset(parse_dataset("fashion-mnist"), tmp_path, "test")
    assert found.labels.tolist() == [value % 10 for value in range(20)]
    assert int(found.images.flatten()[-1]) == (20 * 784 - 1) % 251


def test_another_folder_with_equal_names_and_sizes_is_not_trained_on(image_folder: Path, tmp_path: Path) -> None:
    """Each gets the pixels of its own files: the packed file is named by content."""
    other = tmp_path / "other"
    shutil.copytree(image_folder, other)
    for root, seed in ((image_folder, 0), (other, 1)):
        for number, file in enumerate(sorted(root.rglob("*.png"))):
            file.unlink()
            pixels = np.random.default_rng((seed, number)).integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(file.with_suffix(".bmp"))
    splits = [_load(_ref(root), root, "train").images for root in (image_folder, other)]
    for root, images in zip((image_folder, other), splits, strict=True):
        files = sorted((root / "train").rglob("*.bmp"))
        pixels = torch.from_numpy(np.stack([np.asarray(Image.open(file)) for file in files])).permute(0, 3, 1, 2)
        assert torch.equal(images, pixels)


def test_a_changed_folder_is_another_dataset(image_folder: Path, tmp_path: Path) -> None:
    ref = _ref(image_folder)
    next((image_folder / "test" / "dog").iterdir()).unlink()
    with pytest.raises(StageError, match=r"holds other images .*, changed since it was submitted") as caught:
        _load(ref, image_folder, "train")
    assert not packed_path(ref, tmp_path / "data").exists()
    assert "sweep retry" in str(caught.value)
    assert len(_load(_ref(image_folder), image_folder, "test")) == 3


def test_a_file_that_changes_while_it_is_packed_is_noticed(
    image_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = _ref(image_folder)
    file = image_folder / "train" / "cat" / "0.png"

    def change_first(*arguments: Any) -> Inspection:
        found = find_images(*arguments)
        file.write_bytes((image_folder / "train" / "dog" / "0.png").read_bytes())
        return found

    monkeypatch.setattr("prunesweep.core.training.datasets.find_images", change_first)
    with pytest.raises(StageError, match=r"cat/0\.png has changed while it was read"):
        _load(ref, image_folder, "train")
    assert not packed_path(ref, tmp_path / "data").exists()


def test_a_full_disk_is_said_before_decoding_begins(
    image_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    ref = _ref(image_folder)
    monkeypatch.setattr("prunesweep.core.training.packed_file.os.posix_fallocate", full)
    with pytest.raises(StageError, match=r"16 images of 8×8 need 0\.0 GB in .* \(No space left on device\); free some"):
        _load(ref, image_folder, "train")
    assert [path.suffix for path in (tmp_path / "data" / "packed").iterdir()] == [".lock"]


def test_digits_are_whole_balanced_and_disjoint(tmp_path: Path) -> None:
    ref = parse_dataset("digits")
    train, test = (load_dataset(ref, tmp_path, split) for split in ("train", "test"))
    assert (len(train), len(test)) == (1442, 355)
    assert train.images.shape[1:] == (3, 16, 16)
    assert int(train.images.max()) == 255
    shares = test.labels.bincount() / (train.labels.bincount() + test.labels.bincount())
    assert shares.tolist() == pytest.approx([0.2] * 10, abs=0.006)
    assert torch.equal(train.images[:, :, ::2, ::2], train.images[:, :, 1::2, 1::2])
    assert torch.equal(train.mean, test.mean)
    whole = b"".join(part.contiguous().numpy().tobytes() for one in (train, test) for part in (one.images, one.labels))
    assert sha256(whole).hexdigest()[:16] == "712e29d1d24acb3a", "as scikit-learn 1.9.1 gives them"


def test_digits_that_lie_elsewhere_are_asked_of_scikit_learn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another module stands for scikit-learn, which takes seconds to load."""
    table = builtin._digits_table().numpy()
    other = ModuleType("sklearn.datasets")
    vars(other)["load_digits"] = lambda: SimpleNamespace(data=table[:, :-1], target=table[:, -1].astype(int))
    monkeypatch.setitem(sys.modules, "sklearn.datasets", other)
    monkeypatch.setattr(builtin, "find_spec", lambda _: SimpleNamespace(submodule_search_locations=[str(tmp_path)]))
    assert np.array_equal(builtin._digits_table(), table)


def test_class_count_must_be_the_stages(image_folder: Path) -> None:
    with pytest.raises(StageError, match="has 2 classes, the stage says 5"):
        _load(replace(_ref(image_folder), classes=5), image_folder, "train")


def test_check_says_what_is_there_without_making_it(image_folder: Path, tmp_path: Path) -> None:
    ref, data = _ref(image_folder), tmp_path / "data"
    assert check_dataset(ref, data) == "to be packed at first use"
    assert "downloaded at first use" in check_dataset(parse_dataset("cifar10"), data)
    assert not (data / "packed").exists()
    _load(ref, image_folder, "train")
    assert check_dataset(ref, data) == "packed"


def test_one_builds_and_the_others_wait(tmp_path: Path) -> None:
    builds: list[int] = []

    def build() -> PackedDataset:
        builds.append(threading.get_ident())
        train, test = (Images(torch.zeros(2, 4, 4, 3, dtype=torch.uint8), torch.tensor([0, 1])) for _ in range(2))
        return pack(train, test, ("a", "b"))

    results: list[PackedDataset] = []
    threads = [
        threading.Thread(target=lambda: results.append(packed_or_built(tmp_path / "x.safetensors", build)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(builds) == 1
    assert len(results) == 6
    assert {result.classes for result in results} == {("a", "b")}


def test_a_build_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    def build() -> PackedDataset:
        raise StageError("no")

    with pytest.raises(StageError):
        packed_or_built(tmp_path / "x.safetensors", build)
    assert [path.name for path in tmp_path.iterdir()] == ["x.lock"]


def test_statistics_of_a_constant_channel_can_be_divided_by() -> None:
    images = torch.zeros(3, 4, 4, 3, dtype=torch.uint8)
    images[..., 1] = 51
    mean, std = channel_statistics(images)
    assert mean.tolist() == pytest.approx([0, 0.2, 0])
    assert std.tolist() == pytest.approx([1 / 255] * 3)
