"""Datasets as a person names them, looked up with a line of progress while a large image folder is read."""

import time

from prunesweep.core.images.folders import FoundDataset, candidates, find_dataset, packed_path
from prunesweep.core.jobs.answers import Progress
from prunesweep.core.jobs.programs import PACK
from prunesweep.core.jobs.requests import Pack
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console.output import flash
from prunesweep.orchestrator.torch_client import ask

_QUIET_SECONDS = 1.0


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
            if isinstance(event, Progress):
                flash(f"packing {found.text}: {event.done:,} of {event.total:,} images")
    finally:
        flash("")


def places(paths: tuple[str, ...], settings: Settings) -> list[str]:
    """Return every folder of this machine in which images that were submitted from `paths` may lie."""
    return list(candidates(paths, settings.image_folders))
