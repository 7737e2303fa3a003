"""`sweep export`: checkpoints as files that any torch program can load."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import UserError
from orchestrator.options import JsonOption, flag

if TYPE_CHECKING:
    from core.ledger.lookup import CellArtifacts

_ENDINGS = {"torch": ".pt", "safetensors": ".safetensors", "packed": ".packed"}
_VALUES = ("fp32", "fp16")
_NAMES = ("study", "digest")
_FORMAT = "torch (a plain state_dict, .pt), safetensors, or packed (for inference without torch)."
FormatOption = Annotated[str, typer.Option("--format", metavar="FORMAT", help=_FORMAT)]
_VALUES_HELP = "Kept weights in packed files: fp32 (exact) or fp16."
ValuesOption = Annotated[str, typer.Option("--values", metavar="TYPE", help=_VALUES_HELP)]


def export(
    sweep: Annotated[str, typer.Argument(metavar="SWEEP", help="Name or number of the sweep.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; made when missing.")],
    form: FormatOption = "torch",
    values: ValuesOption = "fp32",
    names: Annotated[
        str, typer.Option("--names", metavar="SCHEME", help="study (resnet18_prune_90perc_oneshot3.pt, …) or digest.")
    ] = "study",
    force: Annotated[bool, flag("--force", "Replace files that are there already.")] = False,
    json_: JsonOption = False,
) -> None:
    """Write the finished cells' weights, and the dense network's: plain float32 with the zeros in it, or packed."""
    from core.ledger.lookup import cell_artifacts, dataset_of
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator.ledgers import ledger
    from orchestrator.torchside import need_torch

    _check(form, values, names)
    settings = load_settings()
    with ledger(settings) as engine:
        found = find_sweep(engine, sweep)
        cells = cell_artifacts(engine, found.id)
        facts = {"dataset": dataset_of(engine, found.id)} if form == "packed" else {}
    files = _files(cells, folder, names, _ENDINGS[form])
    if not files:
        raise UserError("sweep", found.name, "has no finished stage to export yet; see: sweep status")
    _refuse_replacing(files, force)
    need_torch("export")
    request: dict[str, Any] = {
        "artifacts_url": settings.artifacts_url,
        "home": str(settings.home),
        "format": form,
        **facts,
        "data": str(settings.data),
        "values": values,
        "files": [{"sha256": artifact, "path": str(path)} for path, artifact in files.items()],
    }
    _convert(folder, request, sum(cell.artifact is None for cell in cells), json_)


def _check(form: str, values: str, names: str) -> None:
    """Raises UserError for words that are unknown or don't go together."""
    from core.plan.nearest import one_of

    one_of(form, "format", _ENDINGS)
    one_of(names, "names", _NAMES)
    if one_of(values, "values", _VALUES) != "fp32" and form != "packed":
        raise UserError("values", values, "needs --format packed; the other formats are float32")


def _files(cells: list["CellArtifacts"], folder: Path, names: str, ending: str) -> dict[Path, str]:
    """File → SHA-256 of its artifact, dense networks first.

    Raises:
        UserError: two different cells would have the same name.
    """
    wanted: dict[Path, str] = {}
    for dense in (True, False):
        for cell in cells:
            artifact = cell.dense_artifact if dense else cell.artifact
            if artifact is None:
                continue
            path = (folder / (_stem(cell, dense, names) + ending)).absolute()
            if wanted.setdefault(path, artifact) != artifact:
                fix = "two cells would be written to it (several seeds?); use --names digest"
                raise UserError("names", path.name, fix)
    return wanted


def _stem(cell: "CellArtifacts", dense: bool, names: str) -> str:
    from core.plan.names import parse_file_stem, study_name

    if names == "digest":
        return parse_file_stem(cell.dense_digest if dense else cell.digest)
    return parse_file_stem(study_name(cell.model, None if dense else cell.cell))


def _refuse_replacing(files: dict[Path, str], force: bool) -> None:
    try:
        there = [path for path in files if path.exists()]
    except OSError as error:
        raise UserError("DIR", next(iter(files)).parent, f"cannot be used: {error.strerror}") from None
    if there and not force:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise UserError("DIR", there[0], f"is there already{more}; add --force to replace")


def _convert(folder: Path, request: dict[str, Any], unfinished: int, json_: bool) -> None:
    from orchestrator import text
    from orchestrator.output import note, say, say_json
    from orchestrator.torchside import ask

    written = []
    with _made(folder):
        for event in ask("core.artifacts.convert", request):
            del event["event"]
            written.append(event)
            if not json_:
                say(f"{event['path']}  {text.size(event['bytes'])}{_more(event)}")
    if unfinished:
        note(f"note: {text.plural(unfinished, 'cell')} not finished, so not exported; see: sweep status")
    if json_:
        say_json(written)


def _more(event: dict[str, Any]) -> str:
    """What is said of a packed file beside its size."""
    from orchestrator import text

    if "zstd_bytes" not in event:
        return ""
    dead = sum(event["dead_channels"].values())
    gone = f", {text.plural(dead, 'dead channel')} left out" if dead else ""
    return f" ({text.size(event['zstd_bytes'])} with zstd{gone})"


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, made when missing; what of it is new and still empty goes again if the block fails.

    Raises:
        UserError: it cannot be made.
    """
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError("DIR", folder, f"cannot be made: {error.strerror}") from None
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for place in new:
                place.rmdir()
        raise
