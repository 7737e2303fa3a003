"""What is known of an image folder's files from an earlier look: stamp → hash and facts, so that a folder in which
nothing changed is identified without being read.

One JSON file for each folder and machine under `<data>/manifests/`, written whole or not at all. Of two that write at
once one wins, and what the other found is found again: a lost manifest costs time only. Nothing in it is trusted whose
file could have changed after it was read without its stamp showing it.
"""

import contextlib
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from core.images.listing import Stamp

_VERSION = 1
_SETTLED = 2_000_000_000
"""Nanoseconds between a file's last change and its reading from which on a later change gives it another stamp,
whatever the clock of the file system (FAT counts 2 s)."""


class Facts(NamedTuple):
    """What one file's bytes are; alike for most files. width, height: pixels, 0 where it is unusable · fault, fix: why
    it is, or "" · notes: how it is converted."""

    width: int
    height: int
    fault: str
    fix: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is known of files, by path. shas: SHA-256 of their bytes, "" where they could not be read."""

    stamps: Mapping[str, Stamp]
    shas: Mapping[str, str]
    facts: Mapping[str, Facts]


@dataclass(frozen=True)
class Manifest:
    """key: what the facts depend on besides the bytes; with another one everything is read again."""

    file: Path
    key: str
    known: Known


def open_manifest(data: Path, root: Path, key: str) -> Manifest:
    """Read the folder's manifest; an empty one if there is none, it is damaged, or its key is another.

    data: folder of datasets · root: the image folder, which is there.
    """
    place = root.resolve()
    name = sha256(f"{platform.node()}\0{place}\0{place.stat().st_dev}".encode(errors="surrogateescape")).hexdigest()
    file = data / "manifests" / f"{name[:32]}.json"
    try:
        known = _unpacked(json.loads(file.read_bytes()), key)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        known = Known({}, {}, {})
    return Manifest(file, key, known)


def settled(stamp: Stamp, read_at: int) -> bool:
    """True if a change after `read_at` (nanoseconds since 1970) gives the file another stamp."""
    return not any(-_SETTLED < read_at - changed < _SETTLED for changed in stamp[1:3])


def save_manifest(manifest: Manifest, root: Path, known: Known) -> None:
    """Write these entries in place of what the file held; where it cannot be written, nothing happens."""
    body = json.dumps(_packed(manifest.key, str(root), known), separators=(",", ":"))
    with contextlib.suppress(OSError):
        for folder in reversed((manifest.file.parent, *manifest.file.parent.parents)):
            folder.mkdir(exist_ok=True, mode=0o700)  # `parents` would leave those above open to all
        handle, temporary = tempfile.mkstemp(dir=manifest.file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(body)
            Path(temporary).replace(manifest.file)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _packed(key: str, root: str, known: Known) -> dict[str, Any]:
    """Columns, as they are read faster than rows, and what many files share only once: 60,000 files in 9 MB."""
    shared: dict[Facts, int] = {}
    paths = list(known.stamps)
    stamps = [list(column) for column in zip(*known.stamps.values(), strict=True)]
    places = [shared.setdefault(known.facts[path], len(shared)) for path in paths]
    columns = [paths, *stamps, [known.shas[path] for path in paths], places] if paths else []
    return {"version": _VERSION, "key": key, "root": root, "shared": list(shared), "columns": columns}


def _unpacked(body: Mapping[str, Any], key: str) -> Known:
    if body["version"] != _VERSION or body["key"] != key or not body["columns"]:
        return Known({}, {}, {})
    shared = [Facts(int(w), int(h), str(fault), str(fix), tuple(notes)) for w, h, fault, fix, notes in body["shared"]]
    paths, size, mtime, ctime, inode, shas, places = body["columns"]
    return Known(
        dict(zip(paths, zip(size, mtime, ctime, inode, strict=True), strict=True)),
        dict(zip(paths, shas, strict=True)),
        dict(zip(paths, map(shared.__getitem__, places), strict=True)),
    )
