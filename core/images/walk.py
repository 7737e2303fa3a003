"""Walks the class folders of an image folder, files and links, and says what stands in the way."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.images.file_names import SUFFIXES, UNREAD, composed, is_ignored, is_text, suffix_of
from prunesweep.core.images.image_file import ImageFile
from prunesweep.core.images.problems import Problems

DEEPEST = 64
"""Folders in folders that are walked at most."""


@dataclass
class FolderWalk:
    """Of the folder `root`.

    Attributes:
        faults: what makes it unusable.
        notes: what was left out or ignored.
        files: where those that are found are put.
    """

    root: Path
    faults: Problems
    notes: Problems
    files: list[ImageFile]

    def split(self, split: str) -> set[str]:
        """Walk one split, "" = the root itself; the names of its class folders."""
        faults, classes = self.faults, set()
        above = f"{split}/" if split else ""
        for entry in self.entries(split):
            path = f"{above}{entry.name}"
            if _is_folder(entry):
                classes.add(composed(entry.name))
                if self.folder(path, ((0, 0),)) == 0:
                    faults.add("without images", path, "add images or remove the folder", noun="class")
            elif suffix_of(entry.name) in SUFFIXES | UNREAD:
                faults.add(f"directly under {above or 'it'}, in no class", path, "move them into a class folder")
            else:
                self.notes.add("left out, not images by their suffix", path)
        return classes

    def folder(self, path: str, above: tuple[tuple[int, int], ...]) -> int:
        """Walk a class folder and what is in it; how many images were found. above: device and inode of the folders
        that lead here."""
        faults = self.faults
        try:
            status = (self.root / path).stat()
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
            if suffix_of(entry.name) in SUFFIXES:
                try:
                    found = entry.stat()
                except OSError as error:
                    faults.add(f"that cannot be read ({error.strerror})", inner, "repair or remove them")
                    images += 1
                    continue
                if stat.S_ISREG(found.st_mode):  # nearly all: no function is called for these
                    name = inner if inner.isascii() else self.named(inner)
                    stamp = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
                    files.append(ImageFile(name, inner, stamp))
                    images += 1
                    continue
            images += self.folder(inner, (*above, here)) if _is_folder(entry) else self.other(entry, inner)
        return images

    def named(self, path: str) -> str:
        """Return the file's name in composed Unicode; a fault where it is no Unicode at all."""
        if not is_text(path):
            self.faults.add("with names that are not UTF-8", path, "rename them")
            return path.encode(errors="replace").decode()
        return composed(path)

    def other(self, entry: "os.DirEntry[str]", path: str) -> int:
        """Refuse what should be an image and is none that can be read, leave out any other file; how many were
        refused."""
        if suffix_of(entry.name) in SUFFIXES:
            self.faults.add("neither a file nor a link to one", path, "remove it", noun="entry")
            return 1
        if suffix_of(entry.name) not in UNREAD:
            self.notes.add("left out, not images by their suffix", path)
            return 0
        phrase = f"of a kind that is not read (.{suffix_of(entry.name)})"
        self.faults.add(phrase, path, "convert them, e.g. to PNG, or remove them")
        return 1

    def entries(self, path: str) -> "list[os.DirEntry[str]]":
        """Return a folder's entries without those that are ignored, which are counted; none where it cannot be
        listed."""
        try:
            with os.scandir(self.root / path) as scan:
                entries = list(scan)
        except OSError as error:
            self.faults.add(f"that cannot be listed ({error.strerror})", path, "make it readable", noun="folder")
            return []
        ignored = [entry for entry in entries if is_ignored(entry.name)]
        for entry in ignored:
            inner = f"{path}/{entry.name}" if path else entry.name
            self.notes.add("ignored, hidden or a system's own", inner, noun="entry")
        return [entry for entry in entries if entry not in ignored] if ignored else entries


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False
