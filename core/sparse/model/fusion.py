"""Graphs with fewer nodes that compute the same: without what no result needs, and with one node for two."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from prunesweep.core.sparse.model.graph import (
    Activation,
    Add,
    AvgPool,
    Conv,
    Flatten,
    GlobalMean,
    Linear,
    Node,
    Scale,
    sources_of,
)


def needed(nodes: list[Node], result: str) -> list[Node]:
    """Return the nodes that the result needs."""
    wanted, kept = {result}, []
    for node in reversed(nodes):
        if node.out in wanted:
            wanted |= set(sources_of(node))
            kept.append(node)
    return kept[::-1]


def fused(nodes: list[Node], result: str, shapes: Mapping[str, tuple[int, ...]]) -> list[Node]:
    """Return the nodes with ReLUs, sums, scales and global pools inside the layers that they follow, where nobody else
    reads those. shapes: of all values."""
    changed = True
    while changed:
        changed = False
        for at, node in enumerate(nodes):
            if isinstance(node, Scale | Activation | Add | Flatten):
                made = _fusion(nodes, at, result, shapes)
                if made is not None:
                    nodes, changed = made, True
                    break
    return nodes


def _fusion(nodes: list[Node], at: int, result: str, shapes: Mapping[str, tuple[int, ...]]) -> list[Node] | None:
    """Return the nodes with number `at` inside another, or None."""
    node = nodes[at]
    places = {each.out: number for number, each in enumerate(nodes)}
    readers = [name for each in nodes for name in sources_of(each)]
    source = max(sources_of(node), key=lambda name: places.get(name, -1))
    if source not in places or readers.count(source) != 1 or source == result:
        return None
    made = nodes[places[source]]
    if isinstance(node, Flatten) and shapes[source][1:] != (1, 1):
        return None
    joined = _joined(made, node, source)
    if joined is None:
        return None
    # It stands where the later one stood, under that one's name: all that it reads is made by then.
    return [joined if number == at else each for number, each in enumerate(nodes) if number != places[source]]


def _joined(made: Node, node: Node, source: str) -> Node | None:
    """Return one node that does what `made` and then `node` do, under the name of the latter."""
    if isinstance(node, Flatten):
        whole = isinstance(made, AvgPool) and made.stride == (1, 1) and made.padding == (0, 0) and made.count_padding
        return GlobalMean(node.out, made.source) if whole and isinstance(made, AvgPool) else None
    if not isinstance(made, Conv | Linear) or made.relu:
        return None
    if isinstance(node, Activation):
        return replace(made, out=node.out, relu=True) if node.kind == "relu" else None
    added = isinstance(made, Conv) and made.add is not None
    if isinstance(node, Scale) and not added:
        scale = node.weight.astype(np.float64)
        weight = made.weight * scale.reshape(-1, *[1] * (made.weight.ndim - 1))
        bias = made.bias * scale + node.bias
        numbers = [np.ascontiguousarray(each, np.float32) + np.float32(0) for each in (weight, bias)]
        if not all(np.isfinite(each).all() for each in numbers):
            return None
        return replace(made, out=node.out, weight=numbers[0], bias=numbers[1])
    if isinstance(node, Add) and isinstance(made, Conv) and not added:
        other = node.other if node.source == source else node.source
        return replace(made, out=node.out, add=other)
    return None
