"""Datasets by name; image folders are inspected elsewhere (tests/images)."""

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan.datasets import BUILT_IN, DatasetRef, folder_of, parse_dataset


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_dataset_is_known_by_its_name(name: str) -> None:
    assert parse_dataset(name) == DatasetRef(name, "", BUILT_IN[name])
    assert parse_dataset(name).label == name
    assert folder_of(name) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("imagenet", "unknown"),
        ("cifar1O", 'did you mean "cifar10"'),
        ("imagefolder:/data", "nobody has inspected"),
        (7, "unknown"),
    ],
)
def test_what_is_not_known_is_one_line(text: object, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        parse_dataset(text)
    assert str(caught.value).isprintable()


def test_a_label_never_tells_where_a_folder_lies() -> None:
    assert DatasetRef("imagefolder", "3fa9c1b2d4e5" + "0" * 52, 2).label == "imagefolder 3fa9c1b2d4e5"
    assert folder_of("imagefolder:/data/flowers") == "/data/flowers"
