"""Datasets: packed once, loaded alike ever after, and clear about what is wrong with the files."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import StageError, UserError
from core.plan.datasets import DatasetRef, parse_dataset
from core.training.datasets import check_dataset, load_dataset, packed_path
from core.training.packed import Images, Packed, channel_statistics, pack, packed_or_built


def _ref(folder: Path) -> DatasetRef:
    return parse_dataset(f"imagefolder:{folder}")


def test_image_folder_has_the_files_pixels_labels_and_statistics(image_folder: Path, tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    split = load_dataset(_ref(image_folder), tmp_path / "data", "train", lambda *report: reports.append(report))
    files = sorted((image_folder / "train").rglob("*.png"))
    assert split.classes == ("cat", "dog")
    assert split.labels.tolist() == [0] * 6 + [1] * 6
    pixels = torch.from_numpy(np.stack([np.asarray(Image.open(file)) for file in files])).permute(0, 3, 1, 2)
    assert torch.equal(split.images, pixels)
    assert split.images.is_contiguous(memory_format=torch.channels_last)
    scaled = pixels.double() / 255
    assert torch.allclose(split.mean.double(), scaled.mean(dim=(0, 2, 3)))
    assert torch.allclose(split.std.double(), scaled.std(dim=(0, 2, 3), correction=0))
    test = load_dataset(_ref(image_folder), tmp_path / "data", "test")
    assert len(test) == 4
    assert torch.equal(test.mean, split.mean)
    assert reports[-1] == (16, 16)


def test_second_load_decodes_nothing(image_folder: Path, tmp_path: Path) -> None:
    ref = _ref(image_folder)
    first = load_dataset(ref, tmp_path / "data", "train")
    packed = packed_path(ref, tmp_path / "data")
    stamp = packed.stat().st_mtime_ns
    # Same name and size, other bytes: the fingerprint cannot tell, and only a decoder would notice.
    file = next((image_folder / "train" / "cat").iterdir())
    file.write_bytes(bytes(file.stat().st_size))
    again = load_dataset(ref, tmp_path / "data", "train")
    assert torch.equal(first.images, again.images)
    assert packed.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", [b"", b"not a safetensors file", None])
def test_damaged_packed_file_is_made_again(image_folder: Path, tmp_path: Path, damage: bytes | None) -> None:
    ref = _ref(image_folder)
    first = load_dataset(ref, tmp_path / "data", "train").images.clone()
    packed = packed_path(ref, tmp_path / "data")
    packed.write_bytes(packed.read_bytes()[:-10] if damage is None else damage)
    assert torch.equal(load_dataset(ref, tmp_path / "data", "train").images, first)


def test_changed_folder_is_another_dataset(image_folder: Path, tmp_path: Path) -> None:
    ref = _ref(image_folder)
    load_dataset(ref, tmp_path / "data", "train")
    next((image_folder / "test" / "dog").iterdir()).unlink()
    with pytest.raises(StageError, match="has changed since it was submitted"):
        load_dataset(ref, tmp_path / "data", "train")
    assert len(load_dataset(_ref(image_folder), tmp_path / "data", "test")) == 3


def test_vanished_folder(image_folder: Path, tmp_path: Path) -> None:
    ref = _ref(image_folder)
    image_folder.rename(tmp_path / "elsewhere")
    with pytest.raises(StageError, match="no such folder"):
        load_dataset(ref, tmp_path / "data", "train")


def test_files_that_will_not_do_are_named_and_leave_nothing_behind(image_folder: Path, tmp_path: Path) -> None:
    whole = image_folder / "train" / "cat" / "0.png"
    whole.write_bytes(whole.read_bytes()[:100])
    (image_folder / "train" / "cat" / "1.png").write_bytes(b"")
    (image_folder / "test" / "dog" / "0.png").write_text("hello")
    Image.new("RGB", (9, 8)).save(image_folder / "train" / "dog" / "2.png")
    ref = _ref(image_folder)
    with pytest.raises(StageError) as caught:
        load_dataset(ref, tmp_path / "data", "train")
    message = str(caught.value)
    assert "3 cannot be read: train/cat/0.png, train/cat/1.png, test/dog/0.png;" in message
    assert "1 are not 8×8 like the others: train/dog/2.png (9×8)" in message
    assert not packed_path(ref, tmp_path / "data").exists()
    assert not list((tmp_path / "data" / "packed").glob("*.part"))


def test_the_first_file_may_be_the_odd_one_and_long_lists_are_cut(image_folder: Path, tmp_path: Path) -> None:
    Image.new("RGB", (5, 7)).save(image_folder / "train" / "cat" / "0.png")
    for number in range(40):
        (image_folder / "train" / "dog" / f"bad{number:02}.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(StageError) as caught:
        load_dataset(_ref(image_folder), tmp_path / "data", "train")
    message = str(caught.value)
    assert "40 cannot be read: train/dog/bad00.jpg" in message
    assert "bad04.jpg, …" in message
    assert "bad05" not in message
    assert "1 are not 8×8 like the others: train/cat/0.png (5×7)" in message


def test_too_big_for_memory_is_said_before_decoding_goes_on(
    image_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.folder.psutil.virtual_memory", lambda: type("M", (), {"available": 3000}))
    with pytest.raises(StageError, match=r"16 images of 8×8 need 0\.0 GB of memory, 0\.0 GB are free; resize"):
        load_dataset(_ref(image_folder), tmp_path / "data", "train")


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_colour_mode_becomes_rgb(image_folder: Path, tmp_path: Path, mode: str) -> None:
    suffix = "jpg" if mode == "CMYK" else "png"
    Image.new("RGB", (8, 8), "white").convert("L" if mode == "I;16" else mode).save(
        image_folder / "test" / "cat" / f"a.{suffix}"
    )
    split = load_dataset(_ref(image_folder), tmp_path / "data", "test")
    white = [bool((image == 255).all()) for image in split.images]
    assert sum(white) == 1


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


def test_class_count_must_be_the_stages(image_folder: Path, tmp_path: Path) -> None:
    ref = _ref(image_folder)
    wrong = DatasetRef(ref.name, ref.path, ref.fingerprint, 5)
    with pytest.raises(StageError, match="has 2 classes, the stage says 5"):
        load_dataset(wrong, tmp_path / "data", "train")


def test_check_says_what_is_there_without_making_it(image_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    ref = _ref(image_folder)
    assert check_dataset(ref, data) == "12 training and 4 test images, 2 classes, to be packed at first use"
    assert "downloaded at first use" in check_dataset(parse_dataset("cifar10"), data)
    assert not data.exists()
    load_dataset(ref, data, "train")
    assert check_dataset(ref, data).endswith("packed")
    image_folder.rename(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="no such folder"):
        check_dataset(ref, data)


def test_one_builds_and_the_others_wait(tmp_path: Path) -> None:
    builds: list[int] = []

    def build() -> Packed:
        builds.append(threading.get_ident())
        train, test = (Images(torch.zeros(2, 4, 4, 3, dtype=torch.uint8), torch.tensor([0, 1])) for _ in range(2))
        return pack(train, test, ("a", "b"))

    results: list[Packed] = []
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
    def build() -> Packed:
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
