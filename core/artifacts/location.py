"""From a store's URL to a client: which kind of store, where, and for how long the client retries."""

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from prunesweep.core.answer_time import ANSWER_SECONDS
from prunesweep.core.errors import UserError
from prunesweep.core.settings import mask

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

FIELD = "SWEEP_ARTIFACTS_URL"
_FIX = "use file:///FOLDER, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX"
_CREDENTIALS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_…)"
# Where cloud machines ask for credentials of their own, as a last resort.
_METADATA_HOST = "169.254.169.254"
_REFUSED = (PermissionDeniedError, UnauthenticatedError)
_S3_OPTIONS = ("endpoint", "region", "late")
_LATEST = 60.0
"""Seconds: a server that knows its own files later than that is no store."""


@dataclass(frozen=True)
class RetryLimits:
    """Seconds until a connection and a request are given up, and until nothing is tried again (0 = one try).

    read: seconds without a byte from the server after which a request is given up, that of a large upload excepted.
    """

    connect: float
    request: float
    total: float
    read: float = ANSWER_SECONDS


WORK = RetryLimits(connect=5, request=300, total=60, read=300)
"""Of those who train; a trainer begins a new wait then (`prunesweep.worker.trainer.artifact_store`). Credentials hold
for five minutes at least, and are not asked for again between two tries."""
PERSON = RetryLimits(connect=3, request=300, total=10)
"""Of commands: somebody waits for the answer."""
PROBE = RetryLimits(connect=2, request=3, total=0, read=3)


def connect(url: str, limits: RetryLimits) -> "tuple[ObjectStore, Path | None]":
    """Return the store of a URL and, for a local one, its folder, made when missing. Opens no connection.

    Raises:
        UserError: a URL that no store understands, or a folder that cannot be made.
    """
    parts = _split(url)
    if parts.scheme == "file":
        folder = _folder(parts, url)
        try:
            return LocalStore(folder, mkdir=True), folder
        except (BaseError, OSError) as error:
            raise UserError(FIELD, mask(url), f"the folder cannot be made: {reason(error)}") from None
    try:
        return _remote(parts, url, limits), None
    except BaseError as error:
        raise UserError(FIELD, mask(url), f"{reason(error)}; {_FIX}") from None


def lateness(url: str) -> float:
    """Return the seconds after which the store's server knows what others have written into its folder; 0 where it
    knows at once, as object stores do. An S3 URL says it: `?late=0.3`.

    Raises:
        UserError: no URL, or no such number.
    """
    given = dict(parse_qsl(_split(url).query, keep_blank_values=True)).get("late", "0")
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LATEST:
        raise UserError(FIELD, mask(url), f"late is a number of seconds from 0 to {_LATEST:g}, not {given!r}")
    return seconds


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
        raise UserError(FIELD, mask(url), "give an absolute folder, e.g. file:///data/artifacts")
    return Path(unquote(parts.path))


def _remote(parts: SplitResult, url: str, limits: RetryLimits) -> "ObjectStore":
    options = dict(parse_qsl(parts.query))
    known = _S3_OPTIONS if parts.scheme == "s3" else ()
    for name in options:
        if name not in known:
            raise UserError(FIELD, mask(url), f"unknown option {name!r}; known: {', '.join(known) or 'none'}")
    base = parts._replace(query="", fragment="").geturl()
    if parts.scheme == "gs":
        return GCSStore.from_url(base, client_options=_client(limits, http=False), retry_config=_retry(limits))
    if parts.scheme == "az":
        return AzureStore.from_url(base, client_options=_client(limits, http=False), retry_config=_retry(limits))
    endpoint = options.get("endpoint", "") or os.environ.get("AWS_ENDPOINT_URL", "")
    config: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
    if "region" in options:
        config["region"] = options["region"]
    client = _client(limits, http=endpoint.startswith("http://"))
    return S3Store.from_url(base, client_options=client, retry_config=_retry(limits), **config)


def _client(limits: RetryLimits, *, http: bool) -> "ClientConfig":
    return {
        "allow_http": http,
        "connect_timeout": timedelta(seconds=limits.connect),
        "timeout": timedelta(seconds=limits.request),
        "read_timeout": timedelta(seconds=limits.read),
    }


def _retry(limits: RetryLimits) -> "RetryConfig":
    """Tries are bounded by time: the client's waits grow slowly from one to the next, so that a count says little."""
    waits = {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=5), "base": 3}
    most = 1_000 if limits.total else 0
    return {"max_retries": most, "retry_timeout": timedelta(seconds=limits.total), "backoff": waits}  # type: ignore[typeddict-item]


def reason(error: Exception) -> str:
    """Return the first line of an error, shortened (the rest is the client's internals), without query strings (Azure's
    hold a signature) and without how long it took, so that it is the same each time. A server's own code, such as
    `AccessDenied`, comes first; a refusal names the variables to look at."""
    text = str(error).strip()
    lines = text.splitlines() or [type(error).__name__]
    if _METADATA_HOST in lines[0]:
        return f"no credentials found; set {_CREDENTIALS}"
    line = re.sub(r"\?\S+", "?***", lines[0].partition(": <?xml")[0])
    # Which object it was is in the URL, too.
    line = re.sub(r"^.* for path \S+: (?=Error performing )", "", line)
    line = re.sub(r" in [\d.]+ ?(ns|µs|ms|s)\b", "", line)[:300].strip()
    code = re.search(r"<Code>(\w{1,60})</Code>", text)
    if code is not None:
        line = f"{code[1]}: {line}"
    return f"{line}; check {_CREDENTIALS}" if isinstance(error, _REFUSED) else line
