"""An image folder is checked before anything is planned on it."""

from pathlib import Path

import pytest

from core.errors import UserError
from core.plan.datasets import parse_dataset


def _folder(root: Path, train: dict[str, int], test: dict[str, int]) -> str:
    for split, classes in (("train", train), ("test", test)):
        for label, count in classes.items():
            (root / split / label).mkdir(parents=True)
            for index in range(count):
                (root / split / label / f"{index}.jpg").write_bytes(b"x" * (index + 1))
    return f"imagefolder:{root}"


def test_a_folder_is_named_by_its_content(tmp_path: Path) -> None:
    text = _folder(tmp_path, {"cat": 2, "dog": 2}, {"cat": 1, "dog": 1})
    first = parse_dataset(text)
    assert (first.name, first.path, first.classes) == ("imagefolder", str(tmp_path), 2)
    (tmp_path / "notes.txt").write_text("not an image")
    assert parse_dataset(text) == first
    (tmp_path / "train" / "cat" / "new.png").write_bytes(b"y")
    assert parse_dataset(text).fingerprint != first.fingerprint


def test_different_classes_in_train_and_test_are_named(tmp_path: Path) -> None:
    text = _folder(tmp_path, {"cat": 1, "dog": 1}, {"cat": 1, "frog": 1})
    with pytest.raises(UserError, match=r"different classes: dog \(train only\), frog \(test only\)"):
        parse_dataset(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("imagefolder:/no/such/folder", "no such folder"),
        ("imagefolder:", "give a folder"),
        ("imagefolder:a\0b", "give a folder"),
        ("imagenet", "unknown"),
        ("cifar1O", 'did you mean "cifar10"'),
    ],
)
def test_what_is_not_there_is_one_line(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        parse_dataset(text)
    assert str(caught.value).isprintable()


def test_a_folder_without_test_or_with_one_class_is_refused(tmp_path: Path) -> None:
    one = _folder(tmp_path / "one", {"cat": 1}, {"cat": 1})
    with pytest.raises(UserError, match="at least 2 are needed"):
        parse_dataset(one)
    (tmp_path / "half" / "train").mkdir(parents=True)
    with pytest.raises(UserError, match="has no test/ folder"):
        parse_dataset(f"imagefolder:{tmp_path / 'half'}")
