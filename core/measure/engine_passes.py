"""Accuracy in the fastest exact engine of a machine: any fp32 engine that gives torch's logits on a sample."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from prunesweep.core.latency import EngineTime, LatencyRun
from prunesweep.core.measure.engines.base import UnsupportedNetwork
from prunesweep.core.measure.engines.registry import registry
from prunesweep.core.passes import Passes
from prunesweep.core.plan.engines import ENGINES
from prunesweep.core.training.batches import fitting, normalise
from prunesweep.core.training.datasets import Split

EAGER = "torch"
BATCH = 64
"""Most images a pass; the last pass may be partly empty."""
_SAME = 1e-4
"""Largest difference from torch's logits, as a fraction of the largest of them."""
_WORTHWHILE_SECONDS = 3.0
"""Of torch's: sooner than that nothing is gained."""
_OWN = "sparse"
_ENCODING = (4e-7, 1e-6)
"""Seconds that the sparse engine takes to encode a network: for each prunable weight, and for each that is not 0
(fitted to a ResNet-18 of width 64: 5.6 s at 90 % zeros, 15.9 s with none; Intel Xeon, 2 cores)."""

Logits = Callable[[Tensor], Tensor]


def fastest_engine(race: LatencyRun, images: int, nonzero: int, total: int) -> str:
    """Return the fp32 engine that would run a network's images soonest, its preparation included, by this run's times;
    `torch` where that would take moments.

    Args:
        race: of the network whose accuracy is wanted.
        images: how many there are to run.
        nonzero, total: the network's prunable weights that are not 0, and all.
    """

    def seconds(time: EngineTime) -> float:
        own = _ENCODING[0] * total + _ENCODING[1] * nonzero if time.engine == _OWN else 0.0
        return images / race.batch * time.ms / 1000 + own

    exact = [time for time in race.times if time.dtype == "fp32" and (time.pruned or time.dense)]
    eager = [seconds(time) for time in race.times if time.engine == EAGER]
    soon = bool(eager) and min(eager) < _WORTHWHILE_SECONDS
    return EAGER if soon else min(exact, key=seconds).engine


def passes_in(engine: str, network: nn.Module, split: Split, threads: int) -> Logits | None:
    """Return what gives the logits [B, classes] of up to `BATCH` images [B, C, H, W] on a CPU.

    Returns:
        None if the engine is torch, cannot run this network, or gives other logits on the split's first images.
    """
    if engine == EAGER or "cpu" not in ENGINES[engine].devices:
        return None
    batch = fitting(BATCH, split.images.shape[2:])  # as `evaluate` will send them
    try:
        with torch.no_grad():
            run = _EnginePass(engine, network, (batch, *split.images.shape[1:]), threads)
    except UnsupportedNetwork:
        return None
    sample = normalise(split.between(0, batch), split.mean, split.std)
    with torch.inference_mode():
        passes = Passes(network, min(sample.shape[2:])).eval()
        wanted, found = passes(sample), run(sample)
    error = float((found - wanted).abs().max() / wanted.abs().max().clamp_min(1e-6))
    return run if error <= _SAME else None


class _EnginePass:
    """An engine's pass over memory of its own, filled again for each batch."""

    def __init__(self, engine: str, network: nn.Module, shape: tuple[int, ...], threads: int) -> None:
        # Not zeros: an engine chooses its code by running these.
        self._images = torch.rand(shape, generator=torch.Generator().manual_seed(0))
        self._run = registry()[engine].prepare(network, self._images, threads)()

    def __call__(self, images: Tensor) -> Tensor:
        self._images[: len(images)].copy_(images)
        return torch.from_numpy(np.array(self._run(), np.float32)[: len(images)])
