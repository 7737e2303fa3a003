"""`python -m prunesweep.core.jobs.bench`: the side of `sweep bench` that needs torch.

One process for one number of threads, so that no pool of another size was ever made in it. Request and answers:
`prunesweep.core.jobs.programs.BENCH`.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from prunesweep.core.errors import UserError
from prunesweep.core.hostlock import measuring
from prunesweep.core.importing import unwrap
from prunesweep.core.importing.network import load_network
from prunesweep.core.importing.text import FIELD
from prunesweep.core.jobs.answers import BenchResult, JobProgress, Note
from prunesweep.core.jobs.machine import device_of, threads_of
from prunesweep.core.jobs.programs import BENCH
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Bench
from prunesweep.core.latency import LatencyRun
from prunesweep.core.measure.engines.registry import missing
from prunesweep.core.measure.flops import macs
from prunesweep.core.measure.latency import compete, compete_file
from prunesweep.core.measure.onnx_input import graph_counts, read_onnx
from prunesweep.core.passes import trace
from prunesweep.core.plan.engines import ENGINES
from prunesweep.core.plan.networks import label_of, read_network
from prunesweep.core.progress import CountDone

_CHANNELS = 3


def measure(request: Bench, say: Say) -> Iterator[BenchResult]:
    """Yield the runs. All values and files are checked before the first is measured.

    Raises:
        UserError, StageError: a file, a device, an engine or a number of threads that cannot be used.
    """
    device = device_of(request.device)
    engines = _engines(request.engines, device)
    threads = threads_of(request.threads)
    paths = [Path(path) for path in request.files]
    for path in paths:
        _subject(path, request, device, threads, engines, _noter(say, path))
    for path in paths:
        subject = _subject(path, request, device, threads, engines)
        for batch in request.batches:
            yield _run(path, subject, batch, device, say)


@dataclass(frozen=True)
class _Subject:
    """What is measured. image: side in pixels; race: from (images a pass, progress) to the run."""

    image: int
    nonzero: int
    total: int
    macs: int
    macs_dense: int
    race: Callable[[int, CountDone], LatencyRun]


def _subject(
    path: Path,
    request: Bench,
    device: torch.device,
    threads: int,
    engines: Sequence[str],
    note: unwrap.Note = unwrap.unsaid,
) -> _Subject:
    """Return a file's network, or an ONNX file as it is.

    Raises:
        UserError: it cannot be read, or not measured there.
    """
    if path.suffix.lower() == ".onnx":
        if device.type != "cpu":
            raise UserError("device", request.device, f"{path.name} is an ONNX file, which is measured on the CPU")
        graph = read_onnx(path)
        counts = graph_counts(graph)
        height, width = graph.image_shape[1:]
        note(f"an ONNX file for images of {height}×{width}: --image and --model do not apply to it")

        def of_file(batch: int, progress: CountDone) -> LatencyRun:
            return compete_file(path, graph, batch, threads, engines, progress)

        return _Subject(height, *counts, of_file)
    network = _load(path, request, note).to(device)
    shape = (_CHANNELS, request.image, request.image)
    counted = macs(network, shape)
    nonzero, total = (sum(getattr(layer, name) for layer in counted.layers) for name in ("nonzero", "total"))

    def compete_network(batch: int, progress: CountDone) -> LatencyRun:
        return compete(network, network, shape, batch, threads, device, engines, progress)

    return _Subject(request.image, nonzero, total, counted.macs, counted.macs_dense, compete_network)


def _run(path: Path, subject: _Subject, batch: int, device: torch.device, say: Say) -> BenchResult:
    start = time.perf_counter()

    def progress(done: int, of: int) -> None:
        say(JobProgress(f"{path}: batch {batch}, blocks", done, of))

    def waits() -> None:
        say(JobProgress("waits until no training takes a step on this host", 0, 1))

    with measuring(waits):
        race = subject.race(batch, progress)
    return BenchResult(
        path=str(path),
        device=str(device),
        image=subject.image,
        sparsity=1 - subject.nonzero / subject.total,
        nonzero=subject.nonzero,
        total=subject.total,
        weights_ratio=subject.total / subject.nonzero if subject.nonzero else None,
        macs=subject.macs,
        macs_dense=subject.macs_dense,
        macs_ratio=subject.macs_dense / subject.macs if subject.macs else None,
        race=race,
        disturbed=race.disturbed,
        seconds=time.perf_counter() - start,
    )


def _engines(asked: Sequence[str], device: torch.device) -> Sequence[str]:
    """Return those asked for, each of which must be usable; or else every one, the unusable ones to be left out by
    name."""
    for name in asked:
        reason = missing(name, device)
        if reason is not None:
            raise UserError("engines", name, reason)
    return asked or [name for name, kind in ENGINES.items() if device.type in kind.devices]


def _noter(say: Say, path: Path) -> unwrap.Note:
    return lambda line: say(Note(line, str(path)))


def _load(path: Path, request: Bench, note: unwrap.Note = unwrap.unsaid) -> nn.Module:
    network = load_network(path, request.model, note)
    try:
        trace(network, (_CHANNELS, request.image, request.image))
    except RuntimeError:
        fits = "does not fit" if read_network(request.model) else "is too small for"
        fix = f"{fits} {Path(path).name}, a {label_of(request.model)}"
        raise UserError("image", request.image, fix) from None
    if not any(bool(weight.count_nonzero()) for weight in network.parameters()):
        raise UserError(FIELD, path, "holds zeros only")
    return network


if __name__ == "__main__":
    sys.exit(serve(BENCH, measure))
