"""An image file of a folder, and the stamp that changes when its bytes may have."""

from typing import NamedTuple, TypeAlias

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
