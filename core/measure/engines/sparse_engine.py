"""Our own engine: convolutions and products that never look at a zero. fp32, on a CPU."""

import importlib.metadata

import numpy as np
import torch
from torch import nn

from prunesweep.core.measure.any_graph import any_graph_of
from prunesweep.core.measure.engines.base import EngineAdapter, Maker, Pass, UnsupportedNetwork
from prunesweep.core.sparse.codegen.target import here
from prunesweep.core.sparse.model.dead_channels import drop_dead_channels
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.runtime.engine import Engine as SparseEngine
from prunesweep.core.sparse.runtime.engine import unsupported

_COPIES = 3
"""Engines made for a measurement; the blocks of rounds take them in turn. Making one takes up to a second."""


def engines() -> tuple[EngineAdapter, ...]:
    """Return the only one that is faster for having zeros. It is what `prunesweep.load` gives: onnxruntime takes over
    where that measured faster."""
    return (EngineAdapter("sparse", _missing, _version, _prepare),)


def _missing(device: torch.device) -> str | None:
    del device
    return unsupported()


def _version() -> str:
    target = here()
    return importlib.metadata.version("prunesweep") + (f" {target.name}" if target else "")


def _prepare(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    return _Copies(_graph(model, images), images, threads)


def passes_of(graph: Graph, images: torch.Tensor, threads: int) -> Maker:
    """Return what makes passes of a graph over these images, [B, C, H, W] on the CPU."""
    return _Copies(graph, images, threads)


def _graph(model: nn.Module, images: torch.Tensor) -> Graph:
    channels, height, width = images.shape[1:]
    try:
        return any_graph_of(model, (channels, height, width))
    except ValueError as error:
        raise UnsupportedNetwork(str(error)) from None


class _Copies:
    """Engines of one network, made when they are asked for: the first chooses the code, the others take the same."""

    def __init__(self, graph: Graph, images: torch.Tensor, threads: int, code: str = "") -> None:
        self._graph, _ = drop_dead_channels(graph)
        self._images, self._threads, self._code = images, threads, code
        self._batch = np.ascontiguousarray(images.numpy())
        self._made: list[SparseEngine] = []

    def __call__(self) -> Pass:
        if len(self._made) < _COPIES:
            self._made.append(SparseEngine(self._graph, self._threads, code=self._code))
            self._code = self._made[-1].code(len(self._batch))
        else:
            self._made.append(self._made.pop(0))
        engine, batch = self._made[-1], self._batch
        return lambda: engine(batch)

    def code(self) -> str:
        if not self._made:
            self()
        return self._code

    def same(self, model: nn.Module) -> Maker:
        return _Copies(_graph(model, self._images), self._images, self._threads, self.code())
