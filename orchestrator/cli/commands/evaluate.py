"""`sweep evaluate`: accuracy, sparsity and speed of checkpoint files, ours or anybody's."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from prunesweep.core.extras import need
from prunesweep.core.holm import holm
from prunesweep.core.images.preprocessing import beside
from prunesweep.core.jobs.answers import FileResult, Note
from prunesweep.core.jobs.programs import EVALUATE
from prunesweep.core.jobs.requests import Evaluate
from prunesweep.core.plan.axes import parse_channels, parse_count
from prunesweep.core.plan.datasets import RESIZES, folder_of, parse_share, read_size, with_normalisation
from prunesweep.core.plan.networks import parse_model, with_arguments
from prunesweep.core.plan.suggestions import one_of
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import flash, note, say, say_json, width
from prunesweep.orchestrator.images import look_up
from prunesweep.orchestrator.torch_client import ask, existing


def evaluate(
    *,
    files: list[Path],
    dataset: str,
    image_size: str,
    resize: str,
    test_share: str,
    model: str,
    model_args: str | None,
    mean: str,
    std: str,
    device: str,
    batch: str,
    threads: str,
    json_: bool,
) -> None:
    """Test checkpoint files: accuracy, drop against the first, sparsity, time per image before and after."""
    settings = load_settings()
    paths = [existing(file) for file in files]
    size, how = read_size(image_size), one_of(resize, "resize", RESIZES)
    share = parse_share(test_share)
    size, mean, std = _prepared(paths, dataset, size, mean, std)
    found = look_up(dataset, settings, size=size, resize=how, share=share)
    for line in found.notes:
        note(f"note: {line}")
    request = Evaluate(
        files=tuple(paths),
        dataset=with_normalisation(found.ref, mean, std),
        places=tuple(found.places),
        data=str(settings.data),
        model=parse_model(model) if model_args is None else with_arguments(parse_model(model), model_args),
        device=device,
        batch=parse_count(batch, "batch", 1, 65_536),
        threads=parse_count(threads, "threads", 0, 1024) or settings.threads,
    )
    need("worker", "evaluate", modules=("torch",))
    _evaluate(request, json_)


def _prepared(paths: list[str], dataset: str, size: int, mean: str, std: str) -> tuple[int, str, str]:
    """Return image size, mean and standard deviation as they were given, else as a file beside the first of the
    weights gives them; a note says which, and where another file of weights has others."""
    mean, std = parse_channels(mean, "mean", zero=True), parse_channels(std, "std", zero=False)
    said = {path: found for path in paths if (found := beside(Path(path))) is not None}
    first = said.get(paths[0])
    if first is not None and first.mean and not mean and not std:
        mean, std = first.mean, first.std
        note(f"note: {first.normalised(Path(paths[0]).name)}")
    if first is not None and first.image_size and not size and folder_of(dataset) is not None:
        size = first.image_size
        note(f"note: {first.resized(Path(paths[0]).name)}")
    for path, other in said.items():
        if not other.agrees(mean, std, size if folder_of(dataset) is not None else other.image_size):
            note(
                f"note: {Path(path).name}: {other.source} prepares its images otherwise; all files see the same images"
            )
    return size, mean, std


def _evaluate(request: Evaluate, json_: bool) -> None:
    results: list[dict[str, Any]] = []
    for event in ask(EVALUATE, request):
        if isinstance(event, Note):
            note(f"note: {Path(event.path).name}: {event.text}")
            continue
        if not isinstance(event, FileResult):
            flash(f"{event.what}: {event.done:,} of {event.total:,} images")
            continue
        results.append(asdict(event))
        flash("")
        if not json_:
            note(f"{len(results)} of {len(request.files)}: {event.path} ({event.seconds:.1f} s)")
    if json_:
        say_json(results)
    else:
        say(*_lines(results, width()))


def _lines(results: list[dict[str, Any]], width: int) -> list[str]:
    """Return the table of the files, the reference first."""
    adjusted = [None, *holm([result["p"] for result in results[1:]])]
    titles = ("top-1 %", "drop", "sparsity %", "non-zero", "ms before", "ms after", "speed-up", "zeros")
    columns = [text.Column("file", left=True, keep=16), *(text.Column(title) for title in titles)]
    rows = [
        (
            Path(result["path"]).name,
            text.percent(result["top1"]),
            text.points(result["drop_vs_first"]),
            text.percent(result["sparsity"]),
            text.count(result["nonzero"]),
            text.number(result["ms_per_image_dense"], 3),
            text.number(result["ms_per_image"], 3),
            *(_speeds(result, adjusted[place]) if place else ("reference", text.MISSING)),
        )
        for place, result in enumerate(results)
    ]
    first = results[0]
    how = f"batch {first['batch']}, {text.plural(first['threads'], 'thread')} of {first['processor']}"
    engines = sorted({f"{result['engine_dense']} → {result['engine']} ({result['code']})" for result in results})
    computed = " and ".join(sorted({result["accuracy_engine"] for result in results}))
    disturbed = sum(result["disturbed"] for result in results)
    return [
        *text.table(columns, rows, width),
        "",
        f"top-1 on {first['images']:,} test images, in {computed}; drop: points below the first file",
        f"ms: median per image, the first file (before) and this one (after) in turns, {how}",
        "zeros: the first file's ms in the code that ran this one, over this one's: what the zeros alone bring",
        f"engines: the fastest dense one → the one that this file ran in: {', '.join(engines)}",
        *([f"disturbed: {text.plural(disturbed, 'file')}; measure again on a quiet machine"] if disturbed else []),
    ]


def _speeds(result: dict[str, Any], adjusted: float | None) -> tuple[str, str]:
    """Return the speed-up as one of all files' (in parentheses: its own interval alone bears it out), and the zeros'
    share."""
    whole = text.speedup(result["speedup"], result["speedup_low"], result["speedup_high"], adjusted)
    names = ("speedup_zeros", "speedup_zeros_low", "speedup_zeros_high")
    return whole, text.speedup(*(result[name] for name in names))
