"""The one inspection of an image folder, for `doctor`, `submit`, `run` and the worker alike: what it holds, whether it
can be used, and its identity.

Every file is read and decoded once; what was found is kept in a manifest, so that the next inspection only looks
whether anything changed: first in the folder as a whole, by its seal, and then file by file.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from prunesweep.core.collector import collector_paused
from prunesweep.core.images.image_file import ImageFile
from prunesweep.core.images.listing import SPLITS, FolderListing, list_folder
from prunesweep.core.images.manifest import FolderSeal, ImageFacts, KnownFiles, manifest_of, save_manifest, settled
from prunesweep.core.images.problems import Problems, count, joined, shown
from prunesweep.core.images.seal import seal
from prunesweep.core.images.shards import Shards
from prunesweep.core.progress import CountDone

_CHUNK = 64
_LEAST_THREADS = 4
_SIDES = (32, 64, 96, 128, 224)
"""Sizes that are proposed for images of several sizes."""


@dataclass(frozen=True)
class SplitFiles:
    """The files of both splits and their hashes.

    Attributes:
        train, test: in the order in which they are packed.
        shas: SHA-256 of each file's bytes, by its path.
    """

    train: tuple[ImageFile, ...]
    test: tuple[ImageFile, ...]
    shas: Mapping[str, str]


@dataclass(frozen=True)
class Inspection:
    """What a look at every file of an image folder found.

    Attributes:
        root: the folder.
        classes: sorted.
        counts: training and test images.
        size: (width, height) of the images in pixels, (0, 0) if there are none.
        identity: SHA-256 over the decoding rules and every file's name and bytes; classes are parts of names.
        faults: what makes it unusable, one line each.
        notes: what was left out or converted, one line each.
        mixed: the line on images of other sizes than most, "" = all are of one: a fault unless they are resized.
        files: None where the folder was known as a whole, and nobody asked for them.
        shards: of a folder of Parquet shards, in place of files.
    """

    root: Path
    classes: tuple[str, ...]
    counts: tuple[int, int]
    size: tuple[int, int]
    identity: str
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    mixed: str = ""
    files: SplitFiles | None = field(default=None, compare=False, repr=False)
    shards: Shards | None = field(default=None, compare=False, repr=False)

    @property
    def summary(self) -> str:
        """`50,000 training and 10,000 test images of 32×32, 10 classes`."""
        counts = f"{self.counts[0]:,} training and {self.counts[1]:,} test images"
        sizes = "several sizes" if self.mixed else f"{self.size[0]}×{self.size[1]}"
        return f"{counts} of {sizes}, {count(len(self.classes), 'class')}"

    def faults_at(self, size: int) -> tuple[str, ...]:
        """Return what makes it unusable where its images are resized to that size; 0 = not at all."""
        return self.faults if size or not self.mixed else (*self.faults, self.mixed)

    def complaint(self, size: int) -> str:
        """Return all these faults in one line."""
        return joined(self.faults_at(size))


def inspect_folder(
    root: Path, data: Path, progress: CountDone | None = None, with_files: bool = False, share: str = ""
) -> Inspection:
    """Inspect a folder that is there.

    Args:
        data: folder of datasets, which keeps the manifest.
        progress: called while files are read.
        with_files: list them even where nothing has changed.
        share: of the test images, where the folder is not divided.

    Raises:
        UserError: Pillow is missing.
    """
    from prunesweep.core.images.decoding import PILLOW, RULES

    manifest = manifest_of(data, root, f"rules {RULES}, Pillow {PILLOW}", share)
    with collector_paused():  # a third of the time that an unchanged folder takes
        sealed = seal(root, bool(share))
        whole = manifest.whole(sealed)
        if whole is not None and not with_files:
            return Inspection(root, whole.classes, whole.counts, whole.size, whole.identity, (), whole.notes)
        listing = list_folder(root, share)
        old = manifest.known()
    files = listing.files
    known, read = _known(root, files, old, progress)
    usual, mixed = _judge(listing, files, known.facts)
    train, test = (tuple(listing.splits[split]) for split in SPLITS)
    found = Inspection(
        root=root,
        classes=listing.classes,
        counts=(len(train), len(test)),
        size=usual,
        identity=_identity(RULES, files, known.shas),
        faults=listing.faults.lines(),
        notes=listing.notes.lines(),
        mixed=mixed,
        files=SplitFiles(train, test, known.shas),
    )
    if whole is None:
        whole = _whole(found, known, sealed)
        if whole is not None and seal(root, bool(share)) != sealed:
            whole = None  # something happened since
        if read or whole is not None:
            save_manifest(manifest, root, known, sealed, whole)
    return found


def _whole(found: Inspection, known: KnownFiles, sealed: str | None) -> FolderSeal | None:
    """Return what was found as a whole if the folder is sound and every file's stamp can be trusted. One of several
    sizes is listed at each look."""
    if sealed is None or found.faults_at(0) or len(known.stamps) != sum(found.counts):
        return None
    return FolderSeal(found.classes, found.counts, found.size, found.identity, found.notes)


def _known(
    root: Path, files: Sequence[ImageFile], old: KnownFiles, progress: CountDone | None
) -> tuple[KnownFiles, bool]:
    """Return what is known of every file, and whether that differs from `old`; what is new or has changed is read."""
    missing = [file for file in files if old.stamps.get(file.path) != file.stamp]
    if not missing and len(files) == len(old.stamps):
        return old, False
    shas, facts = dict(old.shas), dict(old.facts)
    stamps = {file.path: file.stamp for file in files}
    for path, sha, found, trusted in _read_all(root, missing, progress):
        shas[path], facts[path] = sha, found
        if not trusted:
            del stamps[path]
    return KnownFiles(stamps, shas, facts), True


def _read_all(
    root: Path, files: Sequence[ImageFile], progress: CountDone | None
) -> Iterable[tuple[str, str, ImageFacts, bool]]:
    """Read files in threads: hashing, decoding and waiting for the disk all leave Python's lock."""
    if not files:
        return
    chunks = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    pool = ThreadPoolExecutor(max(_LEAST_THREADS, os.cpu_count() or 1), thread_name_prefix="inspect")
    done = 0
    try:
        for found in pool.map(lambda chunk: [_read(root, file) for file in chunk], chunks):
            done += len(found)
            if progress:
                progress(done, len(files))
            yield from found
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read(root: Path, file: ImageFile) -> tuple[str, str, ImageFacts, bool]:
    """Return a file's path, its hash, its facts, and whether these will hold as long as its stamp does."""
    from prunesweep.core.images.decoding import Unusable, decode

    started = time.time_ns()
    try:
        data = (root / file.path).read_bytes()
        after = (root / file.path).stat()
    except OSError as error:
        facts = ImageFacts(0, 0, f"that cannot be read ({error.strerror})", "make them readable", ())
        return file.path, "", facts, False
    same = (after.st_size, after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == file.stamp
    trusted = same and len(data) == file.stamp[0] and settled(file.stamp, started)
    try:
        image = decode(data)
        facts = ImageFacts(*image.image.size, "", "", image.notes)
    except Unusable as error:
        facts = ImageFacts(0, 0, error.phrase, error.fix, ())
    return file.path, sha256(data).hexdigest(), facts, trusted


def _judge(
    listing: FolderListing, files: Sequence[ImageFile], known: Mapping[str, ImageFacts]
) -> tuple[tuple[int, int], str]:
    """Add what the files' contents say to faults and notes; the size that most images have, and the line on those of
    others, "" where there are none."""
    kinds = Counter(known[file.path] for file in files)
    sizes: Counter[tuple[int, int]] = Counter()
    for facts, number in kinds.items():
        if not facts.fault:
            sizes[facts.width, facts.height] += number
    usual = max(sizes, key=lambda size: (sizes[size], size), default=(0, 0))
    mixed = Problems()
    odd = {facts for facts in kinds if facts.fault or facts.notes or (facts.width, facts.height) != usual}
    for file in files if odd else ():
        facts = known[file.path]
        if facts.fault:
            listing.faults.add(facts.fault, file.name, facts.fix)
        elif (facts.width, facts.height) != usual:
            name = f"{shown(file.name)} ({facts.width}×{facts.height})"
            mixed.add(f"not of {usual[0]}×{usual[1]} pixels like most", name, resize_to(usual))
        for note in facts.notes:
            listing.notes.add(note, file.name)
    return usual, joined(mixed.lines())


def resize_to(usual: tuple[int, int]) -> str:
    """Return what to do about images of several sizes: the option, with a size that fits them."""
    side = min((side for side in _SIDES if side >= min(usual)), default=_SIDES[-1])
    return f"resize all of them to one size: --image-size {side}"


def _identity(rules: int, files: Sequence[ImageFile], shas: Mapping[str, str]) -> str:
    # Neither part can hold what separates them: names hold no NUL, and a hash has 64 digits.
    body = "".join([f"{file.name}\0{shas[file.path]}\n" for file in files])
    return sha256(f"image folder, rules {rules}\n{body}".encode()).hexdigest()
