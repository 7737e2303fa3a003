"""Our own engine: convolutions and products that never look at a zero. fp32, on a CPU."""

import importlib
import importlib.metadata

import numpy as np
import torch
from torch import nn

from core.measure.engines.base import Engine, Maker, Pass, Unsuitable

_ENGINE, _GRAPHS = "core.sparse.engine", "core.measure.graphs"


def engines() -> tuple[Engine, ...]:
    """The only one that is faster for having zeros."""
    return (Engine("sparse", _missing, _version, _prepare),)


def _missing(device: torch.device) -> str | None:
    del device
    try:
        reason: str | None = importlib.import_module(_ENGINE).unsupported()
        importlib.import_module(_GRAPHS)
    except ImportError:
        return "not built"
    return reason


def _version() -> str:
    return importlib.metadata.version("prunesweep")


def _prepare(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    try:
        graph = importlib.import_module(_GRAPHS).graph_of(model, tuple(images.shape[1:]))
    except (ValueError, NotImplementedError) as error:
        raise Unsuitable(str(error)) from None
    make_engine = importlib.import_module(_ENGINE).Engine
    batch = np.ascontiguousarray(images.numpy())

    def make() -> Pass:
        engine = make_engine(graph, threads=threads)
        return lambda: engine(batch)

    return make
