"""A graph as the engine runs it: every node is a window over a map, the mean and the linear layers, too."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from prunesweep.core.sparse.model.graph import Conv, GlobalMean, Graph, Linear, MaxPool, map_shapes


@dataclass(frozen=True)
class SumPool:
    """out [C, 1, 1] = the sum over the whole map, which is as large as the kernel."""

    out: str
    source: str
    kernel: tuple[int, int]

    @property
    def stride(self) -> tuple[int, int]:
        return (1, 1)

    @property
    def padding(self) -> tuple[int, int]:
        return (0, 0)


Window = Conv | MaxPool | SumPool


@dataclass(frozen=True, eq=False)
class WindowGraph:
    """A graph of window operations, as the run time executes it.

    Attributes:
        nodes: in an order in which they can run; the last one's value is the result, [O, 1, 1].
        shapes: every value's, (C, H, W).
    """

    nodes: tuple[Window, ...]
    shapes: Mapping[str, tuple[int, int, int]]

    @property
    def result(self) -> str:
        """The last node's value."""
        return self.nodes[-1].out


def windows_of(graph: Graph) -> WindowGraph:
    """Return the graph with means as sums and linear layers as 1×1 convolutions; what divides a sum goes into the
    weights of the next layer, or into a layer of its own where none follows.

    Raises:
        ValueError: as `map_shapes`.
    """
    shapes = {name: _with_map(shape) for name, shape in map_shapes(graph).items()}
    nodes: list[Window] = []
    count = 1
    for node in graph.nodes:
        if isinstance(node, GlobalMean):
            height, width = shapes[node.source][1:]
            total = f"{node.out}.sum"
            while total in shapes:  # a layer may be called so
                total += "'"
            nodes.append(SumPool(total, node.source, (height, width)))
            shapes[total] = shapes[node.out]
            count = height * width
        elif isinstance(node, Linear):
            nodes.append(_as_conv(node, nodes[-1].out, count))
            count = 1
        else:
            nodes.append(node)
    last = graph.nodes[-1]
    if isinstance(last, GlobalMean):
        channels = shapes[last.out][0]
        same = Linear(last.out, "", np.eye(channels, dtype=np.float32), np.zeros(channels, np.float32), relu=False)
        nodes.append(_as_conv(same, nodes[-1].out, count))
    return WindowGraph(tuple(nodes), shapes)


def _with_map(shape: tuple[int, ...]) -> tuple[int, int, int]:
    channels, height, width = shape if len(shape) == 3 else (shape[0], 1, 1)
    return channels, height, width


def _as_conv(node: Linear, source: str, count: int) -> Conv:
    """Return the layer over what is `count` times its input."""
    weight = (node.weight / np.float32(count))[:, :, None, None]
    return Conv(node.out, source, weight, node.bias, (1, 1), (0, 0), node.relu)
