"""Files that appear whole or not at all, and the header of safetensors files. The standard library alone."""

import contextlib
import json
import os
import struct
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from prunesweep.core.errors import UserError


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write into; it takes its name `path` when all is written and safe, and leaves nothing otherwise.

    Raises:
        UserError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise UserError("file", path, f"cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


BLANK = "0" * 64
"""Stands where a file's checksum will be."""


def sealed(data: bytes) -> bytes:
    """Return the file with its checksum, the SHA-256 of all its bytes, in place of the first `BLANK`."""
    return data.replace(BLANK.encode(), sha256(data).hexdigest().encode(), 1)


def seal_holds(data: bytes, checksum: str) -> bool:
    """Return whether these are the bytes that `sealed` gave, with this checksum in them."""
    written = checksum.encode()
    blank = data.replace(written, BLANK.encode(), 1)
    return len(written) == len(BLANK) and data.count(written) == 1 and sha256(blank).hexdigest() == checksum


def metadata_entry(data: bytes, entry: str) -> Any:
    """Return the JSON that a safetensors file holds under that entry of its metadata. Any exception means: it holds
    none."""
    # safetensors starts with its own header's length, 8 bytes, little-endian.
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"][entry])
