"""Networks for the engine, and what torch makes of them in double precision."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph, Linear, MaxPool, Node
from prunesweep.core.sparse.runtime import engine as engine_module
from prunesweep.core.sparse.runtime.engine import Engine
from prunesweep.core.sparse.runtime.openvino import left_out


def need_dense(name: str) -> None:
    """Skip a test of the dense runtime of that name where it is not installed or not to be used."""
    pytest.importorskip(name.lower())
    if name == "OpenVINO" and (reason := left_out()):
        pytest.skip(reason)


def reference(graph: Graph, images: np.ndarray) -> np.ndarray:
    values = {INPUT: torch.from_numpy(images).double()}
    for node in graph.nodes:
        source = values[node.source]
        if isinstance(node, MaxPool):
            result = F.max_pool2d(source, node.kernel, node.stride, node.padding, ceil_mode=node.ceil)
        elif isinstance(node, GlobalMean):
            result = source.mean(dim=(2, 3))
        else:
            weight, bias = (torch.from_numpy(part).double() for part in (node.weight, node.bias))
            if isinstance(node, Conv):
                result = F.conv2d(source, weight, bias, node.stride, node.padding)
                result = result if node.add is None else result + values[node.add]
            else:
                result = F.linear(source, weight, bias)
            result = result.relu() if node.relu else result
        values[node.out] = result
    return values[graph.nodes[-1].out].numpy()


def uncapped(graph: Graph, threads: int, target: Target) -> Engine:
    """Return an engine with that many threads, also where there are fewer CPUs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "capped", lambda threads: threads)
        return Engine(graph, threads, dense=False, target=target)


def assert_close(
    graph: Graph, batches: Sequence[int], target: Target, threads: int = 1, *, grouped: bool | None = None
) -> None:
    """grouped: images run in groups, or one by one, not as measured."""
    engine = uncapped(graph, threads, target)
    if grouped is not None:
        vars(engine._sparse).update(_pays=lambda _: grouped, _few=2)
    random = np.random.default_rng(0)
    for batch in batches:
        images = random.standard_normal((batch, *graph.image_shape)).astype(np.float32)
        expected, found = reference(graph, images), engine(images)
        assert found.dtype == np.float32
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() <= 1e-5 * max(np.abs(expected).max(), 1e-3)


def sparse(random: np.random.Generator, shape: tuple[int, ...], density: float) -> np.ndarray:
    weight = random.standard_normal(shape) * (random.random(shape) < density)
    return (weight / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def conv(
    random: np.random.Generator, name: str, source: str, shape: tuple[int, ...], density: float = 0.3, **how: object
) -> Conv:
    bias = random.standard_normal(shape[0]).astype(np.float32)
    made = Conv(name, source, sparse(random, shape, density), bias, (1, 1), (1, 1), True)
    return replace(made, **how)  # type: ignore[arg-type]


def headed(random: np.random.Generator, shape: tuple[int, int, int], nodes: list[Node], channels: int) -> Graph:
    weight = random.standard_normal((5, channels)).astype(np.float32)
    head = Linear("head", "mean", weight, random.standard_normal(5).astype(np.float32), relu=False)
    return Graph(shape, (*nodes, GlobalMean("mean", nodes[-1].out), head))


def basic_block(
    random: np.random.Generator, name: str, source: str, inputs: int, outputs: int, density: float
) -> list[Node]:
    stride = (1, 1) if inputs == outputs else (2, 2)
    first = conv(random, f"{name}.a", source, (outputs, inputs, 3, 3), density, stride=stride)
    short: list[Node] = []
    if inputs != outputs:
        how = {"stride": stride, "padding": (0, 0), "relu": False}
        short = [conv(random, f"{name}.s", source, (outputs, inputs, 1, 1), density, **how)]
    added = short[0].out if short else source
    return [first, *short, conv(random, f"{name}.b", first.out, (outputs, outputs, 3, 3), density, add=added)]


def resnet(density: float, side: int = 16, width: int = 16) -> Graph:
    random = np.random.default_rng(1)
    nodes: list[Node] = [conv(random, "stem", INPUT, (width, 3, 3, 3), 0.9)]
    nodes.append(MaxPool("pool", "stem", (3, 3), (2, 2), (1, 1), False))
    source, channels = "pool", width
    for number, outputs in enumerate((width, 2 * width, 4 * width, 8 * width)):
        nodes += basic_block(random, f"block{number}", source, channels, outputs, density)
        source, channels = nodes[-1].out, outputs
    return headed(random, (3, side, side), nodes, channels)
