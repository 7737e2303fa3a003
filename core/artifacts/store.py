"""Where artifacts lie: a content-addressed store on a local folder, S3, Google Cloud Storage or Azure.

An artifact's name is the SHA-256 of its bytes, so it is written once, never changed, and checked when read.
"""

import contextlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from core.errors import StageError, UserError
from core.settings import mask

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

FIELD = "SWEEP_ARTIFACTS_URL"
_FIX = "use file:///FOLDER, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX"
_CREDENTIALS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_…)"
# Where cloud machines ask for credentials of their own, as a last resort.
_METADATA_HOST = "169.254.169.254"
_S3_OPTIONS = ("endpoint", "region")


class StoreAway(OSError):
    """The store did not answer, or refused us; trying again later may help."""


@dataclass(frozen=True)
class _Patience:
    """Seconds until a connection, a request and a series of retries are given up."""

    connect: float
    request: float
    retries: int
    total: float


_WORK = _Patience(connect=5, request=300, retries=6, total=60)
_PROBE = _Patience(connect=2, request=3, retries=0, total=3)


class ArtifactStore:
    """Bytes by their SHA-256. Safe for many writers: an object appears whole or not at all."""

    def __init__(self, backend: "ObjectStore", folder: Path | None, url: str) -> None:
        self._backend = backend
        self._folder = folder
        self._url = url
        self._shown = mask(url)

    @classmethod
    def open(cls, url: str, home: Path) -> "ArtifactStore":
        """The store at `url`; "" means `home`/artifacts, made when missing. Credentials come from the environment
        (AWS_*, GOOGLE_*, AZURE_*); an S3 URL may carry `?endpoint=http://host:port&region=name`.

        Raises:
            UserError: a URL that no store understands, or a folder that cannot be made.
        """
        url = url.strip() or (home / "artifacts").as_uri()
        backend, folder = _connect(url, _WORK)
        return cls(backend, folder, url)

    def put(self, data: bytes) -> tuple[str, int]:
        """Stores `data`; returns its SHA-256 in hex and its size in bytes. Storing it again changes nothing.

        Raises:
            StoreAway: the store cannot be reached or written.
        """
        name = sha256(data).hexdigest()
        path = _key(name)
        try:
            _create(self._backend, path, data)
        except AlreadyExistsError:
            self._heal(name, data)
        except (BaseError, OSError) as error:
            raise self._away("write", error) from error
        self._sync(path)
        return name, len(data)

    def get(self, name: str) -> bytes:
        """The bytes whose SHA-256 is `name`.

        Raises:
            StageError: no such artifact, or its bytes have another hash.
            StoreAway: the store cannot be reached or read.
        """
        data = self._read(name)
        found = sha256(data).hexdigest()
        if found != name:
            raise StageError(f"artifact {name[:12]} has a wrong hash: its bytes hash to {found[:12]} ({self._shown})")
        return data

    def size(self, name: str) -> int | None:
        """Size in bytes, or None if there is no such artifact. Does not read it.

        Raises:
            StoreAway: the store cannot be reached.
        """
        try:
            return int(obstore.head(self._backend, _key(name))["size"])
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._away("read", error) from error

    def exists(self, name: str) -> bool:
        """True if the artifact is there (its hash is checked by `get` only).

        Raises:
            StoreAway: the store cannot be reached.
        """
        return self.size(name) is not None

    def check(self) -> str:
        """Writes, reads and deletes a small object, within seconds; returns the store's URL, masked.

        Raises:
            UserError: it cannot be used; says why, without secrets.
        """
        backend, _ = _connect(self._url, _PROBE)
        path, data = f"probe/{secrets.token_hex(8)}", b"prunesweep"
        try:
            _create(backend, path, data)
            found = bytes(obstore.get(backend, path).bytes())
            obstore.delete(backend, path)
        except (BaseError, OSError) as error:
            raise UserError(FIELD, self._shown, f"cannot be used: {_reason(error)}") from None
        if found != data:
            raise UserError(FIELD, self._shown, "gave back other bytes than were written")
        return self._shown

    def _read(self, name: str) -> bytes:
        try:
            return bytes(obstore.get(self._backend, _key(name)).bytes())
        except FileNotFoundError:
            raise StageError(f"artifact {name[:12]} is not in the store ({self._shown})") from None
        except (BaseError, OSError) as error:
            raise self._away("read", error) from error

    def _heal(self, name: str, data: bytes) -> None:
        """The object is there already: replaces it if it is damaged (cut off by a power loss, say)."""
        with contextlib.suppress(StageError):
            self.get(name)
            return
        try:
            obstore.put(self._backend, _key(name), data)
        except (BaseError, OSError) as error:
            raise self._away("write", error) from error

    def _sync(self, path: str) -> None:
        """Asks the disk to keep a local object before the ledger says that it exists."""
        if self._folder is None:
            return
        target = self._folder / path
        for place in (target, target.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _away(self, verb: str, error: Exception) -> StoreAway:
        return StoreAway(f"cannot {verb} the artifact store {self._shown}: {_reason(error)}")


def _key(name: str) -> str:
    return f"sha256/{name[:2]}/{name}"


def _create(backend: "ObjectStore", path: str, data: bytes) -> None:
    """Atomic create. A store without conditional writes gets a plain one: the content is the same by its name.

    Raises:
        AlreadyExistsError: the object is there.
    """
    try:
        # One request: a multipart upload cannot be made conditional.
        obstore.put(backend, path, data, mode="create", use_multipart=False)
    except NotSupportedError:
        obstore.put(backend, path, data)


def _connect(url: str, patience: _Patience) -> "tuple[ObjectStore, Path | None]":
    """The store of a URL and, for a local one, its folder. Opens no connection."""
    parts = _split(url)
    if parts.scheme == "file":
        folder = _folder(parts, url)
        try:
            return LocalStore(folder, mkdir=True), folder
        except (BaseError, OSError) as error:
            raise UserError(FIELD, url, f"the folder cannot be made: {_reason(error)}") from None
    try:
        return _remote(parts, url, patience), None
    except BaseError as error:
        raise UserError(FIELD, mask(url), f"{_reason(error)}; {_FIX}") from None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UserError(FIELD, mask(url), _FIX) from None
    if parts.scheme not in ("file", "s3", "gs", "az") or (parts.scheme != "file" and not parts.netloc):
        raise UserError(FIELD, mask(url), _FIX)
    if parts.username is not None or parts.password is not None:
        raise UserError(FIELD, mask(url), "credentials belong in the environment (AWS_*, GOOGLE_*, AZURE_*)")
    return parts


def _folder(parts: SplitResult, url: str) -> Path:
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/") or parts.query:
        raise UserError(FIELD, url, "give an absolute folder, e.g. file:///data/artifacts")
    return Path(unquote(parts.path))


def _remote(parts: SplitResult, url: str, patience: _Patience) -> "ObjectStore":
    options = dict(parse_qsl(parts.query))
    known = _S3_OPTIONS if parts.scheme == "s3" else ()
    for name in options:
        if name not in known:
            raise UserError(FIELD, mask(url), f"unknown option {name!r}; known: {', '.join(known) or 'none'}")
    base = parts._replace(query="", fragment="").geturl()
    if parts.scheme == "gs":
        return GCSStore.from_url(base, client_options=_client(patience, http=False), retry_config=_retry(patience))
    if parts.scheme == "az":
        return AzureStore.from_url(base, client_options=_client(patience, http=False), retry_config=_retry(patience))
    endpoint = options.get("endpoint", "") or os.environ.get("AWS_ENDPOINT_URL", "")
    config: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
    if "region" in options:
        config["region"] = options["region"]
    client = _client(patience, http=endpoint.startswith("http://"))
    return S3Store.from_url(base, client_options=client, retry_config=_retry(patience), **config)


def _client(patience: _Patience, *, http: bool) -> "ClientConfig":
    return {
        "allow_http": http,
        "connect_timeout": timedelta(seconds=patience.connect),
        "timeout": timedelta(seconds=patience.request),
    }


def _retry(patience: _Patience) -> "RetryConfig":
    return {"max_retries": patience.retries, "retry_timeout": timedelta(seconds=patience.total)}


def _reason(error: Exception) -> str:
    """The first line of an error, shortened (the rest is the client's internals), without query strings (Azure's
    hold a signature)."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if _METADATA_HOST in lines[0]:
        return f"no credentials found; set {_CREDENTIALS}"
    return re.sub(r"\?\S+", "?***", lines[0])[:300].strip()
