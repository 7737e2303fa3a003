"""Is it really faster? Every engine side by side in one run, against the fastest dense one.

"Best dense" is the fastest dense fp32 engine of the run: nobody gets a speed-up by choosing a slow rival. Each ratio
has a 99 % interval; one that holds 1 is no speed-up. In every run the best dense engine competes against itself as
well: when even that interval does not hold 1, something disturbed the run, and it says so. How it is measured:
docs/speed.md.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from prunesweep.core.cpus import capped
from prunesweep.core.latency import EngineTime, LatencyRun
from prunesweep.core.measure.clocks import clock_mhz, run_until_steady
from prunesweep.core.measure.contestants import (
    FILE_BASELINE,
    FILE_ENGINES,
    Contestant,
    contestants,
    file_contestants,
    same_code,
)
from prunesweep.core.measure.engines.base import AdaptiveEngine
from prunesweep.core.measure.engines.registry import choose
from prunesweep.core.measure.interleaved import (
    BLOCKS,
    InterleavedRun,
    Timer,
    median_interval,
    take_turns,
    timer_of,
)
from prunesweep.core.measure.machine import host_name, processor_name
from prunesweep.core.measure.pinned import load_average, pinned
from prunesweep.core.plan.engines import is_baseline
from prunesweep.core.progress import CountDone, unwatched
from prunesweep.core.sparse.model.graph import Graph

_SETTLE_SECONDS = 0.100


def compete(
    dense: nn.Module,
    pruned: nn.Module,
    image_shape: tuple[int, int, int],
    batch: int,
    threads: int,
    device: torch.device,
    engines: Iterable[str],
    progress: CountDone = unwatched,
    both: Iterable[str] = (),
    smaller: bool = False,
) -> LatencyRun:
    """Time one pass of `batch` random images of `image_shape` (channels, height, width): `dense` in every dense engine
    among `engines`, `pruned` in those that skip zeros, or in the best dense one if there is none (unless it is `dense`
    itself: that one runs twice anyway). Where `pruned` is another network than `dense`, the latter also runs in the
    very code that skips zeros.

    Engines that cannot be used here are left out. The networks are left as they are. 24 rounds; 2 to 3 seconds unless
    a pass takes longer than some 10 ms.

    Args:
        threads: CPU threads; the process is pinned to as many CPUs, and everything is put back afterwards.
        both: dense engines among `engines` that run `pruned` as well.
        smaller: `pruned` is a smaller dense network, which every engine runs; its time is that of the fp32 engine that
            is fastest with it, as that of `dense` is.

    Raises:
        StageError: no such engine; or an fp32 engine whose logits are not PyTorch's.
    """
    threads = capped(threads)
    chosen, left_out = choose(engines, device)
    images = torch.rand(batch, *image_shape, generator=torch.Generator().manual_seed(0)).to(device)
    load = load_average()
    settle = _SETTLE_SECONDS if threads > 1 and device.type == "cpu" else 0.0
    no_tf32 = torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False)
    with pinned(threads), no_tf32:
        field = contestants(chosen, dense, pruned, images, threads, left_out, smaller=smaller)
        with torch.inference_mode():
            if pruned is not dense:
                field += same_code(field, dense, images)
            if device.type == "cuda":
                run_until_steady(field[0].make(), timer_of(device))
            best = _pilot(field, timer_of(device), settle)
            if pruned is not dense and not any(one.pruned for one in field):
                field += contestants((best.engine,), pruned, pruned, images, threads, left_out, pruned_too=True)
            if pruned is not dense and not smaller:
                twice = [engine for engine in chosen if engine.name in both and engine.name not in left_out]
                # Last, so that the first pruned contestant is the one in fp32.
                field += contestants(twice, pruned, pruned, images, threads, left_out, pruned_too=True)
            makers = [*(one.make for one in field), best.make]
            course = take_turns(makers, timer_of(device), settle, BLOCKS, progress)
            if smaller:
                field, course = _fastest_first(field, course)
            clock = clock_mhz(device)
    race = _race(field, field.index(best), course, batch, threads, load, device, left_out)
    return replace(race, clock_mhz=clock)


def compete_file(
    path: Path, graph: Graph, batch: int, threads: int, engines: Iterable[str], progress: CountDone = unwatched
) -> LatencyRun:
    """Time an ONNX file as it is in onnxruntime and OpenVINO, in all their formats, and its graph in the sparse engine,
    as `compete` does.

    Errors are differences from onnxruntime's outputs.

    Args:
        graph: of the file.
        threads: as for `compete`.

    Raises:
        StageError: no such engine; or one whose outputs are not onnxruntime's.
    """
    threads, device = capped(threads), torch.device("cpu")
    names = dict.fromkeys((FILE_BASELINE, *engines))
    left_out = {name: "does not run ONNX files" for name in names if name not in FILE_ENGINES}
    chosen, missing = choose([name for name in names if name in FILE_ENGINES], device)
    images = torch.rand(batch, *graph.image_shape, generator=torch.Generator().manual_seed(0))
    load, settle = load_average(), _SETTLE_SECONDS if threads > 1 else 0.0
    with pinned(threads):
        field = file_contestants(chosen, path, graph, images, threads, missing)
        best = _pilot(field, timer_of(device), settle)
        turns = [*(one.make for one in field), best.make]
        course = take_turns(turns, timer_of(device), settle, BLOCKS, progress)
    return _race(field, field.index(best), course, batch, threads, load, device, left_out | missing)


def latency_row(race: LatencyRun) -> dict[str, Any]:
    """Return the columns of the ledger's `latencies` row."""
    dense, pruned, same, zeros = race.dense(), race.pruned(), race.without_zeros(), race.zeros
    return {
        "dense_ms": dense.ms,
        "pruned_ms": pruned.ms,
        "ratio": pruned.ratio,
        "ratio_low": pruned.ratio_low,
        "ratio_high": pruned.ratio_high,
        "rounds": race.rounds,
        "engine": pruned.engine,
        "threads": race.threads,
        "batch": race.batch,
        "processor": race.processor,
        "host": race.host,
        "dtype": pruned.dtype,
        "engine_version": pruned.version,
        "dense_engine": dense.engine,
        "dense_version": dense.version,
        "null_ratio": race.null_ratio,
        "null_low": race.null_low,
        "null_high": race.null_high,
        "load": race.load,
        "busy": race.busy,
        "engines": [asdict(time) for time in race.times],
        "code": pruned.code,
        "p": pruned.p,
        "autocorrelation": pruned.autocorrelation,
        "zeros_ms": None if same is None else same.ms,
        "zeros_ratio": None if zeros is None else zeros.middle,
        "zeros_low": None if zeros is None else zeros.low,
        "zeros_high": None if zeros is None else zeros.high,
        "zeros_p": None if zeros is None else zeros.p,
    }


