"""Times several contestants side by side: short bursts that take turns, so that whatever the machine does meanwhile
(clock changes, neighbours) happens to all of them, and an interval for what comes of it."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from prunesweep.core.latency import Interval
from prunesweep.core.measure.engines.base import Maker, Pass
from prunesweep.core.progress import CountDone, unwatched

BLOCKS = 12
ROUNDS = 2
_BURST_SECONDS = 0.010
_WARM_SECONDS = 0.010
_WARM_PASSES = 3
_MAX_PASSES = 1000
_UNCOVERED = 0.01

Timer = Callable[[Pass, int], tuple[float, float]]
"""Runs a pass so many times; seconds by the clock, and seconds of CPU time over all threads of this process."""


@dataclass(frozen=True, eq=False)
class InterleavedRun:
    """What was measured.

    Attributes:
        seconds: a pass, [blocks, rounds, contestants].
        busy: CPU time over wall time while each contestant was timed, [contestants]; near its number of threads when
            nobody else was on these CPUs.
    """

    seconds: np.ndarray
    busy: np.ndarray


def take_turns(
    makers: Sequence[Maker],
    timer: Timer,
    settle: float = 0.0,
    blocks: int = BLOCKS,
    progress: CountDone = unwatched,
) -> InterleavedRun:
    """Time a pass of each contestant in `blocks` blocks of two rounds.

    Each block makes fresh copies, because where a copy lies in memory makes it faster or slower by up to a few per
    cent; each warms up (three passes at least), then has one burst of about 10 ms in each round. Before a
    contestant's burst it runs untimed, one pass and at least `settle` seconds: the first pass after a turn finds
    another contestant in the caches, and pools of threads keep spinning for tens of milliseconds after their last
    pass.
    Orders rotate, see `order`.
    """
    seconds = np.empty((blocks, ROUNDS, len(makers)))
    spent = np.zeros((2, len(makers)))
    for block in range(blocks):
        passes: dict[int, Pass] = {}
        for which in order(block + block // len(makers), len(makers)):
            passes[which] = makers[which]()
        counts = {}
        for which in order(block, len(makers)):
            usual = _warm_up(passes[which], timer)
            counts[which] = max(1, min(_MAX_PASSES, round(_BURST_SECONDS / usual)))
        for number in range(ROUNDS):
            for which in order(block, len(makers), reverse=number % 2 == 1):
                _settle(passes[which], settle)
                wall, cpu = timer(passes[which], counts[which])
                seconds[block, number, which] = wall / counts[which]
                spent[:, which] += (wall, cpu)
        progress(block + 1, blocks)
    return InterleavedRun(seconds, spent[1] / np.maximum(spent[0], 1e-12))


def order(turn: int, contestants: int, *, reverse: bool = False) -> list[int]:
    """Return who runs after whom: the zigzag 0, 1, -1, 2, -2, … of Williams's designs for carry-over effects
    (Australian Journal of Scientific Research A2, 1949), one further each turn. A block's second round is its first in
    reverse.

    So in every block each runs once before and once after each other; and over as many blocks as there are contestants
    each has every place equally often, and comes right after every other equally often.
    """
    zigzag = [(place + 1) // 2 * (1 if place % 2 else -1) for place in range(contestants)]
    rotated = [(step + turn) % contestants for step in zigzag]
    return rotated[::-1] if reverse else rotated


def median_interval(values: np.ndarray) -> Interval:
    """Return the median of the ratios `values` [blocks, rounds] over blocks, and an interval that covers the truth.

    From the second lowest to the second highest of 12 block medians: the sign test's interval (Conover 1999,
    "Practical Nonparametric Statistics", section 3.2), which asks nothing of the noise but that blocks are alike and
    don't follow each other; then it covers in 99 % of cases. Not the plain bootstrap's 95 %: rounds of one block share
    its copies' luck in memory, so only the dozen blocks are independent, and a bootstrap of a dozen is too narrow. Of
    a network against itself it saw a difference in 2 of 12 runs, the sign test's interval in none of 24. Fewer than 8
    blocks give their whole range.

    Blocks that follow each other say less than as many independent ones: the interval is stretched, see `_stretch`.
    """
    logs = np.sort(np.log(np.median(values, axis=1)))
    blocks, middle = len(logs), float(np.median(logs))
    found = _autocorrelation(np.log(np.median(values, axis=1)))
    stretch = _stretch(found, blocks)

    def edges(cut: int) -> tuple[float, float]:
        return middle - stretch * (middle - logs[cut]), middle + stretch * (logs[-1 - cut] - middle)

    cut, p = 0, 1.0
    for wanted in range((blocks + 1) // 2):
        missed = 2 * sum(math.comb(blocks, k) for k in range(wanted + 1)) * 0.5**blocks
        low, high = edges(wanted)
        p = min(p, missed) if low > 0 or high < 0 else p
        cut = wanted if missed <= _UNCOVERED else cut
    low, high = edges(cut)
    return Interval(math.exp(middle), math.exp(low), math.exp(high), p, found)


def _autocorrelation(logs: np.ndarray) -> float:
    """Return how much each of the values tells of the next; 0 where all are equal."""
    apart = logs - logs.mean()
    spread = float(apart @ apart)
    return float(apart[1:] @ apart[:-1]) / spread if spread > 1e-24 else 0.0


def _stretch(autocorrelation: float, blocks: int) -> float:
    """Return (1 + r) / (1 - r), at least 1 and at most 19.

    r is the autocorrelation without its bias, -(1 + 3r) / n (Kendall 1954, Biometrika 41:403). n blocks of a chain
    weigh as n (1 - r) / (1 + r) independent ones, which asks for the root of this factor; but a dozen blocks of such a
    chain also differ less than its noise does. Simulated, 12 blocks, misses in 100: r = 0 → 0.4, 0.3 → 1.4 (without
    stretching 2.7), 0.6 → 3.4 (10.6): `tests/measure/test_rounds.py`.
    """
    r = min(0.9, autocorrelation + (1 + 3 * max(autocorrelation, 0.0)) / blocks)
    return (1 + r) / (1 - r) if r > 0 else 1.0


def timer_of(device: torch.device) -> Timer:
    """Return the clock for work on `device`: the CPU's own, or the GPU's events."""
    return _cuda_timer(device) if device.type == "cuda" else _cpu_timer


def _settle(run: Pass, seconds: float) -> None:
    end = time.perf_counter() + seconds
    run()
    while time.perf_counter() < end:
        run()


def _warm_up(run: Pass, timer: Timer) -> float:
    """Run until caches are warm and memory is allocated; returns the usual seconds a pass."""
    times: list[float] = []
    while len(times) < _WARM_PASSES or (sum(times) < _WARM_SECONDS and len(times) < _MAX_PASSES):
        times.append(timer(run, 1)[0])
    return max(float(np.median(times)), 1e-9)


def _cpu_timer(run: Pass, count: int) -> tuple[float, float]:
    cpu, start = time.process_time(), time.perf_counter()
    for _ in range(count):
        run()
    return time.perf_counter() - start, time.process_time() - cpu


def _cuda_timer(device: torch.device) -> Timer:
    def timer(run: Pass, count: int) -> tuple[float, float]:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
        with torch.cuda.device(device):
            torch.cuda.synchronize()
            cpu = time.process_time()
            begin.record()
            for _ in range(count):
                run()
            end.record()
            end.synchronize()
        return float(begin.elapsed_time(end)) / 1000, time.process_time() - cpu

    return timer
