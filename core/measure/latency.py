"""Is it really faster? Times two networks side by side and says how sure the answer is.

Both run in one process, in short bursts that take turns, so that whatever the machine does meanwhile (clock
changes, neighbours) happens to both. Each round gives one ratio; the answer is their median with a 99 % interval. A
ratio whose interval holds 1 is no speed-up.
"""

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import nn

from core.errors import StageError
from core.measure.machine import host_name, processor_name

_BLOCKS = 12
_ROUNDS = 2
_BURST_SECONDS = 0.010
_WARM_SECONDS = 0.010
_WARM_PASSES = 3
_MAX_PASSES = 1000
_UNCOVERED = 0.01

Pass = Callable[[], object]
Timer = Callable[[Pass, int], float]


@dataclass(frozen=True)
class LatencyFacts:
    """dense_ms, pruned_ms: medians, milliseconds for one pass of `batch` images · ratio: dense / pruned, above 1 =
    faster, with its 99 % interval · rounds: ratios measured · threads: of the CPU · engine, processor, host: what
    ran it and where."""

    dense_ms: float
    pruned_ms: float
    ratio: float
    ratio_low: float
    ratio_high: float
    rounds: int
    engine: str
    threads: int
    batch: int
    processor: str
    host: str


def torch_engine(model: nn.Module, images: torch.Tensor) -> Pass:
    """Plain PyTorch: eager, fp32, channels_last. Zeros are multiplied like any other number."""
    ready = model.eval().to(images.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return lambda: ready(images)


ENGINES: Mapping[str, Callable[[nn.Module, torch.Tensor], Pass]] = MappingProxyType({"torch": torch_engine})


def compare(
    dense: nn.Module,
    pruned: nn.Module,
    image_shape: tuple[int, int, int],
    batch: int,
    threads: int,
    device: torch.device,
    engine: str = "torch",
) -> LatencyFacts:
    """Times one pass of `batch` random images of `image_shape` (channels, height, width) through each network.

    threads: CPU threads for the passes; put back afterwards. The networks themselves are left as they are: copies
    run, and new ones are made again and again, because where a copy lies in memory makes it faster or slower by up
    to a few per cent. 12 blocks of 2 rounds; about a second unless a pass takes longer than some 10 ms.

    Raises:
        StageError: no such engine.
    """
    if engine not in ENGINES:
        raise StageError(f"unknown latency engine {engine!r}; known: {', '.join(ENGINES)}")
    images = torch.rand(batch, *image_shape, generator=torch.Generator().manual_seed(0))
    images = images.to(device).contiguous(memory_format=torch.channels_last)
    timer = _cuda_timer(device) if device.type == "cuda" else _cpu_timer
    blocks = []
    with _threads(threads), torch.inference_mode():
        for block in range(_BLOCKS):
            # All four combinations of who is made first and who runs first, in turn.
            prepared: dict[int, Pass] = {}
            for which in (0, 1) if block % 2 == 0 else (1, 0):
                prepared[which] = ENGINES[engine](copy.deepcopy((dense, pruned)[which]), images)
            blocks.append(_rounds(prepared, block // 2 % 2, timer))
    times = np.stack(blocks)
    ratio, low, high = median_interval(times[..., 0] / times[..., 1])
    times = times.reshape(-1, 2)
    dense_ms, pruned_ms = (float(value) * 1000 for value in np.median(times, axis=0))
    name = processor_name(device)
    return LatencyFacts(dense_ms, pruned_ms, ratio, low, high, len(times), engine, threads, batch, name, host_name())


def median_interval(values: np.ndarray) -> tuple[float, float, float]:
    """The median of `values` [blocks, rounds] over blocks, and an interval that covers the truth in 99 % of cases.

    From the second lowest to the second highest of 12 block medians: the sign test's interval (Conover 1999,
    "Practical Nonparametric Statistics", section 3.2), which asks nothing of the noise but that blocks are alike. A
    bootstrap of a dozen blocks is too narrow: it called one of twenty masked networks faster than itself. Fewer than 8
    blocks give their whole range.
    """
    medians = np.sort(np.median(values, axis=1))
    blocks = len(medians)
    cut, tail = 0, 0.5**blocks
    while cut + 1 < blocks // 2:
        tail += math.comb(blocks, cut + 1) * 0.5**blocks
        if 2 * tail > _UNCOVERED:
            break
        cut += 1
    return float(np.median(medians)), float(medians[cut]), float(medians[-1 - cut])


def _rounds(passes: Mapping[int, Pass], first: int, timer: Timer) -> np.ndarray:
    """Seconds a pass, [rounds, 2]. `first` runs first in the first round, second in the next. Each network warms
    up before, and both have as many passes in a burst."""
    usual = [_warm_up(passes[which], timer) for which in (first, 1 - first)]
    count = max(1, min(_MAX_PASSES, round(_BURST_SECONDS * 2 / sum(usual))))
    times = np.empty((_ROUNDS, 2))
    for number in range(_ROUNDS):
        for turn in range(2):
            which = (first + number + turn) % 2
            # The first pass after a turn finds the other network in the caches; it is not timed.
            passes[which]()
            times[number, which] = timer(passes[which], count) / count
    return times


def _warm_up(run: Pass, timer: Timer) -> float:
    """Runs until caches are warm and memory is allocated; returns the usual seconds a pass."""
    times: list[float] = []
    while len(times) < _WARM_PASSES or (sum(times) < _WARM_SECONDS and len(times) < _MAX_PASSES):
        times.append(timer(run, 1))
    return max(float(np.median(times)), 1e-9)


def _cpu_timer(run: Pass, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        run()
    return time.perf_counter() - start


def _cuda_timer(device: torch.device) -> Timer:
    def timer(run: Pass, count: int) -> float:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
        with torch.cuda.device(device):
            torch.cuda.synchronize()
            begin.record()
            for _ in range(count):
                run()
            end.record()
            end.synchronize()
        return float(begin.elapsed_time(end)) / 1000

    return timer


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Pins the number of CPU threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
