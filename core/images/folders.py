"""From what a person typed, or what a sweep says, to an image folder that can be used."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from prunesweep.core.errors import RENAME, RETRY, StageError, UserError
from prunesweep.core.extras import need
from prunesweep.core.images.inspection import Inspection, inspect_folder
from prunesweep.core.images.shard_inspection import inspect_shards
from prunesweep.core.plan.datasets import IMAGEFOLDER, PARQUET, DatasetRef, folder_of, parse_dataset
from prunesweep.core.plan.resize_rules import resize_at
from prunesweep.core.progress import CountDone

_NEEDED: Mapping[str, str] = MappingProxyType(
    {
        IMAGEFOLDER: "it must hold train/<class>/ and test/<class>/",
        PARQUET: "it must hold shards such as train-00000.parquet and test-00000.parquet",
    }
)


@dataclass(frozen=True)
class FoundDataset:
    """A dataset, identified and located on this machine.

    Attributes:
        ref: what identifies it.
        text: `cifar10`, or `imagefolder:PATH` with an absolute path, as it is shown and kept with the sweep.
        inspection: of an image folder, else None.
    """

    ref: DatasetRef
    text: str
    inspection: Inspection | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out or converted, one line each."""
        return self.inspection.notes if self.inspection else ()

    @property
    def places(self) -> tuple[str, ...]:
        """Where the image folder lies; empty for built-in datasets."""
        path = folder_of(self.text)
        return (path,) if path is not None else ()


class RefusedFolder(UserError):
    """An image folder that cannot be used. faults: why not, one line each; the message has all of them in one."""

    def __init__(self, field: str, value: object, found: Inspection, size: int) -> None:
        super().__init__(field, value, found.complaint(size))
        self.faults = found.faults_at(size)


def find_dataset(
    value: object,
    data: Path,
    field: str = "dataset",
    progress: CountDone | None = None,
    size: int = 0,
    resize: str = "",
    share: str = "",
) -> FoundDataset:
    """Look a dataset up by what a person typed; an image folder is inspected.

    Args:
        data: folder of datasets, where manifests are kept.
        progress: called while files are read.
        size, resize: side in pixels that images are resized to, 0 = they are not, and how
            (`prunesweep.core.plan.resize_rules`).
        share: of the test images, "" = the folder is divided.

    Raises:
        UserError: an unknown name, no such folder, or one that cannot be used; all its faults in one line.
    """
    text = folder_of(value)
    if text is None:
        ref = parse_dataset(value, field)
        if size:
            raise UserError("image_size", size, f"is for image folders; {value} has its own size: leave it out")
        if share:
            raise UserError("test_share", share, f"is for image folders; {value} has its own test set: leave it out")
        return FoundDataset(ref, str(value))
    root = _root(str(value), text, field)
    kind = str(value).partition(":")[0]
    found = _inspect(kind, root, data, progress, False, share)
    if found.faults_at(size):
        raise RefusedFolder(field, value, found, size)
    ref = DatasetRef(
        kind, found.identity, len(found.classes), size, resize_at(resize, size) if size else "", test_share=share
    )
    return FoundDataset(ref, f"{kind}:{root}", found)


def find_images(ref: DatasetRef, places: Iterable[str], data: Path, progress: CountDone | None = None) -> Inspection:
    """Return the inspection of the first of these folders that holds the images of `ref`, with its files.

    Raises:
        StageError: none of them does; what each one is instead, and what to do.
    """
    reasons = []
    for place in dict.fromkeys(places):
        root = Path(place)
        if not root.is_dir():
            reasons.append(f"{place} is not there")
            continue
        try:
            found = _inspect(ref.name, root, data, progress, True, ref.test_share)
        except UserError as error:  # a package is missing
            raise StageError(f"{error}; {RETRY}") from None
        if found.identity == ref.fingerprint and not found.faults_at(ref.size):
            return found
        if found.identity == ref.fingerprint:
            reasons.append(f"{place}: {found.complaint(ref.size)}")
        else:
            reasons.append(f"{place} holds other images ({found.identity[:12]}), changed since it was submitted")
    where = "; ".join(reasons) or "no folder is known for it"
    raise StageError(f"{ref.label} is not on this machine: {where}. {_ADVICE}")


_ADVICE = (
    "Put the submitted files back, or name a copy of the folder in SWEEP_IMAGEFOLDERS and start the worker again, "
    f"{RETRY}; to train on what is there now, {RENAME}"
)


def packed_path(ref: DatasetRef, data: Path) -> Path:
    """Return where the packed file of a dataset is, or will be: an image folder's is named by its content, and by how
    it is resized."""
    size = f"-{ref.resize.replace(':', '-')}-{ref.size}" if ref.size else ""
    return data / "packed" / f"{ref.fingerprint or ref.name}{size}.safetensors"


def _inspect(kind: str, root: Path, data: Path, progress: CountDone | None, with_files: bool, share: str) -> Inspection:
    """Inspect a folder of that kind (`prunesweep.core.plan.datasets.FOLDERS`); `need` says what is not installed."""
    if kind == PARQUET:
        need("parquet", "dataset", f"{kind}:{root}")
        return inspect_shards(root, data, progress, with_files, share)
    return inspect_folder(root, data, progress, with_files, share)


def candidates(places: Sequence[str], folders: Sequence[Path]) -> tuple[str, ...]:
    """Return every folder in which the images may lie on this machine: as submitted, then by SWEEP_IMAGEFOLDERS.

    folders: image folders, or folders that hold one by the name of the submitted one.
    """
    names = dict.fromkeys(Path(place).name for place in places)
    mapped = [str(path) for folder in folders for path in (*(folder / name for name in names), folder)]
    return tuple(dict.fromkeys((*places, *mapped)))


def _root(shown: str, text: str, field: str) -> Path:
    """Return the absolute path of a folder that is there.

    Raises:
        UserError: it is not, or its name cannot be used.
    """
    if not text or "\0" in text or len(text) > 4096:
        kind = shown.partition(":")[0]
        raise UserError(field, shown, f"give a folder, e.g. {kind}:/data/cifar10")
    try:
        path = Path(text).expanduser()
        # Links stay as they were typed: another machine may have the same link to another place.
        root = path.resolve() if ".." in path.parts else Path(os.path.abspath(path))  # noqa: PTH100
        str(root).encode()
        there = root.is_dir()
    except (OSError, RuntimeError, ValueError) as error:  # too long, a loop, nobody's home, no UTF-8
        reason = error.strerror if isinstance(error, OSError) else "not a path that can be written down"
        raise UserError(field, shown, f"cannot be used: {reason}") from None
    if not there:
        raise UserError(field, shown, f"no such folder; {_NEEDED[shown.partition(':')[0]]}")
    return root
