"""What goes to a store's server and comes from it: whole or not at all, with its progress."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import obstore
from obstore.exceptions import BaseError, NotSupportedError

from prunesweep.core.progress import CountDone
from prunesweep.core.traffic import Traffic, followed

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import ObjectStore

_PIECE = 2**20
"""Bytes between two signs of progress."""


def upload(backend: "ObjectStore", path: str, data: bytes, progress: CountDone | None) -> None:
    """Upload in one request, whole or not at all: parts of a multipart upload that was cut off would stay for ever.

    First only if nothing is there. Where that is refused (it is there, or the server knows no such condition) or
    no answer comes (the client does not repeat it: it may have arrived) the same bytes are written over.
    """
    watched = None if progress is None or len(data) <= _PIECE else _counted(progress, len(data))

    def send(mode: Literal["create", "overwrite"]) -> None:
        act = partial(obstore.put, backend, path, data, mode=mode, use_multipart=False)
        if watched is None:
            act()
        else:
            followed(act, watched)

    try:
        send("create")
    except (BaseError, OSError):
        send("overwrite")


def _counted(progress: CountDone, size: int) -> Callable[[Traffic], None]:
    """Return a callback that reports the progress of an upload of so many bytes; headers and TLS count with it, so it
    is never more than all."""
    return lambda seen: progress(min(seen.sent, size), size)


def read_all(found: "GetResult", progress: CountDone | None) -> bytes:
    """Return all bytes of an object. progress: called with (bytes read, all bytes)."""
    size = int(found.meta["size"])
    if progress is None or size <= _PIECE:
        return bytes(found.bytes())
    data = bytearray()
    for piece in found.stream(_PIECE):
        data += piece
        progress(len(data), size)
    return bytes(data)


def create(backend: "ObjectStore", path: str, data: bytes) -> None:
    """Create it atomically; a plain write on a store without conditional ones.

    Raises:
        AlreadyExistsError: the object is there.
    """
    try:
        # One request: a multipart upload cannot be made conditional.
        obstore.put(backend, path, data, mode="create", use_multipart=False)
    except NotSupportedError:
        obstore.put(backend, path, data)