def _pilot(field: list[Contestant], timer: Timer, settle: float) -> Contestant:
    """Return the best dense contestant of one block of rounds: the one that will run twice."""
    rivals = [one for one in field if is_baseline(one.engine.name) and not one.pruned]
    if len(rivals) == 1:
        return rivals[0]
    times = take_turns([one.make for one in rivals], timer, settle, blocks=1).seconds
    return rivals[int(np.median(times, axis=(0, 1)).argmin())]


def _fastest_first(field: list[Contestant], course: InterleavedRun) -> tuple[list[Contestant], InterleavedRun]:
    """Put the fp32 engine that was fastest with the pruned network before the others with it."""
    medians = np.median(course.seconds, axis=(0, 1))
    places = range(len(field))

    def rank(place: int) -> tuple[bool, bool, float]:
        one = field[place]
        return one.pruned, one.pruned and one.engine.dtype != "fp32", float(medians[place]) if one.pruned else 0.0

    order = sorted(places, key=rank)
    turns = [*order, len(field)]  # the copy of the best dense one stays last
    ordered = replace(course, seconds=course.seconds[..., turns], busy=course.busy[turns])
    return [field[place] for place in order], ordered


def _race(
    field: list[Contestant],
    twin: int,
    course: InterleavedRun,
    batch: int,
    threads: int,
    load: float,
    device: torch.device,
    left_out: dict[str, str],
) -> LatencyRun:
    """Return the last of the course's contestants is a copy of number `twin`."""
    seconds, names = course.seconds, [one.engine.name for one in field]
    medians = np.median(seconds, axis=(0, 1))
    rivals = [place for place, one in enumerate(field) if is_baseline(one.engine.name) and not one.pruned]
    best = min(rivals, key=lambda place: float(medians[place]))
    times = [
        _time(one, medians[place], seconds[..., best] / seconds[..., place], course.busy[place])
        for place, one in enumerate(field)
    ]
    null = median_interval(seconds[..., twin] / seconds[..., -1])
    zeros = None
    pruned = next((place for place, one in enumerate(field) if one.pruned), best)
    for place, one in enumerate(field):
        if one.engine is field[pruned].engine and not one.pruned and place != pruned:
            zeros = median_interval(seconds[..., place] / seconds[..., pruned])
    rounds, busy = seconds[..., 0].size, float(np.average(course.busy))
    machine = (processor_name(device), host_name(), left_out)
    against_itself = (null.middle, null.low, null.high)
    return LatencyRun(
        tuple(times), names[best], names[twin], *against_itself, rounds, zeros, threads, batch, load, busy, *machine
    )


def _time(one: Contestant, median: float, ratios: np.ndarray, busy: float) -> EngineTime:
    engine = one.engine
    found, code = median_interval(ratios), one.make.code() if isinstance(one.make, AdaptiveEngine) else engine.name
    return EngineTime(
        engine=engine.name,
        dtype=engine.dtype,
        version=engine.version(),
        dense=engine.dense,
        pruned=one.pruned,
        ms=float(median) * 1000,
        ratio=found.middle,
        ratio_low=found.low,
        ratio_high=found.high,
        busy=float(busy),
        error=one.error,
        code=code,
        p=found.p,
        autocorrelation=found.autocorrelation,
    )
