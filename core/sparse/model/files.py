"""Checksums inside files, and the header of safetensors files. The standard library alone."""

import json
import struct
from hashlib import sha256
from typing import Any

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
