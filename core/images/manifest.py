"""What is known of an image folder's files from an earlier look: stamp → hash and facts, so that a folder in which
nothing changed is identified without being read.

One file for each folder and machine under `<data>/manifests/`, written whole or not at all: a line of JSON with what
was found of the whole folder and its seal (`prunesweep.core.images.seal`), and a line with the files. Of two that
write at once one wins, and what the other found is found again: a lost manifest costs time only. Nothing in it is
trusted whose file could have changed after it was read without its stamp showing it.
"""

import contextlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from prunesweep.core.images.image_file import Stamp
from prunesweep.core.io import whole_file

_VERSION = 2
_SETTLED = 2_000_000_000
"""Nanoseconds between a file's last change and its reading from which on a later change gives it another stamp,
whatever the clock of the file system (FAT counts 2 s)."""


class ImageFacts(NamedTuple):
    """What one file's bytes are; alike for most files.

    Attributes:
        width, height: pixels, 0 where it is unusable.
        fault, fix: why it is, or "".
        notes: how it is converted.
    """

    width: int
    height: int
    fault: str
    fix: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class KnownFiles:
    """What is known of files, by path. shas: SHA-256 of their bytes, "" where they could not be read."""

    stamps: Mapping[str, Stamp]
    shas: Mapping[str, str]
    facts: Mapping[str, ImageFacts]


NOTHING = KnownFiles({}, {}, {})


@dataclass(frozen=True)
class FolderSeal:
    """What was found in a sound folder, all of whose files are known.

    Attributes:
        counts: training and test images.
        all others: as in `prunesweep.core.images.inspection.Inspection`.
    """

    classes: tuple[str, ...]
    counts: tuple[int, int]
    size: tuple[int, int]
    identity: str
    notes: tuple[str, ...]
    mixed: str = ""


@dataclass(frozen=True)
class Manifest:
    """key: what the facts depend on besides the bytes; with another one everything is read again."""

    file: Path
    key: str

    def whole(self, seal: str | None) -> FolderSeal | None:
        """Return what was found of the folder under this seal; None if it was another one, or is not known."""
        try:
            with self.file.open("rb") as file:
                head = json.loads(file.readline())
            if seal is None or (head["version"], head["key"], head["seal"]) != (_VERSION, self.key, seal):
                return None
            return _whole(head["whole"])
        except _DAMAGED:
            return None

    def known(self) -> KnownFiles:
        """Return what is known of the files; nothing where there is no such file, or a damaged one."""
        try:
            head, body = self.file.read_bytes().split(b"\n", 1)
            facts = json.loads(head)
            same = (facts["version"], facts["key"]) == (_VERSION, self.key)
            return _unpacked(json.loads(body)) if same else NOTHING
        except _DAMAGED:
            return NOTHING


_DAMAGED = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError)


def manifest_of(data: Path, root: Path, key: str, share: str = "") -> Manifest:
    """Return the folder's manifest, which need not be there.

    Args:
        data: folder of datasets.
        root: the image folder, which is there.
        share: of its test images, where it is not divided: each has a manifest of its own.
    """
    place = root.resolve()
    what = f"{platform.node()}\0{place}\0{place.stat().st_dev}" + (f"\0{share}" if share else "")
    name = sha256(what.encode(errors="surrogateescape")).hexdigest()
    return Manifest(data / "manifests" / f"{name[:32]}.json", key)


def settled(stamp: Stamp, read_at: int) -> bool:
    """Return True if a change after `read_at` (nanoseconds since 1970) gives the file another stamp."""
    return not any(-_SETTLED < read_at - changed < _SETTLED for changed in stamp[1:3])


def save_manifest(
    manifest: Manifest, root: Path, known: KnownFiles, seal: str | None, whole: FolderSeal | None
) -> None:
    """Write these entries in place of what the file held; where it cannot be written, nothing happens.

    seal, whole: None = there is something about the folder, so that the next look lists it.
    """
    head = {"version": _VERSION, "key": manifest.key, "root": str(root)}
    head |= {"seal": seal, "whole": asdict(whole)} if whole else {"seal": None}
    body = "\n".join(json.dumps(part, separators=(",", ":")) for part in (head, _packed(known)))
    with contextlib.suppress(OSError):
        for folder in reversed((manifest.file.parent, *manifest.file.parent.parents)):
            folder.mkdir(exist_ok=True, mode=0o700)  # `parents` would leave those above open to all
        with whole_file(manifest.file, private=True) as file:
            file.write(body.encode())


def _whole(found: Mapping[str, Any]) -> FolderSeal:
    (train, test), (width, height) = found["counts"], found["size"]
    classes, notes = (tuple(map(str, found[name])) for name in ("classes", "notes"))
    facts = (classes, (int(train), int(test)), (int(width), int(height)), str(found["identity"]), notes)
    return FolderSeal(*facts, str(found.get("mixed", "")))


def _packed(known: KnownFiles) -> dict[str, Any]:
    """Return columns, as they are read faster than rows, and what many files share only once: 60,000 files in 9 MB."""
    shared: dict[ImageFacts, int] = {}
    paths = list(known.stamps)
    stamps = [list(column) for column in zip(*known.stamps.values(), strict=True)]
    places = [shared.setdefault(known.facts[path], len(shared)) for path in paths]
    columns = [paths, *stamps, [known.shas[path] for path in paths], places] if paths else []
    return {"shared": list(shared), "columns": columns}


def _unpacked(body: Mapping[str, Any]) -> KnownFiles:
    if not body["columns"]:
        return NOTHING
    shared = [
        ImageFacts(int(w), int(h), str(fault), str(fix), tuple(notes)) for w, h, fault, fix, notes in body["shared"]
    ]
    paths, size, mtime, ctime, inode, shas, places = body["columns"]
    return KnownFiles(
        dict(zip(paths, zip(size, mtime, ctime, inode, strict=True), strict=True)),
        dict(zip(paths, shas, strict=True)),
        dict(zip(paths, map(shared.__getitem__, places), strict=True)),
    )
