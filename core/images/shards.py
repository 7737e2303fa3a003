"""Images in Parquet shards, in the layout of Hugging Face's datasets: a column of structs with the bytes of an image
file, and one of labels.

Rules, documented in docs/own-dataset.md:

- All `*.parquet` below the root are shards, in the order of their names; a split's word in a shard's name, or else in
  its folder's, says whose it is: `train`, `test`, or where there is no `test` `validation`, `valid`, `val`, `dev`.
- The images are in `image` or `img`, the labels in `label`, `labels` or `fine_label`.
- Class names and their order are those of the shards' own ClassLabel; without one the labels themselves.

pyarrow is imported when a shard is read.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prunesweep.core.images.image_file import Stamp
from prunesweep.core.images.listing import SPLITS
from prunesweep.core.images.problems import Problems
from prunesweep.core.images.splitting import held_out

if TYPE_CHECKING:
    import pyarrow.parquet

_TESTS = ("test", "validation", "valid", "val", "dev")
_WORDS = ("train", *_TESTS)
_IMAGES = ("image", "img")
_LABELS = ("label", "labels", "fine_label")
_ROWS = 64
_REPAIR = "repair or remove them"


@dataclass(frozen=True)
class Shard:
    """A shard: its file, what it is called below the root, and its columns with images and labels."""

    file: Path
    name: str
    image: str
    label: str
    names: tuple[str, ...]
    """Its class names, in the order of its labels; empty where it has none."""


@dataclass(frozen=True)
class Shards:
    """What the labels of all shards say; no image has been looked at.

    Attributes:
        shards: in the order in which they are read.
        labels: class number of each of their rows.
        tests: for each row whether it is a test image.
    """

    shards: tuple[Shard, ...] = ()
    classes: tuple[str, ...] = ()
    labels: tuple[int, ...] = ()
    tests: tuple[bool, ...] = ()

    @property
    def counts(self) -> tuple[int, int]:
        """Training and test images."""
        return len(self.tests) - sum(self.tests), sum(self.tests)

    def of(self, split: str) -> list[int]:
        """Return the class numbers of a split's images."""
        return [label for label, test in zip(self.labels, self.tests, strict=True) if test == (split == "test")]

    def rows(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield what each row is called, and the bytes of its image, None where there are none.

        Raises:
            OSError: a shard cannot be read.
        """
        for shard in self.shards:
            number = 0
            for images in _column(shard, f"{shard.image}.bytes", _ROWS):
                for image in images:
                    yield f"{shard.name} row {number}", image["bytes"] if image else None
                    number += 1


def stamps(root: Path) -> dict[str, Stamp]:
    """Return the shards below the root by name, with what changes whenever their bytes may have changed."""
    found = {}
    for file in sorted(root.rglob("*.parquet")):
        name = file.relative_to(root).as_posix()
        if file.is_file() and not any(part.startswith(".") for part in name.split("/")):
            status = file.stat()
            found[name] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return found


def survey(root: Path, names: Sequence[str], share: str, faults: Problems, notes: Problems) -> Shards:
    """Return what the shards of these names hold, as far as labels say; what is wrong is added to `faults`."""
    splits = _splits(names, share, faults, notes)
    found = [shard for name in splits if (shard := _shard(root / name, name, faults)) is not None]
    if not found or len(found) < len(splits):
        return Shards()
    if len({shard.names for shard in found}) > 1:
        faults.say("its shards have different class names; write them with one ClassLabel")
        return Shards()
    columns = {(shard.image, shard.label) for shard in found}
    for image, label in sorted(columns - {("image", "label")}):
        notes.say(f"images are in the column {image}, labels in {label}")
    values = [(shard, value) for shard in found for part in _column(shard, shard.label) for value in part]
    if len({type(value) for _, value in values if value is not None}) > 1:
        faults.say("its labels are numbers in some shards and texts in others")
        return Shards()
    classes = found[0].names or _classes(value for _, value in values)
    known: Mapping[Any, int] = {
        value: number for number, value in enumerate(_in_order(classes, found[0].names, values))
    }
    counted: Counter[str] = Counter()
    for shard, value in values:
        row, counted[shard.name] = counted[shard.name], counted[shard.name] + 1
        if value is None:
            faults.add("without a label", f"{shard.name} row {row}", _REPAIR, noun="row")
        elif value not in known:
            faults.add(f"with a label outside of the {len(classes)} classes", f"{shard.name} row {row}", noun="row")
    labels = [known.get(value, 0) for _, value in values]
    tests = _drawn(labels, share) if share else [splits[shard.name] == "test" for shard, _ in values]
    made = Shards(tuple(found), classes, tuple(labels), tuple(tests))
    if share:
        notes.say(f"{made.counts[1]:,} of {len(labels):,} images are the test set, drawn by --test-share {share}")
    _check_classes(made, faults)
    return made


def identity_of(rules: int, shards: Shards, shas: Sequence[str]) -> str:
    """Return what identifies the images: the rules, class names, and each split's images in order with their labels.
    Where one shard ends and another begins does not matter."""
    found = sha256(f"parquet images, rules {rules}\n{json.dumps(shards.classes)}\n".encode())
    for split in SPLITS:
        found.update(f"{split}\n".encode())
        for sha, label, test in zip(shas, shards.labels, shards.tests, strict=True):
            if test == (split == "test"):
                found.update(f"{label}\0{sha}\n".encode())
    return found.hexdigest()


def _splits(names: Sequence[str], share: str, faults: Problems, notes: Problems) -> dict[str, str]:
    """Return which of the shards are read, with their splits, in order."""
    words = {name: _word(name) for name in names}
    test = next((word for word in _TESTS if word in words.values()), "")
    if not names:
        faults.say("holds no *.parquet files")
    if share:
        if test and "train" in words.values():
            faults.say(f"holds shards of train and {test}, so it is divided already: leave --test-share out")
            return {}
        return dict.fromkeys(names, "train")
    kept = {
        name: "test" if word == test else "train" for name, word in words.items() if word and word in ("train", test)
    }
    for name in names:
        if name not in kept:
            notes.add("left out, of neither train nor the test set", name, noun="shard")
    if names and set(kept.values()) != set(SPLITS):
        missing = " and ".join(split for split in SPLITS if split not in kept.values())
        faults.say(f"has no shards named {missing}-*.parquet; rename them, or give a --test-share such as 0.2")
        return {}
    if test not in ("", "test"):
        notes.say(f"{test} is the test set; validation images are held out of train")
    return kept


def _word(name: str) -> str:
    """Return the word of a split that a shard's name holds, or else a folder above it; "" = none."""
    for part in reversed(name.lower().split("/")):
        for word in re.split(r"[^a-z]+", part):
            if word in _WORDS:
                return word
    return ""


def _shard(file: Path, name: str, faults: Problems) -> Shard | None:
    """Return a shard; None with a fault where it cannot be read or has other columns."""
    import pyarrow as pa

    try:
        schema = _opened(file).schema_arrow
    except OSError as error:
        faults.add(f"that cannot be read ({str(error).splitlines()[0][:80]})", name, _REPAIR, noun="shard")
        return None
    image = next((one for one in _IMAGES if one in schema.names), "")
    label = next((one for one in _LABELS if one in schema.names), "")
    kind = schema.field(image).type if image else None
    if kind is None or not pa.types.is_struct(kind) or kind.get_field_index("bytes") < 0:
        faults.add("without a column image of {bytes, path}", name, "write them with Hugging Face's datasets", "shard")
        return None
    value = schema.field(label).type if label else None
    if value is None or not (pa.types.is_integer(value) or pa.types.is_string(value)):
        faults.add("without a column label of whole numbers or texts", name, "add one", noun="shard")
        return None
    return Shard(file, name, image, label, _class_names(schema.metadata or {}, label))


def _class_names(metadata: Mapping[bytes, bytes], label: str) -> tuple[str, ...]:
    """Return the names that Hugging Face's own note in a schema gives to the labels."""
    try:
        feature = json.loads(metadata[b"huggingface"])["info"]["features"][label]
        return tuple(str(name) for name in feature["names"])
    except (KeyError, ValueError, TypeError):
        return ()


def _column(shard: Shard, name: str, rows: int = 65_536) -> Iterator[list[Any]]:
    """Yield a column's values, so many rows at a time.

    Raises:
        OSError: the shard cannot be read.
    """
    import pyarrow as pa

    try:
        for batch in _opened(shard.file).iter_batches(rows, columns=[name]):
            yield batch.column(0).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise OSError(f"{shard.name} cannot be read: {str(error).splitlines()[0][:80]}; {_REPAIR}") from None


def _classes(values: Iterator[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in sorted({value for value in values if value is not None}))


def _in_order(classes: Sequence[str], names: Sequence[str], values: Sequence[tuple[Shard, Any]]) -> list[Any]:
    """Return the labels as they stand in the shards, in the order of the classes."""
    texts = any(isinstance(value, str) for _, value in values)
    if names and not texts:
        return list(range(len(names)))
    return list(classes) if texts else [int(name) for name in classes]


def _drawn(labels: Sequence[int], share: str) -> list[bool]:
    """Return for each row whether it is a test image: an image is called by its class and its place in it."""
    counted: Counter[int] = Counter()
    names = []
    for label in labels:
        names.append(f"{label}/{counted[label]}")
        counted[label] += 1
    tests: set[str] = set()
    for label, number in counted.items():
        tests |= held_out((f"{label}/{place}" for place in range(number)), share)
    return [name in tests for name in names]


def _check_classes(shards: Shards, faults: Problems) -> None:
    if len(shards.classes) < 2:
        faults.say(f"has {len(shards.classes)} class; at least 2 are needed")
    for split in SPLITS:
        there = set(shards.of(split))
        for number, name in enumerate(shards.classes):
            if number not in there:
                faults.add("without images", f"{split}/{name}", "add images, or leave the class out", noun="class")


def _opened(file: Path) -> "pyarrow.parquet.ParquetFile":
    """Return the open shard.

    Raises:
        OSError: it is not there, or no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(file)
    except pa.ArrowException as error:
        raise OSError(str(error)) from None
