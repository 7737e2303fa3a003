"""A folder without train/ and test/: which images are test images, and what such a dataset is called by."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from prunesweep.core.errors import UserError
from prunesweep.core.images.folders import RefusedFolder, find_dataset
from prunesweep.core.images.splitting import held_out
from prunesweep.core.plan.datasets import DatasetRef, parse_share
from prunesweep.core.plan.stages import Train, decode, encode
from prunesweep.core.training.datasets import load_dataset
from tests.images.conftest import picture


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    """Ten images of each of two classes, one of them called train."""
    for label in ("cat", "train"):
        for number in range(10):
            file = tmp_path / "pile" / label / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            picture(len(label) + 10 * number).save(file)
    return tmp_path / "pile"


def test_the_share_is_drawn_from_each_class_and_packed(pile: Path, tmp_path: Path) -> None:
    found = find_dataset(f"imagefolder:{pile}", tmp_path / "data", share="0.3")
    assert found.inspection is not None and found.inspection.counts == (14, 6)
    assert found.notes == ("6 of 20 images are the test set, drawn by --test-share 0.3",)
    assert found.ref.test_share == "0.3"
    train, test = (load_dataset(found.ref, tmp_path / "data", split, None, [str(pile)]) for split in ("train", "test"))
    assert train.classes == ("cat", "train")
    assert train.labels.bincount().tolist() == [7, 7] and test.labels.bincount().tolist() == [3, 3]
    every = torch.cat([train.images, test.images]).flatten(1).unique(dim=0)
    assert len(every) == 20, "each image is in one of the two"


def test_another_share_or_seed_is_another_dataset_and_the_same_is_the_same(pile: Path, tmp_path: Path) -> None:
    def ref(share: str, folder: Path = pile, data: str = "data") -> DatasetRef:
        return find_dataset(f"imagefolder:{folder}", tmp_path / data, share=share).ref

    for file in pile.rglob("*.png"):
        os.utime(file, (1e9, 1e9))
    refs = [ref(share) for share in ("0.3", "0.3:1", "0.2")]
    assert len(set(refs)) == 3
    copy = shutil.copytree(pile, tmp_path / "elsewhere")
    assert (
        [ref(share) for share in ("0.3", "0.3:1", "0.2")]
        == refs
        == [ref(share, copy, "other") for share in ("0.3", "0.3:1", "0.2")]
    )
    (pile / "cat" / "new.png").write_bytes((pile / "cat" / "0.png").read_bytes())
    assert ref("0.3") != refs[0]


def test_a_divided_dataset_s_stage_is_as_before_and_an_undivided_one_s_says_so() -> None:
    plain = DatasetRef("imagefolder", "a" * 64, 2)
    stage = decode(encode(_train(plain)))
    assert "test_share" not in encode(stage) and stage == _train(plain)
    undivided = _train(DatasetRef("imagefolder", "a" * 64, 2, test_share="0.2"))
    assert '"test_share":"0.2"' in encode(undivided) and decode(encode(undivided)) == undivided


def _train(dataset: DatasetRef) -> Train:
    from prunesweep.core.plan.models import ModelRef
    from prunesweep.core.plan.recipes import load_recipe

    return Train(dataset, ModelRef("resnet20", 4, 2), load_recipe("default").dense, 1, 0)


Change = Callable[[Path], object]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda root: (root / "test").mkdir(),
            "holds train/ and test/, so it is divided already: leave --test-share out",
        ),
        (
            lambda root: shutil.rmtree(root / "cat"),
            "has 1 class folder; with --test-share it must hold 2 <class>/ or more",
        ),
        (lambda root: picture(1).save(root / "0.png"), "1 file directly under it, in no class, e.g. 0.png"),
        (lambda root: (root / "dog").mkdir(), "1 class without images, e.g. dog"),
        (
            lambda root: [(root / "cat" / f"{number}.png").unlink() for number in range(9)],
            "1 class with a single image, which cannot be divided, e.g. cat; add images",
        ),
    ],
)
def test_what_cannot_be_divided_is_refused(pile: Path, tmp_path: Path, change: Change, words: str) -> None:
    change(pile)
    with pytest.raises(RefusedFolder) as caught:
        find_dataset(f"imagefolder:{pile}", tmp_path / "data", share="0.2")
    assert words in str(caught.value)


def test_without_a_share_the_line_says_how_to_give_one(pile: Path, tmp_path: Path) -> None:
    with pytest.raises(
        RefusedFolder, match=r"has no test/ folder; .* or <class>/ alone with a --test-share such as 0.2"
    ):
        find_dataset(f"imagefolder:{pile}", tmp_path / "data")
    with pytest.raises(UserError, match="digits has its own test set: leave it out"):
        find_dataset("digits", tmp_path, share="0.2")


@pytest.mark.parametrize(
    ("value", "share"), [("0.2", "0.2"), (0.25, "0.25"), (" .5:07 ", "0.5:7"), ("0.2:0", "0.2"), ("", ""), (0, "")]
)
def test_shares_are_read(value: object, share: str) -> None:
    assert parse_share(value) == share == parse_share(share)


@pytest.mark.parametrize(
    "value", ["1", "20", "-0.1", "nan", "0.9999999", "0.2:", "0.2:x", "0.2:-1", True, "0_1", "٠.٢", [0.2]]
)
def test_other_shares_are_refused(value: object) -> None:
    with pytest.raises(UserError, match="test_share"):
        parse_share(value)


def test_few_images_move_when_one_is_added() -> None:
    names = [f"cat/{number}.png" for number in range(100)]
    before, after = held_out(names, "0.2"), held_out([*names, "cat/new.png"], "0.2")
    assert len(before) == len(after) == 20 and len(before ^ after) <= 2
    assert held_out(names[:1], "0.9") == frozenset() and len(held_out(names[:2], "0.9")) == 1
    sizes = [len(held_out(names[:number], "0.25")) for number in range(2, 100)]
    assert np.all(np.abs(np.array(sizes) - 0.25 * np.arange(2, 100)) <= 0.75)
