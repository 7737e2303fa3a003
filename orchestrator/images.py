"""Datasets as a person names them, looked up with a line of progress while a large image folder is read."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prunesweep.core.errors import RETRY, StageError
from prunesweep.core.images.folders import FoundDataset, candidates, find_dataset, packed_path
from prunesweep.core.images.preprocessing import Preparation, differing, prepare_as_said
from prunesweep.core.jobs.answers import JobProgress
from prunesweep.core.jobs.programs import PACK
from prunesweep.core.jobs.requests import Pack
from prunesweep.core.plan.axes import parse_channels
from prunesweep.core.plan.datasets import folder_of, parse_share, read_size, with_normalisation
from prunesweep.core.plan.resize_rules import RESIZES, check_resize, parse_resize
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console.output import flash, note
from prunesweep.orchestrator.torch_client import ask

_QUIET_SECONDS = 1.0


@dataclass(frozen=True)
class ImageOptions:
    """What a command's options say of the images for files of weights; "" = nothing."""

    dataset: str
    image_size: str
    resize: str
    test_share: str
    mean: str
    std: str


def images_for(files: Sequence[Path], options: ImageOptions, settings: Settings) -> FoundDataset:
    """Return the dataset, its images prepared as asked, else as a file beside the first of the weights says; notes say
    so, and where another file of weights has it otherwise.

    Raises:
        UserError: an option that cannot be, no such dataset, or images that no rule resizes as the file says.
    """
    how, share = parse_resize(options.resize or RESIZES[0]), parse_share(options.test_share)
    channels = parse_channels(options.mean, "mean", zero=True), parse_channels(options.std, "std", zero=False)
    chosen = frozenset(name for name in ("image_size", "resize") if getattr(options, name))
    asked = Preparation(*channels, read_size(options.image_size or 0), how, chosen)
    resizes = folder_of(options.dataset) is not None
    used = prepare_as_said(files[0], asked, resizes=resizes)
    for line in (*used.notes, *(differing(path, used, resizes=resizes) for path in files)):
        if line:
            note(f"note: {line}")
    check_resize(used.resize, used.image_size)
    found = look_up(options.dataset, settings, size=used.image_size, resize=used.resize, share=share)
    for line in found.notes:
        note(f"note: {line}")
    return replace(found, ref=with_normalisation(found.ref, used.mean, used.std))


def look_up(
    value: object, settings: Settings, field: str = "dataset", size: int = 0, resize: str = "", share: str = ""
) -> FoundDataset:
    """Return the dataset of that name; an image folder is inspected.

    size, resize: side in pixels that its images are resized to, 0 = they are not, and how.
    share: of the test images, "" = the folder is divided.

    Raises:
        UserError: as for `prunesweep.core.images.folders.find_dataset`.
    """
    began, shown = time.monotonic(), False

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if time.monotonic() - began > _QUIET_SECONDS:
            shown = True
            flash(f"reading {folder_of(value)}: {done:,} of {total:,} files")

    try:
        return find_dataset(value, settings.data, field, progress, size, resize, share)
    finally:
        if shown:
            flash("")


def pack(found: FoundDataset, settings: Settings) -> None:
    """Pack a folder's images where a worker of this machine will look for them, with a line of progress; nothing where
    they are packed, or of a built-in dataset.

    Raises:
        StageError: the disk has no room, or a file has changed since it was inspected.
    """
    if not found.places or packed_path(found.ref, settings.data).exists():
        return
    request = Pack(found.ref, str(settings.data), tuple(found.places))
    try:
        for event in ask(PACK, request):
            if isinstance(event, JobProgress):
                flash(f"packing {found.text}: {event.done:,} of {event.total:,} images")
    except StageError as error:  # nothing is submitted yet that could be tried again
        raise StageError(str(error).replace(RETRY, "then give the command again")) from None
    finally:
        flash("")


def places(paths: tuple[str, ...], settings: Settings) -> list[str]:
    """Return every folder of this machine in which images that were submitted from `paths` may lie."""
    return list(candidates(paths, settings.image_folders))
