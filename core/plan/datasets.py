"""Datasets by name, and the check of an image folder before anything is planned on it.

Known: `cifar10`, `cifar100`, `fashion-mnist`, `digits`, and `imagefolder:PATH` with PATH/train/<class>/* and
PATH/test/<class>/*.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from core.errors import UserError
from core.plan.nearest import did_you_mean

BUILT_IN: Mapping[str, int] = MappingProxyType({"cifar10": 10, "cifar100": 100, "fashion-mnist": 10, "digits": 10})
"""Datasets that need no folder of the user's, and how many classes they have."""
IMAGEFOLDER = "imagefolder"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm"})


@dataclass(frozen=True)
class DatasetRef:
    """Which images. path and fingerprint are empty for the built-in ones.

    fingerprint: SHA-256 over the sorted (relative name, size in bytes) of every image file, so that a changed
    folder is another dataset and its stages are run anew.
    """

    name: str
    path: str
    fingerprint: str
    classes: int

    @property
    def label(self) -> str:
        """What the user typed, more or less: `cifar10` or `imagefolder:PATH`."""
        return f"{self.name}:{self.path}" if self.path else self.name


@dataclass(frozen=True)
class FolderScan:
    """The image files of one image folder, by split, sorted by name; paths relative to the root."""

    root: Path
    classes: tuple[str, ...]
    train: tuple[str, ...]
    test: tuple[str, ...]
    fingerprint: str


def parse_dataset(value: object, field: str = "dataset") -> DatasetRef:
    """Looks the dataset up; an image folder is scanned.

    Raises:
        UserError: unknown name; folder missing, without train/ and test/, empty, or with differing classes.
    """
    if isinstance(value, str) and value in BUILT_IN:
        return DatasetRef(value, "", "", BUILT_IN[value])
    if isinstance(value, str) and value.startswith(f"{IMAGEFOLDER}:"):
        scan = scan_folder(value.removeprefix(f"{IMAGEFOLDER}:"), field)
        return DatasetRef(IMAGEFOLDER, str(scan.root), scan.fingerprint, len(scan.classes))
    raise UserError(field, value, did_you_mean(str(value), [*BUILT_IN, f"{IMAGEFOLDER}:PATH"]))


def scan_folder(text: str, field: str = "dataset") -> FolderScan:
    """Lists an image folder without opening an image.

    Raises:
        UserError: as for `parse_dataset`.
    """
    shown = f"{IMAGEFOLDER}:{text}"
    if not text or "\0" in text or len(text) > 4096:
        raise UserError(field, shown, "give a folder, e.g. imagefolder:/data/cifar10")
    try:
        root = Path(text).expanduser().resolve()
        str(root).encode()
        found_root = root.is_dir()
    except (OSError, RuntimeError, ValueError) as error:  # too long, a loop, nobody's home, no UTF-8
        reason = error.strerror if isinstance(error, OSError) else "not a path that can be written down"
        raise UserError(field, shown, f"cannot be used: {reason}") from None
    if not found_root:
        raise UserError(field, shown, "no such folder; it must hold train/<class>/ and test/<class>/")
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for split in ("train", "test"):
        if not (root / split).is_dir():
            raise UserError(field, shown, f"has no {split}/ folder; it must hold train/<class>/ and test/<class>/")
        found[split] = _classes(root / split)
    _compare_classes(shown, field, set(found["train"]), set(found["test"]))
    names: dict[str, tuple[str, ...]] = {}
    digest = hashlib.sha256()
    for split, classes in found.items():
        rows = [(f"{split}/{label}/{name}", size) for label in sorted(classes) for name, size in sorted(classes[label])]
        names[split] = tuple(name for name, _ in rows)
        for name, size in rows:
            digest.update(f"{name}\0{size}\n".encode(errors="surrogateescape"))
    return FolderScan(root, tuple(sorted(found["train"])), names["train"], names["test"], digest.hexdigest())


def _classes(folder: Path) -> dict[str, list[tuple[str, int]]]:
    """Class name → its image files (name, size in bytes); hidden folders are passed over."""
    classes: dict[str, list[tuple[str, int]]] = {}
    with os.scandir(folder) as entries:
        labels = [entry for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    for label in labels:
        with os.scandir(label) as files:
            classes[label.name] = [
                (f.name, f.stat().st_size)
                for f in files
                if os.path.splitext(f.name)[1].lower() in SUFFIXES and not f.name.startswith(".") and f.is_file()  # noqa: PTH122
            ]
    return classes


def _compare_classes(shown: str, field: str, train: set[str], test: set[str]) -> None:
    """Raises UserError unless both splits have the same two or more classes."""
    only = [f"{name} (train only)" for name in sorted(train - test)[:3]]
    only += [f"{name} (test only)" for name in sorted(test - train)[:3]]
    if only:
        raise UserError(field, shown, "train/ and test/ have different classes: " + ", ".join(only))
    if len(train) < 2:
        raise UserError(field, shown, f"has {len(train)} class folder(s) under train/; at least 2 are needed")
