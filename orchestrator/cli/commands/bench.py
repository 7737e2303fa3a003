"""`sweep bench`: checkpoint files in every engine, against the fastest dense one."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.holm import holm
from prunesweep.core.images.preprocessing import Preparation, prepare_as_said
from prunesweep.core.jobs.answers import BenchResult, Note
from prunesweep.core.jobs.programs import BENCH
from prunesweep.core.jobs.requests import Bench
from prunesweep.core.plan.axes import parse_count, parse_list
from prunesweep.core.plan.engines import parse_engines
from prunesweep.core.plan.networks import parse_model, with_arguments
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import flash, note, say, say_json, width
from prunesweep.orchestrator.torch_client import ask, existing

BUILT_IN = "resnet18"
"""The network of files, unless `--model` names another."""
_IMAGE = 32
_NO_ACCURACY = ("0,0,0", "1,1,1")
"""Mean and standard deviation: they change no time, as the way of resizing, so nothing is taken from a file."""


def bench(
    *,
    files: list[Path],
    engines: str | None,
    threads: str,
    batch: str,
    device: str,
    model: str,
    model_args: str | None,
    image: str | None,
    json_: bool,
) -> None:
    """Is it really faster? Times checkpoint files in every engine, side by side with the fastest dense one."""
    counts = parse_list(threads, "threads", lambda value: parse_count(value, "threads", 1, 1024))
    paths = tuple(existing(file) for file in files)
    _check_onnx(paths, model, model_args, image)
    request = Bench(
        files=paths,
        model=parse_model(model) if model_args is None else with_arguments(parse_model(model), model_args),
        device=device,
        engines=() if engines is None else tuple(parse_engines(engines, "engines")),
        threads=counts[0],
        batches=tuple(parse_list(batch, "batch", lambda value: parse_count(value, "batch", 1, 65_536))),
        image=_side(paths) if image is None else parse_count(image, "image", 1, 4096),
    )
    need("worker", "bench", modules=("torch",))
    _bench(request, counts, json_)


def _check_onnx(paths: Sequence[str], model: str, model_args: str | None, image: str | None) -> None:
    """Refuse what no file would be read with: an ONNX file is a whole network with its images' size.

    Raises:
        UserError: an option that has no effect on any of the files.
    """
    if not all(_is_onnx(path) for path in paths):
        return
    given = {"model": model if model != BUILT_IN else None, "model-args": model_args, "image": image}
    for name, value in given.items():
        if value is not None:
            raise UserError(
                name, value, "does not apply to ONNX files, which hold network and image size: leave it out"
            )


def _side(paths: Sequence[str]) -> int:
    """Return the side of the images that the first checkpoint is for, as a file beside it says; a note says so."""
    first = next((path for path in paths if not _is_onnx(path)), None)
    if first is None:
        return _IMAGE
    used = prepare_as_said(Path(first), Preparation(*_NO_ACCURACY, 0, chosen=frozenset({"resize"})), resizes=True)
    for line in used.notes:
        note(f"note: {line}")
    return used.image_size or _IMAGE


def _is_onnx(path: str) -> bool:
    return path.lower().endswith(".onnx")


def _bench(request: Bench, counts: Sequence[int], json_: bool) -> None:
    runs: list[dict[str, Any]] = []
    for threads in counts:
        # A process for each: pools of threads stay as large as they once were.
        for event in ask(BENCH, replace(request, threads=threads)):
            if isinstance(event, BenchResult):
                runs.append(asdict(event))
                flash("")
            elif isinstance(event, Note):
                if threads == counts[0]:
                    note(f"note: {Path(event.path).name}: {event.text}")
            else:
                flash(f"{event.what}: {event.done:,} of {event.total:,}")
    adjust(runs)
    if json_:
        say_json(runs)
        return
    for place, path in enumerate(request.files):
        say(*([""] if place else []), *_lines([run for run in runs if run["path"] == path], width()))


def adjust(runs: list[dict[str, Any]]) -> None:
    """Give every ratio its p as one of all that are shown (`p_adjusted`)."""
    times = [time for run in runs for time in run["race"]["times"] if not _is_best(run["race"], time)]
    for time, adjusted in zip(times, holm([time["p"] for time in times]), strict=True):
        time["p_adjusted"] = adjusted


def _is_best(race: dict[str, Any], time: dict[str, Any]) -> bool:
    """Return True for the one that the others are measured against."""
    return bool(time["engine"] == race["best"] and not time["pruned"])


def _lines(runs: list[dict[str, Any]], width: int) -> list[str]:
    """Return a file's table, and what it was measured on."""
    titles = {"threads": 3, "batch": 0, "ms": 0, "images/s": 2, "ratio": 0, "99 % interval": 1}
    columns = [
        text.Column("engine", left=True, keep=12),
        text.Column("dtype", left=True, spare=4),
        *(text.Column(title, spare=spare) for title, spare in titles.items()),
        text.Column("against best dense", left=True),
    ]
    rows = [table_row(run["race"], time) for run in runs for time in run["race"]["times"]]
    return [_headline(runs[0]), "", *text.table(columns, rows, width), "", *_notes(runs)]


