"""`sweep evaluate`: accuracy, sparsity and speed of checkpoint files, ours or anybody's."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.holm import holm
from prunesweep.core.jobs.answers import FileResult, Note
from prunesweep.core.jobs.programs import EVALUATE
from prunesweep.core.jobs.requests import EvaluateFiles
from prunesweep.core.plan.axes import parse_count
from prunesweep.core.plan.engines import MOST_CALIBRATION
from prunesweep.core.plan.networks import parse_model, with_arguments
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.cli.int8_table import int8_lines
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import flash, note, say, say_json, width
from prunesweep.orchestrator.images import ImageOptions, images_for
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
    int8: str,
    json_: bool,
) -> None:
    """Test checkpoint files: accuracy, drop against the first, sparsity, time per image before and after."""
    settings = load_settings()
    paths = [_checkpoint(file) for file in files]
    calibration = parse_count(int8, "int8", 0, MOST_CALIBRATION)
    if calibration and device != "cpu":
        raise UserError("int8", int8, f"runs on the CPU, not on {device}; leave --device out")
    need("worker", "evaluate", modules=("torch",))
    if calibration:
        need("bench", "int8", int8, ("onnx", "onnxruntime"))
    options = ImageOptions(dataset, image_size, resize, test_share, mean, std)
    found = images_for([Path(path) for path in paths], options, settings)
    request = EvaluateFiles(
        files=tuple(paths),
        dataset=found.ref,
        places=tuple(found.places),
        data=str(settings.data),
        model=parse_model(model) if model_args is None else with_arguments(parse_model(model), model_args),
        device=device,
        batch=parse_count(batch, "batch", 1, 65_536),
        threads=parse_count(threads, "threads", 0, 1024) or settings.threads,
        int8=calibration,
    )
    _evaluate(request, json_)


def _checkpoint(file: Path) -> str:
    """Return the absolute path of a file that a network can be made of.

    Raises:
        UserError: it isn't there, or is for inference only.
    """
    path = existing(file)
    if file.suffix.lower() not in (".onnx", ".packed"):
        return path
    timed = "; sweep bench times this one" if file.suffix.lower() == ".onnx" else ""
    fix = f"give the .pt or .safetensors file that it was made from, and --int8 N for its accuracy in int8{timed}"
    raise UserError("file", file, f"is for inference only: {fix}")


def _evaluate(request: EvaluateFiles, json_: bool) -> None:
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
        if results[0]["int8"]:
            say("", *int8_lines(results, width()))


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
