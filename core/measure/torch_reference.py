"""A graph run by torch, one node after another: slow, and what faster ways are compared with."""

from typing import assert_never

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph, Linear, MaxPool, Node

TOLERANCE = 1e-5
"""Largest difference that two networks may show and count as the same, relative to the largest output."""


@torch.inference_mode()
def run_graph(graph: Graph, images: Tensor) -> Tensor:
    """Return the result for images [B, C, H, W], float32 or float64: computed in that type. Every value is kept until
    the end."""
    values = {INPUT: images}
    for node in graph.nodes:
        values[node.out] = _run(node, values)
    return values[graph.nodes[-1].out]


def difference(found: Tensor, expected: Tensor) -> float:
    """Return the largest difference, relative to the largest of `expected`."""
    largest = float(expected.abs().max())
    return float((found.double() - expected.double()).abs().max()) / (largest or 1.0)


def _run(node: Node, values: dict[str, Tensor]) -> Tensor:
    source = values[node.source]

    def like(array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(source)

    match node:
        case Conv():
            made = F.conv2d(source, like(node.weight), like(node.bias), node.stride, node.padding)
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
        case _:
            assert_never(node)
