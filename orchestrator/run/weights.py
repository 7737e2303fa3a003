"""`--weights`: given weights become a checkpoint in the artifact store before the sweep is written."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from prunesweep.core.artifacts.location import PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.images.preprocessing import Preparation, prepare_as_said
from prunesweep.core.jobs.answers import Imported, JobProgress, Note
from prunesweep.core.jobs.programs import IMPORT_WEIGHTS
from prunesweep.core.jobs.requests import ImportWeights
from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.plan.axes import parse_channels
from prunesweep.core.plan.datasets import DatasetRef, folder_of, with_normalisation
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.resize_rules import RESIZES, scaled_resize
from prunesweep.core.plan.weights import FIELD, ImportedWeights, check_weights, is_published, origin_of
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console.output import flash
from prunesweep.orchestrator.console.text import megabytes
from prunesweep.orchestrator.torch_client import ask, existing


@dataclass(frozen=True)
class Upload:
    """A checkpoint on its way to the store. artifacts_url, home: as in `Settings`."""

    data: bytes
    artifacts_url: str
    home: Path


@dataclass(frozen=True)
class GivenWeights:
    """What a grid's weights came to.

    Attributes:
        grid: with the weights' name instead of their path, and their normalisation.
        notes: what was unwrapped, renamed, cast or ignored.
    """

    grid: Grid
    imported: ImportedWeights
    upload: Upload
    notes: tuple[str, ...]


def prepared_as_said(grid: Grid, chosen: frozenset[str]) -> tuple[Grid, tuple[str, ...]]:
    """Return the grid with the normalisation and the image size that a file beside its weights gives, and what that
    came to, one line each; the grid as it is where it says itself, or where nothing lies there.

    chosen: fields of the grid that a person gave, also where they are at their defaults.

    Raises:
        UserError: no rule resizes images as the file says, or a way of resizing has no size.
    """
    if not grid.weights or is_published(grid.weights):
        return grid, ()
    asked = Preparation(grid.mean, grid.std, grid.image_size, grid.resize, chosen)
    resizes = folder_of(grid.dataset) is not None
    found = prepare_as_said(Path(grid.weights), asked, resizes=resizes, name=origin_of(grid.weights))
    said = replace(grid, mean=found.mean, std=found.std, image_size=found.image_size, resize=found.resize)
    return said, found.notes


def read_given(
    grid: Grid, dataset: DatasetRef, settings: Settings, chosen: frozenset[str] = frozenset()
) -> GivenWeights | None:
    """Return the grid's weights as a checkpoint of this program; None for a grid without. Nothing is stored yet.

    Published weights bring the mean and standard deviation that they were trained with, and how images were resized
    where these are resized, unless the grid gives others.

    chosen: as for `prepared_as_said`.

    Raises:
        UserError: weights that cannot be read or fit another network, or an algorithm that cannot begin with them.
    """
    if not grid.weights:
        return None
    check_weights(grid, None)
    with_normalisation(dataset, grid.mean, grid.std)
    need("worker", FIELD, modules=("torch",))
    text = grid.weights if is_published(grid.weights) else _file(grid.weights)
    model = ModelRef(grid.model, grid.width, dataset.classes)
    with tempfile.TemporaryDirectory(prefix="prunesweep-") as folder:
        into = Path(folder, "checkpoint.safetensors")
        events = _read(ImportWeights(text, model, str(into), grid.head))
        upload = Upload(into.read_bytes(), settings.artifacts_url, settings.home)
    (found,) = (event for event in events if isinstance(event, Imported))
    name = origin_of(grid.weights)
    notes = [f"{name}: {event.text}" for event in events if isinstance(event, Note)]
    grid = replace(grid, weights=name)
    if found.mean and found.std and not grid.mean and "mean" not in chosen:
        given = (("mean", found.mean), ("std", found.std))
        mean, std = (parse_channels(list(value), axis, zero=axis == "mean") for axis, value in given)
        grid = replace(grid, mean=mean, std=std)
        notes.append(f"{name}: images are normalised as it was trained, mean {mean}, std {std}; see --mean, --std")
    if grid.resize == RESIZES[0] and "resize" not in chosen:
        resize, lines = _resized_as(found, dataset)
        grid = replace(grid, resize=resize)
        notes.extend(f"{name}: {line}" for line in lines)
    facts = (found.tensors, found.artifact, found.size, found.kept, found.total)
    return GivenWeights(grid, ImportedWeights(model, *facts), upload, tuple(notes))


def _resized_as(found: Imported, dataset: DatasetRef) -> tuple[str, list[str]]:
    """Return how images are resized for published weights, and what a person should know of it.

    Raises:
        UserError: no rule resizes images as they were.
    """
    if not dataset.size:  # images of one size already
        same = not found.side or not dataset.fingerprint
        return RESIZES[0], [] if same else [f"its images were of {found.side} pixels; see --image-size"]
    if found.unlike:
        fix = f"is how its images were resized, and no rule does that; choose one: --resize {', '.join(RESIZES[:-1])}"
        raise UserError("resize", found.unlike, fix)
    resize = scaled_resize(found.resize, found.side, dataset.size) or RESIZES[0]
    lines = [f"images are resized by {resize}, as it was trained; see --resize"] if found.resize else []
    if found.side and found.side != dataset.size:
        lines.append(f"its images were of {found.side} pixels, these are of {dataset.size}; see --image-size")
    return resize, lines


def _read(request: ImportWeights) -> list[Imported | Note]:
    """Return what the program says, with a line of progress while it downloads."""
    events: list[Imported | Note] = []
    try:
        for event in ask(IMPORT_WEIGHTS, request):
            if isinstance(event, JobProgress):
                flash(f"downloading {event.what}: {megabytes(event.done, event.total)}")
            else:
                events.append(event)
    except UserError as error:
        if error.field != "file":
            raise
        raise UserError(FIELD, error.value, error.fix) from None  # what the option is called here
    finally:
        flash("")
    return events


def _file(text: str) -> str:
    try:
        return existing(Path(text))
    except UserError as error:
        raise UserError(FIELD, text, error.fix) from None


def store(upload: Upload, signing: Engine | None = None) -> None:
    """Put the checkpoint into the artifact store, under its SHA-256; waits for a store that is away as long as a person
    would. signing: the ledger that signs in before.

    Raises:
        UserError: the store cannot be used.
        StoreAway: it does not answer, or does not take it.
    """
    if signing is not None:
        sign_in(signing, upload)
    try:
        _place(upload).put(upload.data, lambda done, total: flash(f"storing the weights: {megabytes(done, total)}"))
    finally:
        flash("")


def sign_in(engine: Engine, upload: Upload) -> None:
    """Leave the ledger's name in the store, so that another ledger's `sweep gc` leaves the checkpoint."""
    _place(upload).sign_in(ledger_id(engine))


def _place(upload: Upload) -> ArtifactStore:
    return ArtifactStore.open(upload.artifacts_url, upload.home, PERSON)
