"""The inspection of a folder of Parquet shards: every image is decoded once; what was found is kept in a manifest, so
that shards in which nothing changed are known at once."""

import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from prunesweep.core.cpus import usable_cpus
from prunesweep.core.images.inspection import Inspection, resize_to
from prunesweep.core.images.manifest import NOTHING, FolderSeal, manifest_of, save_manifest, settled
from prunesweep.core.images.problems import Problems, count
from prunesweep.core.images.shards import Shards, identity_of, stamps, survey
from prunesweep.core.progress import CountDone

_AHEAD = 128
_REPORT_EVERY = 100
_Size = tuple[int, int]


def inspect_shards(
    root: Path, data: Path, progress: CountDone | None = None, with_files: bool = False, share: str = ""
) -> Inspection:
    """Inspect a folder of shards that is there; arguments as of `inspect_folder`.

    Raises:
        UserError: Pillow or pyarrow is missing.
    """
    from prunesweep.core.images.decoding import PILLOW, RULES

    manifest = manifest_of(data, root, f"parquet, rules {RULES}, Pillow {PILLOW}", f"parquet {share}")
    started, found = time.time_ns(), stamps(root)
    seal = sha256(repr(found).encode()).hexdigest()
    whole = manifest.whole(seal)
    faults, notes = Problems(), Problems()
    if whole is not None and not with_files:
        return _inspection(root, whole, None)
    try:
        shards = survey(root, tuple(found), share, faults, notes)
        if whole is not None:
            return _inspection(root, whole, shards)
        shas, sizes = _looked_at(shards, faults, notes, progress)
    except OSError as error:
        faults.say(str(error))
        return Inspection(root, (), (0, 0), (0, 0), "", faults.lines(), notes.lines())
    usual = max(sizes, key=lambda size: (sizes[size][0], size), default=(0, 0))
    mixed = _mixed(sizes, usual)
    identity = identity_of(RULES, shards, shas)
    whole = FolderSeal(shards.classes, shards.counts, usual, identity, notes.lines(), mixed)
    if not faults.lines() and all(settled(stamp, started) for stamp in found.values()) and stamps(root) == found:
        save_manifest(manifest, root, NOTHING, seal, whole)
    return _inspection(root, whole, shards, faults.lines())


def _inspection(root: Path, whole: FolderSeal, shards: Shards | None, faults: tuple[str, ...] = ()) -> Inspection:
    facts = (whole.classes, whole.counts, whole.size, whole.identity)
    return Inspection(root, *facts, faults, whole.notes, whole.mixed, shards=shards)


def _looked_at(
    shards: Shards, faults: Problems, notes: Problems, progress: CountDone | None
) -> tuple[list[str], dict[_Size, tuple[int, str]]]:
    """Return each image's hash, and size → how many have it and the first of them; faults and notes are added."""
    shas, sizes, firsts = [], Counter[_Size](), dict[_Size, str]()
    for done, (name, sha, size, problem, converted) in enumerate(_decoded(shards), start=1):
        shas.append(sha)
        if problem:
            faults.add(problem[0], name, problem[1], noun="row")
        else:
            sizes[size] += 1
            firsts.setdefault(size, name)
        for note in converted:
            notes.add(note, name, noun="row")
        if progress and (done % _REPORT_EVERY == 0 or done == len(shards.labels)):
            progress(done, len(shards.labels))
    return shas, {size: (number, firsts[size]) for size, number in sizes.items()}


_Look = tuple[str, str, _Size, tuple[str, str] | None, tuple[str, ...]]


def _decoded(shards: Shards) -> Iterator[_Look]:
    """Yield what each image is, in order; decoded by threads up to `_AHEAD` images ahead."""
    pool = ThreadPoolExecutor(usable_cpus(), thread_name_prefix="inspect")
    waiting: deque[Future[_Look]] = deque()
    try:
        for name, data in shards.rows():
            waiting.append(pool.submit(_look, name, data))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _look(name: str, data: bytes | None) -> _Look:
    from prunesweep.core.images.decoding import Unusable, decode

    if data is None:
        return name, "", (0, 0), ("without an image's bytes", "write the bytes of the files into the shards"), ()
    sha = sha256(data).hexdigest()
    try:
        made = decode(data)
    except Unusable as error:
        return name, sha, (0, 0), (error.phrase, error.fix), ()
    return name, sha, made.image.size, None, made.notes


def _mixed(sizes: dict[_Size, tuple[int, str]], usual: _Size) -> str:
    others = {size: found for size, found in sizes.items() if size != usual}
    if not others:
        return ""
    size, (_, name) = min(others.items(), key=lambda item: item[1][1])
    number = count(sum(number for number, _ in others.values()), "row")
    like = f"{number} not of {usual[0]}×{usual[1]} pixels like most, e.g. {name} ({size[0]}×{size[1]})"
    return f"{like}; {resize_to(usual)}"
