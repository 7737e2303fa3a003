"""Images of several sizes: refused with the option that helps, resized by the stated rules, each another dataset."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from prunesweep.core.errors import UserError
from prunesweep.core.images.folders import RefusedFolder, find_dataset
from prunesweep.core.images.resizing import resized
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Train, decode, encode
from prunesweep.core.training.datasets import load_dataset, packed_path
from prunesweep.core.training.vision import import_torchvision
from tests.images.conftest import picture

SIZES = ((40, 30), (30, 44), (17, 90), (64, 64), (12, 9))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Five training images of five sizes and a test image in each of two classes, JPEG and PNG."""
    root = tmp_path / "mixed"
    for label in ("cat", "dog"):
        for split, sizes in (("train", SIZES), ("test", SIZES[:1])):
            folder = root / split / label
            folder.mkdir(parents=True)
            for number, size in enumerate(sizes):
                picture(len(label) + number, size).save(folder / f"{number}.{'jpg' if number % 2 else 'png'}")
    return root


def test_mixed_sizes_are_refused_with_an_option_that_works(mixed: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedFolder) as caught:
        find_dataset(f"imagefolder:{mixed}", tmp_path / "data")
    (fault,) = caught.value.faults
    assert fault.startswith("8 files not of 40×30 pixels like most, e.g. train/cat/1.jpg (30×44); resize all")
    size = int(fault.rpartition("--image-size ")[2])
    assert size == 32
    for _ in range(2):  # the second look reads its manifest
        found = find_dataset(f"imagefolder:{mixed}", tmp_path / "data", size=size, resize="crop")
        assert found.inspection and "of several sizes" in found.inspection.summary
    with pytest.raises(RefusedFolder):
        find_dataset(f"imagefolder:{mixed}", tmp_path / "data")


@pytest.mark.parametrize("rule", ["crop", "stretch", "pad", "crop-bicubic"])
def test_the_packed_images_are_those_of_the_rule(mixed: Path, tmp_path: Path, rule: str) -> None:
    ref = find_dataset(f"imagefolder:{mixed}", tmp_path / "data", size=16, resize=rule).ref
    split = load_dataset(ref, tmp_path / "data", "train", places=[str(mixed)])
    assert split.images.shape == (10, 3, 16, 16)
    for number, file in enumerate(sorted((mixed / "train").rglob("*.*"))):
        with Image.open(file) as image:
            pixels = np.asarray(resized(image.convert("RGB"), 16, rule))
        assert np.array_equal(split.images[number].permute(1, 2, 0).numpy(), pixels)
    scaled = split.images.double() / 255
    assert torch.allclose(split.mean.double(), scaled.mean(dim=(0, 2, 3)))
    others = {packed_path(DatasetRef(ref.name, ref.fingerprint, 2, *way), tmp_path) for way in ((), (32, rule))}
    assert packed_path(ref, tmp_path) not in others


def test_crop_is_the_usual_preprocessing_of_tests() -> None:
    """One test, as importing torchvision takes a process two seconds."""
    transforms = import_torchvision().transforms
    for size, side in itertools.product(SIZES, (8, 16, 64)):
        image = picture(1, size)
        usual = transforms.CenterCrop(side)(transforms.Resize(round(side * 256 / 224))(image))
        assert np.array_equal(np.asarray(resized(image, side, "crop")), np.asarray(usual)), (size, side)
        cubic = transforms.Resize(round(side * 256 / 224), transforms.InterpolationMode.BICUBIC)
        usual = transforms.CenterCrop(side)(cubic(image))
        assert np.array_equal(np.asarray(resized(image, side, "crop-bicubic")), np.asarray(usual)), (size, side)


def test_pad_keeps_the_whole_image_and_its_proportions() -> None:
    white = Image.new("RGB", (40, 20), "white")
    pixels = np.asarray(resized(white, 16, "pad"))
    assert pixels.shape == (16, 16, 3)
    assert (pixels[4:12] == 255).all() and not pixels[:4].any() and not pixels[12:].any()


def test_a_rule_has_one_name_in_a_dataset(mixed: Path, tmp_path: Path) -> None:
    refs = {
        find_dataset(f"imagefolder:{mixed}", tmp_path, size=16, resize=way).ref for way in ("crop", "crop-bilinear")
    }
    assert len(refs) == 1


def test_what_is_resized_is_another_dataset_and_what_is_not_keeps_its_digest() -> None:
    def text(ref: DatasetRef) -> str:
        return encode(Train(ref, ModelRef("resnet20", 4, 2), load_recipe("default").dense, 1, 0))

    plain, resized_ = DatasetRef("imagefolder", "a" * 64, 2), DatasetRef("imagefolder", "a" * 64, 2, 224, "crop")
    assert '"dataset":{"classes":2,"fingerprint":"' + "a" * 64 + '","name":"imagefolder"}' in text(plain)
    assert "crop_" not in text(plain)
    assert decode(text(plain)).dataset == plain  # type: ignore[union-attr]
    assert decode(text(resized_)).dataset == resized_  # type: ignore[union-attr]
    assert len({text(plain), text(resized_), text(DatasetRef("imagefolder", "a" * 64, 2, 224, "pad"))}) == 3


def test_a_built_in_dataset_keeps_its_size(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is for image folders; digits has its own size"):
        find_dataset("digits", tmp_path, size=32, resize="crop")


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_val_is_the_test_set_where_there_is_no_test(mixed: Path, tmp_path: Path, name: str) -> None:
    (mixed / "test").rename(mixed / name)
    data = tmp_path / "data"
    looks = [find_dataset(f"imagefolder:{mixed}", data, size=16, resize="crop") for _ in range(2)]
    for found in looks:
        assert found.inspection and found.inspection.counts == (10, 2)
        assert found.notes == (f"{name}/ is the test set; validation images are held out of train/",)
    assert len(load_dataset(looks[0].ref, data, "test", places=[str(mixed)])) == 2
    (mixed / name / "cow").mkdir()
    with pytest.raises(RefusedFolder, match=f"train/ and {name}/ have different classes: cow \\({name} only\\)"):
        find_dataset(f"imagefolder:{mixed}", data, size=16, resize="crop")


def test_a_test_folder_that_appears_beside_val_is_noticed(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    root, data = make_folder(), tmp_path / "data"
    (root / "test").rename(root / "val")
    first = find_dataset(f"imagefolder:{root}", data).ref
    (root / "val").rename(root / "test")
    assert find_dataset(f"imagefolder:{root}", data).ref != first
