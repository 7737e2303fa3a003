"""`python -m prunesweep.core.jobs.evaluate`: the side of `sweep evaluate` that needs torch.

Request and answers: `prunesweep.core.jobs.programs.EVALUATE`.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from prunesweep.core.errors import UserError
from prunesweep.core.hostlock import measuring
from prunesweep.core.importing import unwrap
from prunesweep.core.importing.network import head_of, load_network
from prunesweep.core.importing.text import FIELD
from prunesweep.core.jobs.answers import FileResult, Int8Result, JobProgress, Note
from prunesweep.core.jobs.machine import device_of, threads_of
from prunesweep.core.jobs.programs import EVALUATE
from prunesweep.core.jobs.protocol import Say, reporter, serve
from prunesweep.core.jobs.requests import EvaluateFiles
from prunesweep.core.latency import LatencyRun
from prunesweep.core.measure.accuracy import Accuracy, evaluate
from prunesweep.core.measure.engine_passes import BATCH, EAGER, fastest_engine, passes_in
from prunesweep.core.measure.int8 import graph_for, int8_graph, int8_logits, quantiser
from prunesweep.core.measure.latency import compete
from prunesweep.core.measure.size import layer_sizes
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.engines import DEFAULT, INT8
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.training.datasets import Split, load_dataset

_ACCURACY_BATCH = 250
_WAITS = JobProgress("waits for trainings of this host", 0, 1)


def measure(request: EvaluateFiles, say: Say) -> Iterator[FileResult]:
    """Yield the facts of each file in turn. All files are opened and checked before the first is measured.

    Raises:
        UserError, StageError: a file, a device or a dataset that cannot be used.
    """
    device = device_of(request.device)
    threads = threads_of(request.threads)
    torch.set_num_threads(threads)
    ref = request.dataset
    paths = [Path(path) for path in request.files]
    first = load_for(paths[0], request.model, ref, noter(say, paths[0]))
    for path in paths[1:]:
        load_for(path, request.model, ref, noter(say, path))
    progress, places = reporter(say, ref.label), request.places
    split = load_dataset(ref, Path(request.data), "test", progress, places).to(device)
    training = load_dataset(ref, Path(request.data), "train", progress, places) if request.int8 else None
    for path in paths if training is not None else ():
        graph_for(load_for(path, request.model, ref), split, request.int8)
    test = _TestData(split, device, request.batch, threads, first, say, training, request.int8)
    first_top1: float | None = None
    for path in paths:
        facts = test.facts(path, load_for(path, request.model, ref), first_top1)
        first_top1 = facts.top1 if first_top1 is None else first_top1
        yield facts


@dataclass(frozen=True)
class _TestData:
    """What every file is measured with and against.

    Attributes:
        training: images to calibrate int8 with, `calibration` of them; None = nothing is quantised.
    """

    split: Split
    device: torch.device
    batch: int
    threads: int
    first: nn.Module
    say: Say
    training: Split | None = None
    calibration: int = 0

    def facts(self, path: Path, network: nn.Module, first_top1: float | None) -> FileResult:
        """first_top1: None for the first file."""
        start = time.perf_counter()
        with measuring(lambda: self.say(_WAITS)):
            race = self._race(network)
        before, after, zeros = race.dense(), race.pruned(), race.zeros
        sizes = layer_sizes(dict(prunable(network)))
        nonzero, total = sum(size.nonzero for size in sizes), sum(size.total for size in sizes)
        engine = fastest_engine(race, len(self.split.labels), nonzero, total)
        run = None if self.device.type != "cpu" else passes_in(engine, network, self.split, self.threads)
        batch = _ACCURACY_BATCH if run is None else BATCH
        found = evaluate(network, self.split, self.device, batch, reporter(self.say, str(path)), run)
        return FileResult(
            path=str(path),
            top1=found.top1,
            drop_vs_first=0.0 if first_top1 is None else first_top1 - found.top1,
            images=found.images,
            sparsity=1 - nonzero / total,
            nonzero=nonzero,
            total=total,
            ms_per_image_dense=before.ms / self.batch,
            ms_per_image=after.ms / self.batch,
            speedup=after.ratio,
            speedup_low=after.ratio_low,
            speedup_high=after.ratio_high,
            p=after.p,
            speedup_zeros=None if zeros is None else zeros.middle,
            speedup_zeros_low=None if zeros is None else zeros.low,
            speedup_zeros_high=None if zeros is None else zeros.high,
            code=after.code,
            disturbed=race.disturbed,
            engine_dense=before.engine,
            engine=after.engine,
            batch=self.batch,
            threads=self.threads,
            processor=race.processor,
            accuracy_engine=EAGER if run is None else engine,
            seconds=time.perf_counter() - start,
            int8=None if self.training is None else self._int8(network, found, race),
        )

    def _race(self, network: nn.Module) -> LatencyRun:
        """Time the first file's network and this one; in int8 too, where that is asked for."""
        more = (INT8,) if self.training is not None else ()
        facts = (self.split.image_shape, self.batch, self.threads, self.device, (*DEFAULT, *more))
        return compete(self.first, network, *facts, both=more)

    def _int8(self, network: nn.Module, fp32: Accuracy, race: LatencyRun) -> Int8Result:
        """Quantise the network, and test it on the same images."""
        assert self.training is not None  # noqa: S101 - asked before
        file = int8_graph(graph_for(network, self.training, self.calibration), self.training, self.calibration)
        report = reporter(self.say, "in int8")
        found = evaluate(network, self.split, self.device, BATCH, report, int8_logits(file, self.threads))
        return Int8Result(
            top1=found.top1,
            lost=int((fp32.right & ~found.right).count_nonzero()),
            gained=int((found.right & ~fp32.right).count_nonzero()),
            calibration=min(self.calibration, len(self.training)),
            version=quantiser(),
            **_int8_times(race, self.batch),
        )


def _int8_times(race: LatencyRun, batch: int) -> dict[str, float | None]:
    """Return what an `Int8Result` says of the last network that ran in int8: the first file's ran before this one's."""
    one = next((time for time in reversed(race.times) if time.engine == INT8), None)
    return {
        "ms_per_image": None if one is None else one.ms / batch,
        "speedup": None if one is None else one.ratio,
        "speedup_low": None if one is None else one.ratio_low,
        "speedup_high": None if one is None else one.ratio_high,
        "p": None if one is None else one.p,
    }


def noter(say: Say, path: Path) -> unwrap.Note:
    """Return a callback that sends a note about a file."""
    return lambda line: say(Note(line, str(path)))


def load_for(path: Path, model: str, ref: DatasetRef, note: unwrap.Note = unwrap.unsaid) -> nn.Module:
    """Return the network of a file, for the classes of a dataset.

    Raises:
        UserError: not such a file, or for another number of classes.
    """
    network = load_network(path, model, note)
    head = head_of(model)
    outputs = len(network.get_parameter(head))
    if outputs != ref.classes:
        raise UserError(FIELD, path, f"{head} has {outputs} outputs, {ref.label} has {ref.classes} classes")
    return network


if __name__ == "__main__":
    sys.exit(serve(EVALUATE, measure))
