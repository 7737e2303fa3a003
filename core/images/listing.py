"""Lists an image folder: which files are its images, which entries are ignored, and which make it unusable.

Nothing is opened here. Rules, documented in docs/own-dataset.md:

- Where there is no test/, val/, valid/ or validation/ (the first that is there) is the test set, and that is said.
- With a share of test images there is no train/ and no test/: classes lie directly under the root.
- A class is a folder directly under train/ or test/; folders inside it are walked, their images belong to the class.
- Links are followed; one that leads back to a folder above it is refused.
- Entries that systems leave behind (hidden ones, `@eaDir`, `__MACOSX`, `Thumbs.db`, …) are ignored.
- Files that are no images by their suffix are left out; images of a kind that is not read are refused.
"""

from dataclasses import dataclass, field
from pathlib import Path

from prunesweep.core.images.file_names import composed
from prunesweep.core.images.image_file import ImageFile
from prunesweep.core.images.problems import Problems, count, shown
from prunesweep.core.images.splitting import held_out
from prunesweep.core.images.walk import FolderWalk

SPLITS = ("train", "test")
_TESTS = ("test", "val", "valid", "validation")
"""Folders that are the test set: the first of them that is there."""
_NAMED = 5
_NEEDED = "it must hold train/<class>/ and test/<class>/, or <class>/ alone with a --test-share such as 0.2"


@dataclass
class FolderListing:
    """The image files of a folder, by split.

    Attributes:
        root: as given.
        splits: the files of `train` and `test`, each sorted by name.
        classes: their names, sorted.
        faults: what makes the folder unusable.
        notes: what was left out or ignored.
    """

    root: Path
    splits: dict[str, list[ImageFile]] = field(default_factory=lambda: {split: [] for split in SPLITS})
    classes: tuple[str, ...] = ()
    faults: Problems = field(default_factory=Problems)
    notes: Problems = field(default_factory=Problems)

    @property
    def files(self) -> list[ImageFile]:
        """All of them, `train` first."""
        return [file for split in SPLITS for file in self.splits[split]]


def split_folders(root: Path) -> dict[str, str]:
    """Return which folder directly under the root each split is, by its name; it need not be there."""
    return {"train": "train", "test": next((name for name in _TESTS if (root / name).is_dir()), "test")}


def list_folder(root: Path, share: str = "") -> FolderListing:
    """List an image folder; never raises for what is in it, `faults` says what is wrong.

    share: of the test images, where it is not divided (`prunesweep.core.plan.datasets.parse_share`).
    """
    listing = FolderListing(root)
    folders = split_folders(root)
    if share:
        _list_undivided(listing, share, folders)
        return listing
    walk = FolderWalk(root, listing.faults, listing.notes, listing.splits["train"])
    found: dict[str, set[str]] = {}
    missing = [split for split, folder in folders.items() if not (root / folder).is_dir()]
    if missing:
        listing.faults.say(f"has no {' and no '.join(f'{split}/' for split in missing)} folder; {_NEEDED}")
    for split, folder in folders.items():
        if split not in missing:
            walk.files = listing.splits[split]
            found[folder] = walk.split(folder)
            listing.splits[split].sort()
    beside = f"beside train/ and {folders['test']}/ left out"
    for entry in walk.entries(""):
        if entry.name not in folders.values():
            listing.notes.add(beside, entry.name, noun="entry")
    if folders["test"] != "test":
        listing.notes.say(f"{folders['test']}/ is the test set; validation images are held out of train/")
    if len(found) == len(SPLITS):
        _check_classes(listing, found)
    _check_twins(listing)
    return listing


def _list_undivided(listing: FolderListing, share: str, folders: dict[str, str]) -> None:
    """List a folder whose classes lie directly under the root, and draw its test images. A file is then called as if it
    lay in the folder of its split, and such a folder's identity is that of one that was divided so by hand."""
    if all((listing.root / folder).is_dir() for folder in folders.values()):
        listing.faults.say(f"holds train/ and {folders['test']}/, so it is divided already: leave --test-share out")
        return
    files: list[ImageFile] = []
    classes = FolderWalk(listing.root, listing.faults, listing.notes, files).split("")
    listing.classes = tuple(sorted(classes))
    if len(classes) < 2:
        listing.faults.say(
            f"has {count(len(classes), 'class folder')}; with --test-share it must hold 2 <class>/ or more"
        )
    members: dict[str, list[str]] = {}
    for file in files:
        members.setdefault(file.name.partition("/")[0], []).append(file.name)
    tests = frozenset().union(*(held_out(names, share) for names in members.values()))
    for name, names in members.items():
        if len(names) == 1:
            listing.faults.add("with a single image, which cannot be divided", name, "add images", noun="class")
    for file in sorted(files):
        split = "test" if file.name in tests else "train"
        listing.splits[split].append(ImageFile(f"{split}/{file.name}", file.path, file.stamp))
    number, total = len(listing.splits["test"]), len(files)
    listing.notes.say(f"{number:,} of {total:,} images are the test set, drawn by --test-share {share}")
    _check_twins(listing)


def _check_classes(listing: FolderListing, found: dict[str, set[str]]) -> None:
    (first, train), (second, test) = found.items()  # in the order of `SPLITS`
    only = [
        f"{shown(name)} ({folder} only)"
        for folder, names in ((first, train - test), (second, test - train))
        for name in sorted(names)
    ]
    listing.classes = tuple(sorted(train | test))
    if not train or not test:
        empty = " and ".join(f"{folder}/" for folder, names in found.items() if not names)
        listing.faults.say(f"no class folders under {empty}; it must hold {first}/<class>/ and {second}/<class>/")
    elif only:
        more = f" and {len(only) - _NAMED:,} more" if len(only) > _NAMED else ""
        listing.faults.say(f"{first}/ and {second}/ have different classes: " + ", ".join(only[:_NAMED]) + more)
    if len(train) < 2 and train:
        listing.faults.say("has 1 class folder under train/; at least 2 are needed")


def _check_twins(listing: FolderListing) -> None:
    """Find names that some file systems take for one: on another machine one of the two would be gone."""
    folders = {file.path.rpartition("/")[0] for file in listing.files}
    names = [*folders, *(file.path for file in listing.files)]
    if all(map(str.isascii, names)) and len(set(map(str.lower, names))) == len(names):
        return  # nearly always, and in a twentieth of the time
    seen: dict[str, str] = {}
    for file in listing.files:
        path = file.path
        while "/" in path:
            key = path.lower() if path.isascii() else composed(composed(path).casefold())
            first = seen.setdefault(key, path)
            if first == path and path is not file.path:
                break  # its own folders were looked at with an earlier file
            if first != path:
                phrase = "like another but for upper and lower case or the form of its Unicode characters"
                listing.faults.add(phrase, f"{first} and {path}", "rename one of each pair", noun="name")
                break
            path = path.rpartition("/")[0]
