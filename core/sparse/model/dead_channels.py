"""Channels that pruning left without effect, taken out of a graph without a change of what it computes.

Channels belong together wherever values are added, pooled or averaged: such values form a *group*, and a channel goes
from the whole group or not at all. It goes where

- nobody reads it: the weights of every layer that reads the group are zero for it, or
- nobody makes it: the filters of every layer that makes the group are zero, so that it is a constant, and each reader
  can do without (the constant is 0, or its weights for it are) or take the constant into its bias. A convolution
  with padding cannot: at the border it sees zeros in the constant's place.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np

from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph, Linear, MaxPool, Node, sources_of

Layer = Conv | Linear


def drop_dead_channels(graph: Graph) -> tuple[Graph, dict[str, int]]:
    """Return the graph without its dead channels, and how many output channels each layer lost (layers that lost some).

    What one layer loses may leave others dead, so this repeats until nothing changes. Images and result keep their
    channels, and every other value keeps at least one. A graph with other nodes than plain convolutions, max-pools,
    means and linear layers is left as it is.
    """
    if not all(_is_known(node) for node in graph.nodes):
        return graph, {}
    removed: Counter[str] = Counter()
    while True:
        for group in _groups(graph):
            dead = group.dead()
            if dead.any():
                graph = group.without(dead, graph)
                removed.update({layer.out: int(dead.sum()) for layer in group.makers})
                break
        else:
            return graph, dict(removed)


@dataclass(frozen=True, eq=False)
class _Group:
    """Values whose channels are tied together: what one loses, all lose.

    Attributes:
        values: their names.
        makers: the layers that make them.
        readers: the layers that read one.
        constants: float64 [channels] of each value, what it is where no layer makes the channel.
    """

    values: frozenset[str]
    makers: tuple[Layer, ...]
    readers: tuple[Layer, ...]
    constants: dict[str, np.ndarray]

    def dead(self) -> np.ndarray:
        """Return bool [channels]: True = can go."""
        unread = np.ones(len(self.makers[0].weight), np.bool_)
        unmade = unread.copy()
        for maker in self.makers:
            unmade &= ~maker.weight.any(axis=tuple(range(1, maker.weight.ndim)))
        for reader in self.readers:
            unread &= ~_used(reader)
            if isinstance(reader, Conv) and reader.padding != (0, 0):
                unmade &= ~_used(reader) | (self.constants[reader.source] == 0)
        dead: np.ndarray = unread | unmade
        if dead.all():
            dead[0] = False
        return dead

    def without(self, dead: np.ndarray, graph: Graph) -> Graph:
        """Return the graph without these channels of the group."""
        keep = ~dead
        nodes: list[Node] = []
        for node in graph.nodes:
            made = node
            if _is_layer(node) and node.source in self.values:
                constant = np.where(dead & _used(node), self.constants[node.source], 0)
                # Summed over the kernel: without padding every position of it meets the constant.
                pushed = node.weight.astype(np.float64).reshape(*node.weight.shape[:2], -1).sum(axis=2) @ constant
                bias = (node.bias + pushed).astype(np.float32)
                made = replace(node, weight=np.ascontiguousarray(node.weight[:, keep]), bias=bias)
            if _is_layer(made) and made.out in self.values:
                made = replace(made, weight=np.ascontiguousarray(made.weight[keep]), bias=made.bias[keep])
            nodes.append(made)
        return replace(graph, nodes=tuple(nodes))


def _groups(graph: Graph) -> Iterator[_Group]:
    """Yield the groups from which channels may go, first made first."""
    members: dict[str, set[str]] = {INPUT: {INPUT}}
    for node in graph.nodes:
        together = _together(node)
        group = {node.out} if together is None else {node.out} | members[together]
        members |= dict.fromkeys(group, group)
    seen: set[str] = set()
    for node in graph.nodes:
        values = members[node.out]
        if node.out in seen or values & {INPUT, graph.nodes[-1].out}:
            continue
        seen |= values
        makers = tuple(each for each in graph.nodes if _is_layer(each) and each.out in values)
        readers = tuple(each for each in graph.nodes if _is_layer(each) and each.source in values)
        yield _Group(frozenset(values), makers, readers, _constants(graph, values))


def _together(node: Node) -> str | None:
    """Return the value whose channels are the node's own, one by one."""
    if isinstance(node, Linear):
        return None
    return node.add if isinstance(node, Conv) else sources_of(node)[0]


def _constants(graph: Graph, values: set[str]) -> dict[str, np.ndarray]:
    """Return float64 [channels] of each value: what its pixels are wherever no layer makes the channel."""
    found: dict[str, np.ndarray] = {}
    for node in graph.nodes:
        if node.out not in values:
            continue
        if not _is_layer(node):
            found[node.out] = found[sources_of(node)[0]]
            continue
        made = node.bias.astype(np.float64)
        if isinstance(node, Conv) and node.add is not None:
            made = made + found[node.add]
        found[node.out] = np.maximum(made, 0) if node.relu else made
    return found


def _used(reader: Layer) -> np.ndarray:
    """Return bool [channels that it reads]: False where all its weights are zero."""
    return np.asarray(reader.weight.any(axis=(0, *range(2, reader.weight.ndim))))


def _is_layer(node: Node) -> TypeGuard[Layer]:
    return isinstance(node, Conv | Linear)


def _is_known(node: Node) -> bool:
    return isinstance(node, MaxPool | GlobalMean | Linear) or (isinstance(node, Conv) and node.plain)
