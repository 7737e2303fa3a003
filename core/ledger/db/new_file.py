"""SQLite files that appear whole or not at all, with what their first user writes into them."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prunesweep.core.private import make_private

_BESIDE = ("", "-wal", "-shm", "-journal", "-queue")
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class NotPlaced(Exception):
    """Another process made the file meanwhile, or it cannot be given its name without the risk of replacing such a one:
    whoever wanted it makes do with the file that is there, or makes an empty one."""


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """A name beside `file` for a database that nobody else knows of; it is called `file` from the end of the block on.
    Its connections must be closed by then. Nothing is left otherwise, neither of it nor of the folders made for it.

    Raises:
        NotPlaced: see there.
        OSError: the folder cannot be made.
    """
    missing = [place for place in (file.parent, *file.parent.parents) if not place.exists()]
    if file.with_name(f"{file.name}-wal").exists():
        raise NotPlaced  # of a ledger that was moved away; SQLite would add it to the new one
    part = file.with_name(f".{file.name[:200]}.{os.urandom(6).hex()}.part")
    try:
        make_private(file.parent)
        yield part
        _name(part, file)
    except BaseException:
        _remove(part)
        for folder in missing:
            with suppress(OSError):  # somebody has put something into it
                folder.rmdir()
        raise
    _remove(part)


def _name(part: Path, file: Path) -> None:
    """Call it `file`; a link, other than a renaming, never replaces a file."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise NotPlaced from None
    except OSError as error:
        if error.errno in _NO_LINKS:
            raise NotPlaced from None
        raise


def _remove(part: Path) -> None:
    for end in _BESIDE:
        with suppress(OSError):
            part.with_name(part.name + end).unlink()
