"""Which nodes of a graph the engine has code for."""

import math
from collections.abc import Mapping

from prunesweep.core.sparse.model.graph import Activation, Add, AvgPool, Concat, Conv, Node, Operator, Scale, sources_of

_LARGEST = 1 << 25
"""Weights of a convolution, zeros counted: 128 MB while its code is made."""


def unlowered(node: Node, shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    """Return why the engine has no code for a node, or None. shapes: as `map_shapes` gives them."""
    if isinstance(node, Operator):
        return f"has no code for {node.kind}"
    if any(len(shapes[name]) not in (1, 3) or -1 in shapes[name] for name in (node.out, *sources_of(node))):
        return "has no code for tokens"
    if isinstance(node, AvgPool) and any(node.padding) and not node.count_padding:
        return "has no code for an average that leaves out its padding"
    if _weights(node, shapes) > _LARGEST:
        return f"takes no more than {_LARGEST:,} weights a layer, zeros counted"
    return None


def _weights(node: Node, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Return how many weights a node's convolution has, zeros counted, where it has more than those of the graph."""
    outputs, channels = shapes[node.out][0], shapes[sources_of(node)[0]][0]
    if isinstance(node, Conv) and not node.plain:
        sizes = zip(node.dilation, node.weight.shape[2:], strict=True)
        taps: int = math.prod(step * (int(size) - 1) + 1 for step, size in sizes)
        return outputs * channels * taps
    if isinstance(node, Concat):
        return outputs * max(shapes[source][0] for source in node.sources)
    if isinstance(node, AvgPool):
        whole = node.kernel == shapes[node.source][1:]
        return channels * channels * (1 if whole else math.prod(node.kernel))
    return channels * channels if isinstance(node, Scale | Activation | Add) else 0
