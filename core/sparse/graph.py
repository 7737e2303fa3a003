"""A network as the engine sees it: batch-norm folded away, ReLU and residual sums inside the layer they follow.

Shapes: B images, C channels in, O channels out, H × W pixels. Everything is float32.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Conv:
    """out = relu?(conv(source, weight) + bias + add?). weight: [O, C, kh, kw], bias: [O]; no groups, no dilation.
    stride, padding: (vertical, horizontal). add: the value of the same shape that is added before the ReLU."""

    out: str
    source: str
    weight: np.ndarray
    bias: np.ndarray
    stride: tuple[int, int]
    padding: tuple[int, int]
    relu: bool
    add: str | None = None


@dataclass(frozen=True)
class MaxPool:
    """out = the largest of each window. ceil: a last window that hangs over the edge counts (torch's `ceil_mode`)."""

    out: str
    source: str
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    ceil: bool


@dataclass(frozen=True)
class GlobalMean:
    """out [B, C] = the mean over H and W of source [B, C, H, W]."""

    out: str
    source: str


@dataclass(frozen=True, eq=False)
class Linear:
    """out [B, O] = relu?(source [B, C] · weightᵀ + bias). weight: [O, C], bias: [O]."""

    out: str
    source: str
    weight: np.ndarray
    bias: np.ndarray
    relu: bool


Node = Conv | MaxPool | GlobalMean | Linear


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in an order in which they can run. The images are the value named `INPUT`, [B, channels, height, width];
    the result is the last node's value. image_shape: (channels, height, width)."""

    image_shape: tuple[int, int, int]
    nodes: tuple[Node, ...]


INPUT = "images"


def map_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Every value's shape without B: (C, H, W), or (C,) after `GlobalMean`.

    Raises:
        ValueError: a node reads what no earlier node made, or shapes do not fit; the text names the node.
    """
    shapes: dict[str, tuple[int, ...]] = {INPUT: graph.image_shape}
    for node in graph.nodes:
        if node.source not in shapes:
            raise ValueError(f"node {node.out!r} reads {node.source!r}, which no earlier node makes")
        shapes[node.out] = _shape(node, shapes[node.source])
        if isinstance(node, Conv) and node.add is not None and shapes.get(node.add) != shapes[node.out]:
            raise ValueError(f"node {node.out!r} adds {node.add!r}, which is {shapes.get(node.add)}")
    return shapes


def _shape(node: Node, source: tuple[int, ...]) -> tuple[int, ...]:
    if len(source) != (1 if isinstance(node, Linear) else 3):
        raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
    if isinstance(node, GlobalMean):
        return source[:1]
    if isinstance(node, (Conv, Linear)) and node.weight.shape[1] != source[0]:
        raise ValueError(
            f"node {node.out!r} has weights for {node.weight.shape[1]} channels, its source has {source[0]}"
        )
    if isinstance(node, Linear):
        return node.weight.shape[:1]
    kernel = node.weight.shape[2:] if isinstance(node, Conv) else node.kernel
    ceil = isinstance(node, MaxPool) and node.ceil
    sizes = [window_count(*edge, ceil=ceil) for edge in zip(source[1:], kernel, node.stride, node.padding, strict=True)]
    if min(sizes) < 1:
        raise ValueError(f"node {node.out!r} has a window larger than its source, {source[1]} × {source[2]}")
    return (node.weight.shape[0] if isinstance(node, Conv) else source[0], *sizes)


def window_count(size: int, kernel: int, stride: int, padding: int, *, ceil: bool = False) -> int:
    """Positions of a window along one axis, as torch counts them."""
    room = size + 2 * padding - kernel
    count = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    return count
