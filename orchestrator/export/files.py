"""An export from the ledger to files: what `sweep export` and `prunesweep.export` share."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.io import check_folder, made_folder, write_whole
from prunesweep.core.jobs.programs import EXPORT
from prunesweep.core.jobs.requests import Export, Weights, dataset_ref
from prunesweep.core.ledger.queries.lineage import origins
from prunesweep.core.ledger.queries.lookup import CellArtifacts, cell_artifacts, dataset_of
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.plan.axes import parse_count
from prunesweep.core.plan.datasets import folder_of
from prunesweep.core.plan.engines import CALIBRATION, MOST_CALIBRATION
from prunesweep.core.plan.names import parse_file_stem, study_name
from prunesweep.core.plan.suggestions import one_of
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.export.cards import CardFacts, card, is_about
from prunesweep.orchestrator.images import places
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.torch_client import ask

ENDINGS: Mapping[str, str] = MappingProxyType(
    {"torch": ".pt", "safetensors": ".safetensors", "packed": ".packed", "onnx": ".onnx"}
)
_WITH_DATASET = ("packed", "onnx")
_VALUES: Mapping[str, str] = MappingProxyType({"fp16": "packed", "int8": "onnx"})
"""Other numbers than fp32, and the format that can have them."""
_COMPACT = ("torch", "safetensors")
_NAMES = ("study", "digest")


@dataclass(frozen=True)
class ExportOptions:
    """What kind of files to write, and how to name them.

    Attributes:
        form: a key of `ENDINGS`.
        values: `fp16` for the kept weights in packed files, or `int8` for ONNX files.
        calibration: training images that int8 is calibrated with.
        names: `study` or `digest`.
        force: replace files that are there.
        cards: a model card beside each file.
        compact: leave channels that were pruned as a whole out of `torch` and `safetensors` files; the others never
            have them.

    Raises:
        UserError: words that are unknown or don't go together.
    """

    form: str = "torch"
    values: str = "fp32"
    names: str = "study"
    force: bool = False
    cards: bool = True
    calibration: int = CALIBRATION
    compact: bool = False

    def __post_init__(self) -> None:
        one_of(self.form, "format", ENDINGS)
        one_of(self.names, "names", _NAMES)
        parse_count(self.calibration, "calibration", 1, MOST_CALIBRATION)
        needed = _VALUES.get(one_of(self.values, "values", ("fp32", *_VALUES)), self.form)
        if needed != self.form:
            raise UserError("values", self.values, f"needs --format {needed}")
        if self.calibration != CALIBRATION and self.values != "int8":
            raise UserError("calibration", self.calibration, "is for --values int8; leave it out")


@dataclass(frozen=True)
class ExportJob:
    """What will be written.

    Attributes:
        request: to the torch side.
        files: path → what it is about, dense networks first.
        unfinished: cells without a file.
        endings: for each path those of the files that its card must list.
    """

    folder: Path
    options: ExportOptions
    request: Export
    files: dict[Path, CardFacts]
    unfinished: int
    endings: dict[Path, list[str]]

    def write(self) -> Iterator[dict[str, Any]]:
        """Write the files, each with its card, and tell of each: `path`, `bytes`, `card`, and what the format adds.

        Raises:
            UserError, StageError: the first failure; what is written by then stays.
        """
        with made_folder(self.folder, "DIR"):
            for answer in ask(EXPORT, self.request):
                event = {name: value for name, value in asdict(answer).items() if value is not None}
                path = Path(answer.path)
                if self.options.cards:
                    beside = path.with_suffix(".md")
                    write_whole(beside, card(self.files[path], path.stem, self.endings[path]))
                    event["card"] = str(beside)
                else:
                    _drop_other_card(path, self.files[path].artifact)
                yield event


def plan_export(settings: Settings, sweep: str | int | None, folder: Path, options: ExportOptions) -> ExportJob:
    """Read what there is to export; writes nothing.

    sweep: name or number, None = the latest.

    Raises:
        UserError: no such sweep, nothing to export, a file that is there already, or a package that is missing.
    """
    check_folder(folder, "DIR")
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        cells = cell_artifacts(engine, found.id)
        named = named_files(cells, folder, options)
        dataset: dict[str, Any] = {}
        if options.form in _WITH_DATASET or options.compact:
            known = folder_of(found.grid.get("dataset"))
            lies = places((known,) if known is not None else (), settings)
            dataset = {"dataset": dataset_ref(dataset_of(engine, found.id)), "places": tuple(lies)}
        rows, made = report_rows(engine, found.id), origins(engine, found.id)
    files = {
        path: CardFacts(found, rows[place], made[place], dense, artifact)
        for path, (place, dense, artifact) in named.items()
    }
    if not files:
        raise UserError("sweep", found.name, "has no finished stage to export yet; see: sweep status")
    endings = _endings(files, options)
    need("worker", "export", modules=("torch",))
    if options.form == "onnx":
        need("bench", "format", "onnx")
    request = _request(settings, options, dataset, files)
    return ExportJob(folder, options, request, files, sum(cell.artifact is None for cell in cells), endings)


def _request(
    settings: Settings, options: ExportOptions, dataset: dict[str, Any], files: Mapping[Path, CardFacts]
) -> Export:
    """Return what `prunesweep.core.jobs.export` is asked for."""
    return Export(
        artifacts_url=settings.artifacts_url,
        home=str(settings.home),
        format=options.form,
        files=tuple(Weights(about.artifact, str(path)) for path, about in files.items()),
        data=str(settings.data),
        values=options.values,
        calibration=options.calibration,
        compact=options.compact and options.form in _COMPACT,
        **dataset,
    )


def named_files(cells: list[CellArtifacts], folder: Path, options: ExportOptions) -> dict[Path, tuple[int, bool, str]]:
    """Return file → (the cell's place in the grid, whether it is its dense network, artifact), dense networks first.

    Raises:
        UserError: two different cells would have the same name.
    """
    wanted: dict[Path, tuple[int, bool, str]] = {}
    several = len({cell.cell.seed for cell in cells}) > 1
    of_seeds = {True: several and len({cell.dense_artifact for cell in cells} - {None}) > 1, False: several}
    for dense in (True, False):
        for place, cell in enumerate(cells):
            artifact = cell.dense_artifact if dense else cell.artifact
            if artifact is None:
                continue
            path = (folder / (_stem(cell, dense, options.names, of_seeds[dense]) + ENDINGS[options.form])).absolute()
            if wanted.setdefault(path, (place, dense, artifact))[2] != artifact:
                fix = "two cells would be written to it; use --names digest"
                raise UserError("names", path.name, fix)
    return wanted


def _stem(cell: CellArtifacts, dense: bool, names: str, seeded: bool) -> str:
    """Return the file's name without its ending. seeded: there are several seeds, so that each must be in it."""
    if names == "digest":
        return parse_file_stem(cell.dense_digest if dense else cell.digest)
    return parse_file_stem(study_name(cell.model, None if dense else cell.cell, cell.cell.seed if seeded else None))


def _endings(files: Mapping[Path, CardFacts], options: ExportOptions) -> dict[Path, list[str]]:
    """Return which kinds of files each card must list: ours, and those that the card there lists already.

    Raises:
        UserError: a file, or another network's card, is there already.
    """
    there: list[Path] = []
    endings: dict[Path, list[str]] = {}
    for path, about in files.items():
        try:
            if path.exists():
                there.append(path)
            old = _mentioned(path, about.artifact) if options.cards else []
        except OSError as error:
            raise UserError("DIR", path.parent, f"cannot be used: {error.strerror}") from None
        if old is None:
            there.append(path.with_suffix(".md"))
        endings[path] = [path.suffix, *(ending for ending in old or () if ending != path.suffix)]
    if there and not options.force:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise UserError("DIR", there[0], f"is there already{more}; add --force to replace")
    return endings


def _mentioned(path: Path, artifact: str) -> list[str] | None:
    """Return endings of the files beside `path` that its card lists; None: there is something else by the card's
    name."""
    beside = path.with_suffix(".md")
    if not beside.exists():
        return []
    content = beside.read_text(errors="replace") if beside.is_file() else ""
    if not is_about(content, artifact):
        return None
    names = {ending: path.with_suffix(ending) for ending in ENDINGS.values()}
    return [ending for ending, file in names.items() if f"`{file.name}`:" in content and file.exists()]


def _drop_other_card(path: Path, artifact: str) -> None:
    """Remove a card of ours beside the file, if it is about the network which was there before."""
    beside = path.with_suffix(".md")
    content = beside.read_text(errors="replace") if beside.is_file() else ""
    if f"`{path.name}`:" in content and not is_about(content, artifact):
        beside.unlink()
