"""Files that appear whole or not at all: the one way in which this program writes a file that somebody may read."""

import contextlib
import errno
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from prunesweep.core.errors import UserError


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False, part: str = "") -> Iterator[BinaryIO]:
    """Open a file to write into; it takes its name `path` when all is written and on the disk, and leaves nothing
    otherwise.

    Args:
        path: what it is to be called; a file of that name is replaced.
        private: only its owner may read it, whatever the umask is.
        part: name beside `path` that it has until then; default one that nobody else uses.

    Raises:
        OSError: it cannot be written.
        ValueError: `path` is none (a NUL character).
    """
    temporary = path.with_name(part or f".{path.name[:200]}.{os.urandom(6).hex()}.part")
    if part:
        temporary.unlink(missing_ok=True)
    mode = 0o600 if private else 0o666
    file = open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode))  # noqa: SIM115 - opener
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def reserve(descriptor: int, size: int) -> None:
    """Set aside room for `size` bytes of an open file, which limits and quotas see as well.

    Where the system or the file system has no such call (macOS, some network shares), nothing is set aside.

    Raises:
        OSError: there is no room.
    """
    try:
        with contextlib.suppress(AttributeError):
            os.posix_fallocate(descriptor, 0, max(1, size))
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
            raise OSError(error.errno, f"no room for {size:,} bytes: {os.strerror(error.errno or 0)}") from None


@contextlib.contextmanager
def written_whole(path: Path, field: str = "file") -> Iterator[BinaryIO]:
    """Open as `whole_file` does, for a file that the user asked for. A link stays, and what it leads to is written.

    Raises:
        UserError: it cannot be written; names the field.
    """
    _check_place(path, field)
    try:
        with whole_file(_behind(path)) as file:
            yield file
    except OSError as error:
        raise UserError(field, path, f"cannot be written: {error.strerror or error}") from None


def check_file(path: Path, field: str = "output") -> None:
    """Refuse a file that cannot be written, before the work whose result it is to hold.

    Raises:
        UserError: its folder is missing or takes no files, or its name is a folder's, a device's, or too long; names
            the field.
    """
    _check_place(path, field)
    try:
        _try(_behind(path).parent)
    except OSError as error:
        raise UserError(field, path, f"its folder takes no files: {error.strerror}; give another one") from None


def check_folder(folder: Path, field: str) -> None:
    """Check the same of a folder that need not be there yet.

    Raises:
        UserError: it cannot be made or written to; names the field.
    """
    there = _nearest(folder, field)
    said = f"cannot be made: {there} " if there != folder else ""
    if not there.is_dir():
        raise UserError(field, folder, f"{said}is no folder; give another one")
    try:
        _try(there)
    except OSError as error:
        raise UserError(field, folder, f"{said}takes no files: {error.strerror}; give another folder") from None


@contextlib.contextmanager
def made_folder(folder: Path, field: str) -> Iterator[None]:
    """Make a folder, where it is missing; what of it is new and still empty goes again if the block fails.

    Raises:
        UserError: it cannot be made; names the field.
    """
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(field, folder, f"cannot be made: {error.strerror}") from None
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for place in new:
                place.rmdir()
        raise


def _check_place(path: Path, field: str) -> None:
    """Refuse what no file can be written to. To a device or a pipe one could, but it would be replaced."""
    there = _nearest(path, field)
    if there == path:
        if there.is_dir():
            raise UserError(field, path, "is a folder; give a file")
        if not there.is_file() or _is_stream(path):
            raise UserError(field, path, "is no file, but a device or a pipe; give a file")
    elif not there.is_dir():
        raise UserError(field, path, f"cannot be written: {there} is no folder; give another one")
    elif there.absolute() != path.parent.absolute():
        make = f"mkdir -p {shlex.quote(str(path.parent))}"
        raise UserError(field, path, f"its folder does not exist; make it first: {make}")


def _is_stream(path: Path) -> bool:
    """Return whether it is a name for something open, such as /dev/stdout, which may be a file at the moment."""
    folders = (path.parent.resolve(), _behind(path).parent)
    return any(folder == Path("/dev") or folder.is_relative_to("/proc") for folder in folders)


def _behind(path: Path) -> Path:
    """Return what a link leads to, or the path itself if it is none."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _nearest(path: Path, field: str) -> Path:
    """Return the path itself where it exists, else the nearest of its folders that does."""
    try:
        return next(place for place in (path, *path.parents, *path.absolute().parents) if place.exists())
    except OSError as error:
        raise UserError(field, path, f"cannot be written: {error.strerror}") from None
    except ValueError:
        raise UserError(field, path, "cannot be written: is no path") from None


def _try(folder: Path) -> None:
    """Make a file and remove it: permissions are not all that a folder may lack (root, read-only shares, no room)."""
    probe = folder / f".{os.urandom(6).hex()}.part"
    os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    probe.unlink()


def write_whole(path: Path, content: str | bytes, field: str = "output") -> None:
    """Write the whole file (text as UTF-8) or none of it.

    Raises:
        UserError: the folder is missing or cannot be written to; names the field.
    """
    data = content.encode() if isinstance(content, str) else content
    with written_whole(path, field) as file:
        file.write(data)
