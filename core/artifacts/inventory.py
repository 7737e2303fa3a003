"""What lies in an artifact store: our artifacts, what interrupted writes left behind, and what isn't ours."""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import obstore

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_ARTIFACT = re.compile(r"sha256/([0-9a-f]{2})/(\1[0-9a-f]{62})", re.ASCII)
_LEDGER = re.compile(r"ledgers/[0-9a-f]{32}", re.ASCII)
_PROBE = re.compile(r"probe[-/][0-9a-f]{16}", re.ASCII)
# The file client writes to NAME#NUMBER beside the file and then gives it its name.
_UNFINISHED = re.compile(r"#[0-9]+$", re.ASCII)
# So does rclone's S3 server (`sweep serve`), under names of its own that do not tell whose they are.
_SERVED = re.compile(r"(?:(?:sha256/[0-9a-f]{2}|ledgers|probe)/)?\.rclone_temp_[a-z]+_[0-9A-Za-z-]+", re.ASCII)
# And who copies a store by `rclone copy` (NAME.HEX.partial) or rsync (.NAME.SUFFIX).
_COPIED = re.compile(r"(.*/)(?:\.([^/.]+)\.[0-9A-Za-z]{6}|([^/.]+)\.[0-9a-f]{8}\.partial)", re.ASCII)


class ObjectKind(StrEnum):
    """What an object is.

    Attributes:
        LEFTOVER: of a write or a check that was interrupted.
        FOREIGN: not ours.
    """

    ARTIFACT = "artifact"
    LEFTOVER = "leftover"
    LEDGER = "ledger"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class StoredObject:
    """An object in the store.

    Attributes:
        size: bytes.
        written: seconds since 1970 on the store's clock.
    """

    path: str
    size: int
    written: float

    @property
    def sort(self) -> ObjectKind:
        return sort_of(self.path)

    @property
    def name(self) -> str:
        """An artifact's SHA-256."""
        return self.path.rpartition("/")[2]


def key(name: str) -> str:
    """Return where the artifact of that SHA-256 lies."""
    return f"sha256/{name[:2]}/{name}"


def probe() -> str:
    """Return a path for an object that is looked at and removed at once."""
    return f"probe-{secrets.token_hex(8)}"


def is_ledger(path: str) -> bool:
    """Return True for the object by which a ledger signs in."""
    return _LEDGER.fullmatch(path) is not None


def sort_of(path: str) -> ObjectKind:
    """Return its kind, by its path alone; anything unexpected is FOREIGN."""
    if _ARTIFACT.fullmatch(path):
        return ObjectKind.ARTIFACT
    if is_ledger(path):
        return ObjectKind.LEDGER
    whole = _UNFINISHED.sub("", path)
    if _PROBE.fullmatch(whole) or _SERVED.fullmatch(whole) or (whole != path and _is_ours(whole)):
        return ObjectKind.LEFTOVER
    copy = _COPIED.fullmatch(whole)
    ours = copy is not None and _is_ours(f"{copy[1]}{copy[2] or copy[3]}")
    return ObjectKind.LEFTOVER if ours else ObjectKind.FOREIGN


def _is_ours(path: str) -> bool:
    return _ARTIFACT.fullmatch(path) is not None or is_ledger(path)


class Inventory:
    """Lists and removes. Its methods raise what the client raises; see `ArtifactStore.inventory`."""

    def __init__(self, backend: "ObjectStore", folder: Path | None) -> None:
        self._backend = backend
        self._folder = folder

    def now(self) -> float:
        """Return the time on the store's own clock, by which `StoredObject.written` goes: that of an object written
        now."""
        path = probe()
        obstore.put(self._backend, path, b"now")
        try:
            return obstore.head(self._backend, path)["last_modified"].timestamp()
        finally:
            obstore.delete(self._backend, path)

    def entries(self) -> Iterator[StoredObject]:
        """Yield every object, in no order."""
        if self._folder is not None:
            yield from _files(self._folder)
            return
        for chunk in obstore.list(self._backend):
            for meta in chunk:
                yield StoredObject(meta["path"], int(meta["size"]), meta["last_modified"].timestamp())

    def find(self, name: str) -> StoredObject | None:
        """Return the artifact of that SHA-256, None if it isn't there."""
        path = key(name)
        try:
            if self._folder is not None:
                facts = (self._folder / path).lstat()
                return StoredObject(path, facts.st_size, facts.st_mtime)
            meta = obstore.head(self._backend, path)
        except FileNotFoundError:
            return None
        return StoredObject(path, int(meta["size"]), meta["last_modified"].timestamp())

    def remove(self, entry: StoredObject, until: float) -> bool:
        """Remove an artifact or a leftover, if it is (still) there and was not written after `until` (seconds since
        1970, the store's clock).

        Raises:
            ValueError: neither an artifact nor a leftover.
        """
        if entry.sort not in (ObjectKind.ARTIFACT, ObjectKind.LEFTOVER):
            raise ValueError(f"not to be removed: {entry.path!r}")
        try:
            if self._written(entry.path) > until:
                return False
            if self._folder is not None:
                return _unlink(self._folder / entry.path, until)
            obstore.delete(self._backend, entry.path)
        except FileNotFoundError:
            return False
        return True

    def _written(self, path: str) -> float:
        if self._folder is not None:
            return (self._folder / path).lstat().st_mtime
        return obstore.head(self._backend, path)["last_modified"].timestamp()


def _unlink(file: Path, until: float) -> bool:
    """Remove a file, unless it was written after `until`: looked at once more when nobody can renew it any longer."""
    # An unfinished file's name, so that it is known for what it is if we end here.
    aside = file.with_name(f"{_UNFINISHED.sub('', file.name)}#{secrets.randbits(40)}")
    file.rename(aside)
    old = aside.lstat().st_mtime <= until
    if not old:
        with contextlib.suppress(FileExistsError):
            os.link(aside, file)
    aside.unlink()
    return old


def _files(folder: Path) -> Iterator[StoredObject]:
    """List objects: the client's own listing leaves out unfinished files, and stops at a name that it cannot read."""
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            try:
                facts = file.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(facts.st_mode):
                yield StoredObject(file.relative_to(folder).as_posix(), facts.st_size, facts.st_mtime)
