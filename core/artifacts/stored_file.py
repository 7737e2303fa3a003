"""Artifacts as files of a store on a disk: kept by the disk before the ledger says that they exist."""

import contextlib
import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError

from prunesweep.core.artifacts.inventory import key
from prunesweep.core.io import reserve

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_TRIES = 5


def write_file(backend: "ObjectStore", folder: Path, name: str, data: bytes) -> None:
    """Write the artifact into the store's folder; a sound file is never replaced: until the disk has the new one, a
    power loss would cost both."""
    file = folder / key(name)
    for _ in range(_TRIES):
        try:
            obstore.put(backend, key(name), data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            if not _renewed(file, name):
                obstore.put(backend, key(name), data, use_multipart=False)
        try:
            _sync(file)
            return
        except FileNotFoundError:
            continue  # `sweep gc` had it in its hands just now
        except OSError:
            # The disk did not take it after all (full, or failing): nobody must find half of it.
            with contextlib.suppress(OSError):
                file.unlink()
            raise
    raise FileNotFoundError(f"{file} is removed again and again")


def _renewed(file: Path, name: str) -> bool:
    """Make a sound file count as written now; False if it is damaged, gone, or another user's."""
    try:
        if sha256(file.read_bytes()).hexdigest() != name:
            return False
        os.utime(file)
    except OSError:
        return False
    return True


def set_aside(file: Path, size: int) -> None:
    """Set `size` bytes of the disk aside for a moment, under that name."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        reserve(handle, size)
    finally:
        os.close(handle)
        file.unlink(missing_ok=True)


def _sync(file: Path) -> None:
    """Ask the disk to keep a file before the ledger says that it exists."""
    for place in (file, file.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