def table_row(race: dict[str, Any], time: dict[str, Any]) -> tuple[str, ...]:
    """Return one engine's time of a race as a row of the table."""
    best, edges = _is_best(race, time), (time["ratio_low"], time["ratio_high"])
    interval = f"{time['ratio_low']:.2f}–{time['ratio_high']:.2f}"
    return (
        time["engine"] if time["code"] in ("own", time["engine"]) else f"{time['engine']} ({time['code']})",
        time["dtype"],
        str(race["threads"]),
        str(race["batch"]),
        text.number(time["ms"], 3),
        text.count(round(1000 * race["batch"] / time["ms"])),
        text.times(time["ratio"], 2),
        "" if best else interval,
        "best dense" if best else text.verdict(time["ratio"], *edges, time["p_adjusted"]),
    )


def _headline(run: dict[str, Any]) -> str:
    """Return the theoretical side: what is left, and what that would give if zeros cost nothing."""
    return (
        f"{Path(run['path']).name}: {text.percent(run['sparsity'])} % zeros · weights left {text.count(run['nonzero'])}"
        f" of {text.count(run['total'])} ({text.times(run['weights_ratio'])}) · multiply-adds left"
        f" {text.count(run['macs'])} of {text.count(run['macs_dense'])} ({text.times(run['macs_ratio'])})"
    )


def _notes(runs: list[dict[str, Any]]) -> list[str]:
    race = runs[0]["race"]
    versions = dict.fromkeys(f"{time['engine'].partition('-')[0]} {time['version']}" for time in race["times"])
    lines = [f"{race['processor']} · {', '.join(versions)}"]
    for run in runs:
        race = run["race"]
        lines.append(
            f"{text.plural(race['threads'], 'thread')}, batch {race['batch']}: {race['rounds']} repeats, load"
            f" {race['load']:.2f}, CPU time/wall {race['busy']:.2f}, null {race['null_engine']}/{race['null_engine']}"
            f" {race['null_ratio']:.2f}× [{race['null_low']:.2f}–{race['null_high']:.2f}]"
            + (": DISTURBED, trust none of its ratios; measure again on a quiet machine" if run["disturbed"] else "")
        )
    count = sum(len(run["race"]["times"]) - 1 for run in runs)
    if count > 1:
        lines.append("in parentheses: borne out by its own interval, not as one of all ratios (sign test, Holm, 5 %)")
    lines += [f"left out: {name} ({reason})" for name, reason in race["left_out"].items()]
    if runs[0]["device"] != "cpu":
        lines.append("on a GPU unstructured zeros bring nothing; of all patterns its kernels skip 2:4 only")
    return lines
