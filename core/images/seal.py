"""Tells whether anything in an image folder has changed, without listing it: one hash over all names and stamps."""

import errno
import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from prunesweep.core.images.file_names import is_ignored
from prunesweep.core.images.listing import split_folders
from prunesweep.core.images.walk import DEEPEST

if TYPE_CHECKING:
    from hashlib import _Hash


def seal(root: Path, undivided: bool = False) -> str | None:
    """Return a hash that is another one whenever `list_folder` could find anything else than before: entries, their
    kinds, and the stamps of files. None where something cannot be read, or leads back to a folder above it.

    A file that `list_folder` leaves out counts as well; that costs a listing, and no more.

    undivided: classes lie directly under the root.
    """
    found = sha256()
    try:
        with os.scandir(root) as scan:
            _add(found, sorted(entry.name for entry in scan))
        for folder in [str(root)] if undivided else [f"{root}/{name}" for name in split_folders(root).values()]:
            _walk(found, folder, ())
    except OSError:
        return None
    return found.hexdigest()


def _walk(found: "_Hash", path: str, above: tuple[tuple[int, int], ...]) -> None:
    status = os.stat(path)  # noqa: PTH116 - once for each of many folders, and `os.scandir` takes a text
    here = (status.st_dev, status.st_ino)
    if here in above or len(above) > DEEPEST:
        raise OSError(errno.ELOOP, "leads back to a folder above it", path)
    rows, folders = [], []
    with os.scandir(path) as scan:
        for entry in scan:
            name = entry.name
            if is_ignored(name):
                rows.append(f"{name}\0")
                continue
            file = entry.stat()
            if stat.S_ISDIR(file.st_mode):
                rows.append(f"{name}\0/")
                folders.append(name)
            else:
                kind = stat.S_IFMT(file.st_mode)
                rows.append(f"{name}\0{kind} {file.st_size} {file.st_mtime_ns} {file.st_ctime_ns} {file.st_ino}")
    rows.sort()
    _add(found, rows)
    for name in sorted(folders):
        _walk(found, f"{path}/{name}", (*above, here))


def _add(found: "_Hash", rows: list[str]) -> None:
    """Add a folder's rows. Names hold no NUL and no row holds two, so that equal bytes are equal folders."""
    found.update(f"{len(rows)}\0\0".encode())
    found.update("\0\0".join(rows).encode(errors="surrogateescape"))
