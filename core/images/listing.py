"""Walks an image folder: which files are its images, which entries are ignored, and which make it unusable.

Nothing is opened here. Rules, documented in docs/own-dataset.md:

- Where there is no test/, val/, valid/ or validation/ (the first that is there) is the test set, and that is said.
- With a share of test images there is no train/ and no test/: classes lie directly under the root.
- A class is a folder directly under train/ or test/; folders inside it are walked, their images belong to the class.
- Links are followed; one that leads back to a folder above it is refused.
- Entries that systems leave behind (hidden ones, `@eaDir`, `__MACOSX`, `Thumbs.db`, …) are ignored.
- Files that are no images by their suffix are left out; images of a kind that is not read are refused.
"""

import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from prunesweep.core.images.problems import Problems, count, shown
from prunesweep.core.images.splitting import held_out

SPLITS = ("train", "test")
_TESTS = ("test", "val", "valid", "validation")
"""Folders that are the test set: the first of them that is there."""

_READ = """
apng avif avifs bmp bw cur dcx dds dib gif icb ico im j2c j2k jfif jp2 jpc jpe jpeg jpf jpg jpx msp pbm pcx pfm pgm png
pnm ppm qoi ras rgb rgba sgi tga tif tiff vda vst webp xbm xpm
"""
SUFFIXES = frozenset(_READ.split())
"""Suffixes of image files, whichever of them the Pillow at hand was built to decode: what is counted, and so a
folder's identity, must be the same on every machine."""
_OTHERS = """
ai arw blp cr2 cr3 dcm dicom djvu dng emf eps exr fits flif hdr heic heif hif jls jng jxl jxr nef orf pcd pdf ps psd raf
raw rw2 svg svgz wdp wmf xcf
"""
_UNREAD = frozenset(_OTHERS.split())
"""Suffixes of images that are never read: vector graphics, raw photographs, formats without a decoder."""

_SYSTEM = frozenset(
    {"@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "__macosx", "__pycache__", "desktop.ini"}
    | {"ehthumbs.db", "icon\r", "lost+found", "system volume information", "thumbs.db"}
)

DEEPEST = 64
"""Folders in folders that are walked at most."""
_NAMED = 5
_NEEDED = "it must hold train/<class>/ and test/<class>/, or <class>/ alone with a --test-share such as 0.2"


Stamp: TypeAlias = tuple[int, int, int, int]
"""Size in bytes, mtime and ctime in nanoseconds, inode: what changes whenever a file's bytes may have changed. A
file's ctime, unlike its mtime, cannot be set back by the one who writes it."""


class ImageFile(NamedTuple):
    """An image file.

    Attributes:
        name: relative to the root, in Unicode's composed form (NFC).
        path: the same as it is on disk.
    """

    name: str
    path: str
    stamp: Stamp


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
    walk = _Walk(listing, listing.splits["train"])
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
    classes = _Walk(listing, files).split("")
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


@dataclass
class _Walk:
    """files: where those that are found are put."""

    listing: FolderListing
    files: list[ImageFile]

    def split(self, split: str) -> set[str]:
        """Walk one split, "" = the root itself; the names of its class folders."""
        faults, classes = self.listing.faults, set()
        above = f"{split}/" if split else ""
        for entry in self.entries(split):
            path = f"{above}{entry.name}"
            if _is_folder(entry):
                classes.add(_composed(entry.name))
                if self.folder(path, ((0, 0),)) == 0:
                    faults.add("without images", path, "add images or remove the folder", noun="class")
            elif _suffix(entry.name) in SUFFIXES | _UNREAD:
                faults.add(f"directly under {above or 'it'}, in no class", path, "move them into a class folder")
            else:
                self.listing.notes.add("left out, not images by their suffix", path)
        return classes

    def folder(self, path: str, above: tuple[tuple[int, int], ...]) -> int:
        """Walk a class folder and what is in it; how many images were found. above: device and inode of the folders
        that lead here."""
        faults = self.listing.faults
        try:
            status = (self.listing.root / path).stat()
        except OSError as error:
            faults.add(f"that cannot be read ({error.strerror})", path, "make it readable", noun="folder")
            return 1
        here = (status.st_dev, status.st_ino)
        if here in above or len(above) > DEEPEST:
            faults.add("that leads back to one above it, or too deep", path, "remove it", noun="folder")
            return 1
        images, files = 0, self.files
        for entry in self.entries(path):
            inner = f"{path}/{entry.name}"
            if _suffix(entry.name) in SUFFIXES:
                try:
                    found = entry.stat()
                except OSError as error:
                    faults.add(f"that cannot be read ({error.strerror})", inner, "repair or remove them")
                    images += 1
                    continue
                if stat.S_ISREG(found.st_mode):  # nearly all: no function is called for these
                    name = inner if inner.isascii() else self.composed(inner)
                    stamp = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
                    files.append(ImageFile(name, inner, stamp))
                    images += 1
                    continue
            images += self.folder(inner, (*above, here)) if _is_folder(entry) else self.other(entry, inner)
        return images

    def composed(self, path: str) -> str:
        """Return the file's name in composed Unicode; a fault where it is no Unicode at all."""
        if not _is_text(path):
            self.listing.faults.add("with names that are not UTF-8", path, "rename them")
            return path.encode(errors="replace").decode()
        return _composed(path)

    def other(self, entry: "os.DirEntry[str]", path: str) -> int:
        """Refuse what should be an image and is none that can be read, leave out any other file; how many were
        refused."""
        if _suffix(entry.name) in SUFFIXES:
            self.listing.faults.add("neither a file nor a link to one", path, "remove it", noun="entry")
            return 1
        if _suffix(entry.name) not in _UNREAD:
            self.listing.notes.add("left out, not images by their suffix", path)
            return 0
        phrase = f"of a kind that is not read (.{_suffix(entry.name)})"
        self.listing.faults.add(phrase, path, "convert them, e.g. to PNG, or remove them")
        return 1

    def entries(self, path: str) -> "list[os.DirEntry[str]]":
        """Return a folder's entries without those that are ignored, which are counted; none where it cannot be
        listed."""
        try:
            with os.scandir(self.listing.root / path) as scan:
                entries = list(scan)
        except OSError as error:
            self.listing.faults.add(
                f"that cannot be listed ({error.strerror})", path, "make it readable", noun="folder"
            )
            return []
        ignored = [entry for entry in entries if is_ignored(entry.name)]
        for entry in ignored:
            inner = f"{path}/{entry.name}" if path else entry.name
            self.listing.notes.add("ignored, hidden or a system's own", inner, noun="entry")
        return [entry for entry in entries if entry not in ignored] if ignored else entries


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
            key = path.lower() if path.isascii() else _composed(_composed(path).casefold())
            first = seen.setdefault(key, path)
            if first == path and path is not file.path:
                break  # its own folders were looked at with an earlier file
            if first != path:
                phrase = "like another but for upper and lower case or the form of its Unicode characters"
                listing.faults.add(phrase, f"{first} and {path}", "rename one of each pair", noun="name")
                break
            path = path.rpartition("/")[0]


def is_ignored(name: str) -> bool:
    """Return whether an entry of this name is hidden, or one that systems leave behind."""
    return name[0] == "." or name.lower() in _SYSTEM


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
