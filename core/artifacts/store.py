"""Where artifacts lie: a content-addressed store on a local folder, S3, Google Cloud Storage or Azure.

An artifact's name is the SHA-256 of its bytes, so its content never changes, and is checked when read.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from prunesweep.core.artifacts.inventory import Inventory, is_ledger, key, probe
from prunesweep.core.artifacts.location import FIELD, PROBE, WORK, RetryLimits, connect, lateness, reason
from prunesweep.core.artifacts.stored_file import set_aside, write_file
from prunesweep.core.artifacts.transfer import create, read_all, upload
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.private import make_private
from prunesweep.core.progress import CountDone
from prunesweep.core.settings import mask

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class StoreAway(OSError):
    """The store did not answer, or refused us; trying again later may help."""


_Answer = TypeVar("_Answer")
_LARGE = 2**20
"""Bytes that may take a while to send."""


class ArtifactStore:
    """Bytes by their SHA-256. Safe for many writers: an object appears whole or not at all."""

    def __init__(
        self, backend: "ObjectStore", folder: Path | None, url: str, late: float = 0.0, limits: RetryLimits = WORK
    ) -> None:
        """late: see `prunesweep.core.artifacts.location.lateness`."""
        self._backend = backend
        self._limits = limits
        self._late = late
        self._folder = folder
        self._url = url
        self._shown = mask(url)

    @classmethod
    def open(cls, url: str, home: Path, limits: RetryLimits = WORK) -> "ArtifactStore":
        """Return the store at `url`; "" means `home`/artifacts, made when missing. Credentials come from the
        environment (AWS_*, GOOGLE_*, AZURE_*); an S3 URL may carry `?endpoint=http://host:port&region=name`, and
        `&late=0.3` (`prunesweep.core.artifacts.location.lateness`).

        limits: for how long an unreachable server is retried: `WORK` for who trains, `PERSON` for who is waited for.

        Raises:
            UserError: a URL that no store understands, or a folder that cannot be made.
        """
        url = url.strip() or _own_folder(home).as_uri()
        backend, folder = connect(url, limits)
        return cls(backend, folder, url, lateness(url), limits)

    @property
    def shown(self) -> str:
        """The store's URL without secrets."""
        return self._shown

    def put(self, data: bytes, progress: CountDone | None = None) -> tuple[str, int]:
        """Store `data`; return its SHA-256 in hex and its size in bytes.

        What is there already is replaced if it is damaged, and counts as written now: `sweep gc` takes old objects
        only, and nothing may refer to this one yet.

        progress: called twice a second with (bytes that a server has, all bytes).

        Raises:
            StoreAway: the store cannot be reached or written; nothing is left of what was half written.
        """
        name = sha256(data).hexdigest()
        with self._answering("write"):
            if self._folder is None:
                upload(self._uploader(len(data)), key(name), data, progress)
            else:
                self._check_folder()
                write_file(self._backend, self._folder, name, data)
        return name, len(data)

    def _uploader(self, size: int) -> "ObjectStore":
        """Return the client for so many bytes: while it sends, it counts the time in which the server says nothing."""
        if size <= _LARGE or self._limits.read >= self._limits.request:
            return self._backend
        return connect(self._url, replace(self._limits, read=self._limits.request))[0]

    def get(self, name: str, progress: CountDone | None = None) -> bytes:
        """Return the bytes whose SHA-256 is `name`.

        progress: called with (bytes read, all bytes) while a server sends them.

        Raises:
            StageError: no such artifact, or its bytes have another hash.
            StoreAway: the store cannot be reached or read.
        """
        with self._answering("read"):
            try:
                data = self._read(key(name), progress)
            except FileNotFoundError:
                self._check_folder()
                raise StageError(f"artifact {name[:12]} is not in the store ({self._shown})") from None
        found = sha256(data).hexdigest()
        if found != name:
            raise StageError(f"artifact {name[:12]} has a wrong hash: its bytes hash to {found[:12]} ({self._shown})")
        return data

    def _read(self, path: str, progress: CountDone | None) -> bytes:
        return read_all(self._asked(lambda: obstore.get(self._backend, path)), progress)

    def _asked(self, ask: Callable[[], _Answer]) -> _Answer:
        """Return what the store answers of an object. A server that may know it a moment later is asked again then:
        that of `sweep serve` looks into its folder ten times a second, for what the host writes there itself
        (`orchestrator/serving/store.py`)."""
        try:
            return ask()
        except FileNotFoundError:
            if not self._late:
                raise
            time.sleep(self._late)
            return ask()

    def size(self, name: str) -> int | None:
        """Return the size in bytes, or None if there is no such artifact. Does not read it.

        Raises:
            StoreAway: the store cannot be reached.
        """
        with self._answering("read"):
            try:
                return int(self._asked(lambda: obstore.head(self._backend, key(name)))["size"])
            except FileNotFoundError:
                self._check_folder()
                return None

    def exists(self, name: str) -> bool:
        """Return True if the artifact is there (its hash is checked by `get` only).

        Raises:
            StoreAway: the store cannot be reached.
        """
        return self.size(name) is not None

    def check_room(self, size: int) -> None:
        """Return if an object of `size` bytes could be written now: on a disk so much is really set aside for a
        moment, which limits and quotas see as well; a server is asked to take a small object.

        Raises:
            StoreAway: it could not; says why.
        """
        with self._answering("write"):
            if self._folder is None:
                path = probe()
                obstore.put(self._backend, path, b"prunesweep", use_multipart=False)
                obstore.delete(self._backend, path)
            else:
                set_aside(self._folder / probe(), size)

    def delete(self, name: str) -> None:
        """Remove an artifact; if there is none, that is as well.

        Raises:
            StoreAway: the store cannot be reached or written.
        """
        with self._answering("delete from"), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._backend, key(name))

    def sign_in(self, ledger_id: str) -> None:
        """Leave the ledger's name in the store, where `ledgers` finds it. Does nothing when it is there.

        ledger_id: 32 hex digits, see `prunesweep.core.ledger.db.identity`.

        Raises:
            StoreAway: the store cannot be reached or written.
        """
        if not is_ledger(f"ledgers/{ledger_id}"):
            raise ValueError(f"not a ledger's name: {ledger_id!r}")
        with self._answering("write"), contextlib.suppress(AlreadyExistsError):
            create(self._backend, f"ledgers/{ledger_id}", b"prunesweep ledger\n")

    def ledgers(self) -> frozenset[str]:
        """Return the names of all ledgers that have signed in.

        Raises:
            StoreAway: the store cannot be reached.
        """
        with self._answering("read"):
            self._check_folder()
            paths = [meta["path"] for chunk in obstore.list(self._backend, "ledgers") for meta in chunk]
        return frozenset(path.rpartition("/")[2] for path in paths if is_ledger(path))

    @contextmanager
    def inventory(self) -> Iterator[Inventory]:
        """Yield all objects, for those who clear away.

        Raises:
            StoreAway: the store cannot be reached, now or within the block.
        """
        with self._answering("clear away in"):
            self._check_folder()
            yield Inventory(self._backend, self._folder)

    def check(self) -> str:
        """Writes, reads and deletes a small object, within seconds; returns the store's URL, masked.

        Raises:
            UserError: it cannot be used; says why, without secrets.
        """
        backend, _ = connect(self._url, PROBE)
        path, data = probe(), b"prunesweep"
        try:
            create(backend, path, data)
            found = bytes(obstore.get(backend, path).bytes())
            obstore.delete(backend, path)
        except (BaseError, OSError) as error:
            raise UserError(FIELD, self._shown, f"cannot be used: {reason(error)}") from None
        if found != data:
            raise UserError(FIELD, self._shown, "gave back other bytes than were written")
        return self._shown

    def _check_folder(self) -> None:
        """Raise StoreAway where the store's own folder is gone: a disk or share that is not mounted says nothing about
        the artifact that is looked for, and must not be written around."""
        if self._folder is not None and not self._folder.is_dir():
            raise StoreAway(f"the artifact store's folder {self._folder} is not there; mount it, or make it again")

    @contextmanager
    def _answering(self, verb: str) -> Iterator[None]:
        try:
            yield
        except StoreAway:
            raise
        except (BaseError, OSError) as error:
            raise StoreAway(f"cannot {verb} the artifact store {self._shown}: {reason(error)}") from error


def _own_folder(home: Path) -> Path:
    """Return the store of those who name none: private, like all that is kept under SWEEP_HOME."""
    folder = home / "artifacts"
    try:
        make_private(folder)
    except OSError as error:
        raise UserError("SWEEP_HOME", folder, f"cannot be made: {error.strerror}") from None
    return folder
