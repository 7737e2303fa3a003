"""Our own engine: convolutions and products that never look at a zero. fp32, on a CPU."""

import importlib.metadata

import numpy as np
import torch
from torch import nn

from core.measure.engines.base import Engine, Maker, Pass, Unsuitable
from core.measure.graphs import graph_of
from core.sparse.dead import drop_dead_channels
from core.sparse.engine import Engine as SparseEngine
from core.sparse.engine import unsupported
from core.sparse.target import here

_COPIES = 3
"""Engines made for a measurement; the blocks of rounds take them in turn. Making one takes up to a second."""


def engines() -> tuple[Engine, ...]:
    """The only one that is faster for having zeros. It is what `prunesweep.load` gives: onnxruntime takes over where
    that measured faster."""
    return (Engine("sparse", _missing, _version, _prepare),)


def _missing(device: torch.device) -> str | None:
    del device
    return unsupported()


def _version() -> str:
    target = here()
    return importlib.metadata.version("prunesweep") + (f" {target.name}" if target else "")


def _prepare(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    channels, height, width = images.shape[1:]
    try:
        graph, _ = drop_dead_channels(graph_of(model, (channels, height, width)))
    except ValueError as error:
        raise Unsuitable(str(error)) from None
    batch = np.ascontiguousarray(images.numpy())
    made: list[SparseEngine] = []

    def make() -> Pass:
        if len(made) < _COPIES:
            made.append(SparseEngine(graph, threads))
        else:
            made.append(made.pop(0))
        engine = made[-1]
        return lambda: engine(batch)

    return make
