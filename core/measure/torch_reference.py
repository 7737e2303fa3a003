"""A graph run by torch, one node after another: slow, and what faster ways are compared with."""

from typing import assert_never

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from prunesweep.core.sparse.model.graph import (
    INPUT,
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Flatten,
    GlobalMean,
    Graph,
    Linear,
    MaxPool,
    Node,
    Operator,
    Scale,
    TokenLinear,
    sources_of,
)

TOLERANCE = 1e-5
"""Largest difference that two networks may show and count as the same, relative to the largest output."""


@torch.inference_mode()
def run_graph(graph: Graph, images: Tensor) -> Tensor:
    """Return the result for images [B, C, H, W], float32 or float64: computed in that type. Every value is kept until
    the end.

    Raises:
        ValueError: the graph has an `Operator`.
    """
    values = {INPUT: images}
    for node in graph.nodes:
        values[node.out] = _run(node, values)
    return values[graph.nodes[-1].out]


def difference(found: Tensor, expected: Tensor) -> float:
    """Return the largest difference, relative to the largest of `expected`."""
    largest = float(expected.abs().max())
    return float((found.double() - expected.double()).abs().max()) / (largest or 1.0)


def _run(node: Node, values: dict[str, Tensor]) -> Tensor:
    source = values[sources_of(node)[0]]

    def like(array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(source)

    match node:
        case Conv():
            edges = (node.stride, node.padding, node.dilation, node.groups)
            made = F.conv2d(source, like(node.weight), like(node.bias), *edges)
            if node.add is not None:
                made = made + values[node.add]
            return made.relu() if node.relu else made
        case MaxPool():
            return F.max_pool2d(source, node.kernel, node.stride, node.padding, ceil_mode=node.ceil)
        case GlobalMean():
            return source.mean(dim=(2, 3))
        case Linear():
            made = F.linear(source, like(node.weight), like(node.bias))
            return made.relu() if node.relu else made
        case Scale():
            shape = (-1, *[1] * (source.dim() - 2))
            return source * like(node.weight).reshape(shape) + like(node.bias).reshape(shape)
        case Activation():
            return {"relu": F.relu, "relu6": F.relu6, "hardsigmoid": F.hardsigmoid}[node.kind](source)
        case AvgPool():
            return F.avg_pool2d(source, node.kernel, node.stride, node.padding, count_include_pad=node.count_padding)
        case Add():
            return source + values[node.other]
        case Concat():
            return torch.cat([values[name] for name in node.sources], dim=1)
        case Flatten():
            return source.flatten(1)
        case TokenLinear():
            return F.linear(source, like(node.weight), like(node.bias))
        case Operator():
            raise ValueError(f"{node.out}: {node.kind} is an operator of ONNX")
        case _:
            assert_never(node)
