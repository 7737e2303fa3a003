"""Images in Parquet shards: what they hold, what identifies them, and what is refused."""

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.images import shard_inspection
from prunesweep.core.images.folders import RefusedFolder, find_dataset
from prunesweep.core.training.datasets import load_dataset
from tests.images.conftest import picture

NAMES = ("dog", "cat")


def png(seed: int, size: tuple[int, int] = (8, 8)) -> bytes:
    """An image file's bytes."""
    file = io.BytesIO()
    picture(seed, size).save(file, "PNG")
    return file.getvalue()


def write(
    file: Path,
    images: Sequence[bytes | None],
    labels: Sequence[Any],
    names: Sequence[str] | None = NAMES,
    columns: tuple[str, str] = ("image", "label"),
) -> None:
    """Write a shard as Hugging Face's `Dataset.to_parquet` does."""
    structs = [None if image is None else {"bytes": image, "path": None} for image in images]
    image_type = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    table = pa.table({columns[0]: pa.array(structs, image_type), columns[1]: pa.array(labels)})
    if names is not None:
        features = {columns[0]: {"_type": "Image"}, columns[1]: {"names": list(names), "_type": "ClassLabel"}}
        note: Mapping[str, str] = {"huggingface": json.dumps({"info": {"features": features}})}
        table = table.replace_schema_metadata(note)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file, row_group_size=3)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two training shards of four images, a test shard of two, and a validation shard."""
    root = tmp_path / "shards"
    for number in range(2):
        write(
            root / "data" / f"train-0000{number}-of-00002.parquet", [png(4 * number + n) for n in range(4)], [0, 1] * 2
        )
    write(root / "data" / "test-00000-of-00001.parquet", [png(20), png(21)], [1, 0])
    write(root / "data" / "validation-00000-of-00001.parquet", [png(30), png(31)], [0, 1])
    for file in root.rglob("*.parquet"):
        os.utime(file, (1e9, 1e9))
    return root


def test_rows_become_pixels_labels_and_classes(shards: Path, tmp_path: Path) -> None:
    found = find_dataset(f"parquet:{shards}", tmp_path / "data")
    assert found.inspection is not None
    assert found.inspection.summary == "8 training and 2 test images of 8×8, 2 classes"
    assert found.notes == (
        "1 shard left out, of neither train nor the test set, e.g. data/validation-00000-of-00001.parquet",
    )
    train, test = (
        load_dataset(found.ref, tmp_path / "data", split, None, [str(shards)]) for split in ("train", "test")
    )
    assert train.classes == NAMES and train.labels.tolist() == [0, 1] * 4 and test.labels.tolist() == [1, 0]
    expected = np.stack([np.asarray(picture(seed)) for seed in range(8)])
    assert torch.equal(train.images, torch.from_numpy(expected).permute(0, 3, 1, 2))
    with pytest.raises(UserError, match="no such folder; it must hold shards such as"):
        find_dataset(f"parquet:{shards / 'nowhere'}", tmp_path / "data")


def test_they_are_known_by_their_content_and_looked_at_once(
    shards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"parquet:{shards}"
    before = find_dataset(text, tmp_path / "data").ref
    looked: list[str] = []
    look = shard_inspection._look
    monkeypatch.setattr(shard_inspection, "_look", lambda name, data: looked.append(name) or look(name, data))
    # The ctime cannot be set back: until the clock has gone on by two seconds nothing is trusted.
    monkeypatch.setattr(shard_inspection, "settled", lambda *_: True)
    assert find_dataset(text, tmp_path / "data").ref == before and looked
    looked.clear()
    assert find_dataset(text, tmp_path / "data").ref == before and not looked
    (train,) = (shards / "data").glob("train-00000*")
    write(train, [png(n) for n in range(3)], [0, 1, 0])
    (other,) = (shards / "data").glob("train-00001*")
    write(other, [png(n) for n in range(3, 8)], [1, 0, 1, 0, 1])
    assert find_dataset(text, tmp_path / "data").ref == before, "the same rows, divided otherwise"
    write(other, [png(n) for n in range(3, 8)], [1, 0, 1, 1, 0])
    assert find_dataset(text, tmp_path / "data").ref != before
    with pytest.raises(StageError, match="holds other images"):
        load_dataset(before, tmp_path / "data", "train", None, [str(shards)])


@pytest.mark.parametrize(
    ("labels", "classes"), [([3, 11, 3, 11], ("3", "11")), (["b", "a", "b", "a"], ("a", "b"))], ids=["numbers", "texts"]
)
def test_without_class_names_the_labels_are_the_classes(tmp_path: Path, labels: list[Any], classes: Any) -> None:
    root = tmp_path / "plain"
    write(root / "train" / "0000.parquet", [png(n) for n in range(4)], labels, None, ("img", "fine_label"))
    write(root / "validation" / "0000.parquet", [png(9), png(10)], labels[:2], None, ("img", "fine_label"))
    found = find_dataset(f"parquet:{root}", tmp_path / "data")
    assert found.inspection is not None and found.inspection.classes == classes
    assert found.notes == (
        "validation is the test set; validation images are held out of train",
        "images are in the column img, labels in fine_label",
    )
    test = load_dataset(found.ref, tmp_path / "data", "test", None, [str(root)])
    assert [test.classes[label] for label in test.labels] == [str(label) for label in labels[:2]]


def test_undivided_shards_of_several_sizes(tmp_path: Path) -> None:
    root = tmp_path / "one"
    sizes = [(8, 8), (8, 8), (12, 9), (8, 8), (9, 30), (8, 8)]
    write(root / "all.parquet", [png(n, size) for n, size in enumerate(sizes)], [0, 1] * 3)
    with pytest.raises(RefusedFolder, match="has no shards named train and test-"):
        find_dataset(f"parquet:{root}", tmp_path / "data")
    with pytest.raises(RefusedFolder, match=r"2 rows not of 8×8 pixels like most, e.g. all.parquet row 2 \(12×9\)"):
        find_dataset(f"parquet:{root}", tmp_path / "data", share="0.3")
    found = find_dataset(f"parquet:{root}", tmp_path / "data", size=8, resize="pad", share="0.3")
    assert found.inspection is not None and found.inspection.counts == (4, 2)
    test = load_dataset(found.ref, tmp_path / "data", "test", None, [str(root)])
    assert sorted(test.labels.tolist()) == [0, 1]


def _shard(root: Path) -> Path:
    return next(root.rglob("train-00000*"))


Change = Callable[[Path], object]
FOUR = [png(n) for n in range(4)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda s: write(s, [*FOUR[:3], None], [0, 1, 0, 1]),
            "1 row without an image's bytes, e.g. data/train-00000-of",
        ),
        (
            lambda s: write(s, [*FOUR[:3], b"GIF8"], [0, 1, 0, 1]),
            "1 row that cannot be decoded in full, e.g. data/train",
        ),
        (
            lambda s: write(s, FOUR, [0, 1, 0, None]),
            "1 row without a label, e.g. data/train-00000-of-00002.parquet row 3",
        ),
        (
            lambda s: write(s, FOUR, [0, 1, -1, 2]),
            "2 rows with a label outside of the 2 classes, e.g. data/train-00000",
        ),
        (lambda s: write(s, FOUR, [0, 1, 0, 1], ("cat", "dog")), "its shards have different class names; write them"),
        (lambda s: write(s, FOUR, [0.5] * 4), "1 shard without a column label of whole numbers or texts"),
        (
            lambda s: write(s, FOUR, [0] * 4, columns=("pixels", "label")),
            "1 shard without a column image of {bytes, path}",
        ),
        (lambda s: s.write_bytes(b"PAR1 no"), "1 shard that cannot be read"),
        (lambda s: s.write_bytes(s.read_bytes()[:-40]), "1 shard that cannot be read"),
        (
            lambda s: [one.unlink() for one in s.parent.glob("t[re]*")],
            "has no shards named train-*.parquet; rename them",
        ),
    ],
    ids=["no bytes", "damaged", "no label", "label", "names", "float", "column", "text", "cut", "no train"],
)
def test_bad_rows_and_shards_are_one_line(shards: Path, tmp_path: Path, change: Change, words: str) -> None:
    change(_shard(shards))
    with pytest.raises(RefusedFolder) as caught:
        find_dataset(f"parquet:{shards}", tmp_path / "data")
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_shard_that_is_damaged_inside_is_one_line(shards: Path, tmp_path: Path) -> None:
    shard = _shard(shards)
    data = bytearray(shard.read_bytes())
    data[4:200] = b"\xff" * 196
    shard.write_bytes(bytes(data))
    with pytest.raises(RefusedFolder) as caught:
        find_dataset(f"parquet:{shards}", tmp_path / "data")
    assert "\n" not in str(caught.value)


def test_what_is_missing_is_named_with_its_extra(shards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prunesweep.core.extras.missing", lambda *_: ["pyarrow"])
    with pytest.raises(UserError, match=r"needs pyarrow: .*\[parquet\]"):
        find_dataset(f"parquet:{shards}", tmp_path / "data")
