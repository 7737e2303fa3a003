"""`python -m prunesweep.core.jobs.costs`: what a weight that is not zero costs the engine here. Needs numpy alone.

Request and answers: `prunesweep.core.jobs.programs.COSTS`.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isqrt

import numpy as np

from prunesweep.core.devices import cpu_name
from prunesweep.core.errors import UserError
from prunesweep.core.jobs.answers import CostMachine, CostPoint
from prunesweep.core.jobs.programs import COSTS
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Costs
from prunesweep.core.plan.costs import BATCHES, MAPS
from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph
from prunesweep.core.sparse.runtime.engine import Engine, unsupported

_CHANNELS = ((16, 256), (64, 128), (1024, 64))
"""Up to so many positions, that many channels in and out: as networks of published width have them."""
_DENSITIES = (0.05, 0.1, 0.15, 0.25)
"""Each weight costs its own time here; from about 0.3 on the engine may do the layer dense, by tiles."""
_WARM_UP = 2
_LEAST = 1e-6
"""What a slope that noise turned around comes to; a profile knows no free weights."""
_SAVES = 0.9
"""A full layer is done dense where that takes less than this part of its weights one by one: no mere noise."""


def measure(request: Costs, say: Say) -> Iterator[CostPoint | CostMachine]:  # noqa: ARG001 - nothing but the answer to say
    """Yield the points, then the machine.

    Raises:
        UserError: the engine cannot run here.
    """
    if reason := unsupported():
        raise UserError("costs", "", f"cannot be measured here: {reason}")
    for batch in BATCHES:
        for positions in MAPS:
            each, dense = cost(positions, batch, request.rounds)
            yield CostPoint(batch, positions, each, dense)
    processor = " ".join(cpu_name().split())[:128]
    yield CostMachine(processor, datetime.now(UTC).date().isoformat())


def cost(positions: int, batch: int, rounds: int) -> tuple[float, float | None]:
    """Return nanoseconds an image that one more weight adds to a layer of that many output positions (a square number);
    and those that each weight of a full layer adds, if a full one costs less than all its weights one by one.

    One 3 × 3 convolution at several densities, all in turns; the fastest pass of each, as whatever disturbs a pass adds
    to its time; the line of time over weights, so that what all have in common (a call, the maps) drops out.
    """
    side = isqrt(positions)
    channels = next(count for most, count in _CHANNELS if positions <= most)
    dice = np.random.default_rng(positions)
    images = dice.standard_normal((batch, channels, side, side), dtype=np.float32)
    graphs = [_layer(dice, channels, side, density) for density in (*_DENSITIES, 1.0)]
    weights = [int(np.count_nonzero(graph.nodes[0].weight)) for graph in graphs if isinstance(graph.nodes[0], Conv)]
    engines = [Engine(graph, 1, dense=False) for graph in graphs]
    for engine in engines * _WARM_UP:
        engine(images)
    turns = [[_seconds(engine, images) for engine in engines] for _ in range(rounds)]
    fastest = [min(times) for times in zip(*turns, strict=True)]
    common, slope = line(weights[:-1], fastest[:-1])
    each, full = (max(ns * 1e9 / batch, _LEAST) for ns in (slope, (fastest[-1] - common) / weights[-1]))
    return each, full if full < _SAVES * each else None


def line(weights: Sequence[int], seconds: Sequence[float]) -> tuple[float, float]:
    """Return the seconds without weights, and seconds a weight: the least-squares line through the points (weights,
    seconds)."""
    common, slope = np.polynomial.polynomial.polyfit(weights, seconds, 1)
    return float(common), float(slope)


def _layer(dice: np.random.Generator, channels: int, side: int, density: float) -> Graph:
    weight = dice.standard_normal((channels, channels, 3, 3), dtype=np.float32)
    weight *= dice.random(weight.shape) < density
    bias = np.zeros(channels, np.float32)
    conv = Conv("conv", INPUT, weight, bias, (1, 1), (1, 1), relu=True)
    return Graph((channels, side, side), (conv, GlobalMean("mean", "conv")))


def _seconds(engine: Engine, images: np.ndarray) -> float:
    start = time.perf_counter()
    engine(images)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(serve(COSTS, measure))
