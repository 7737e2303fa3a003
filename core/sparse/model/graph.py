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
LARGEST = 1 << 25
"""Numbers in one image's value, its border counted: 128 MB."""


def map_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return every value's shape without B: (C, H, W), or (C,) after `GlobalMean`.

    Raises:
        ValueError: no nodes, or two of one name; a node reads what no earlier node made; shapes do not fit, or a value
            is larger than `LARGEST`. The text names the node.
    """
    if not graph.nodes:
        raise ValueError("a graph without nodes")
    shapes: dict[str, tuple[int, ...]] = {INPUT: graph.image_shape}
    for node in graph.nodes:
        if not node.out or node.out in shapes:
            raise ValueError(f"node {node.out!r} has no name, or another's")
        if node.source not in shapes:
            raise ValueError(f"node {node.out!r} reads {node.source!r}, which no earlier node makes")
        shape = _shape(node, shapes[node.source])
        if isinstance(node, Conv) and node.add is not None and shapes.get(node.add) != shape:
            raise ValueError(f"node {node.out!r} adds {node.add!r}, which is {shapes.get(node.add)}")
        shapes[node.out] = shape
    return shapes


def read_pixels(graph: Graph) -> np.ndarray:
    """Return which pixels of the images the result depends on, bool [height, width]: weights that are zero count.

    A window that a stride steps over, or that a pool leaves out at the edge, is read by nobody.
    """
    shapes = map_shapes(graph)
    reads = {name: np.zeros(shape[1:] or (1, 1), np.bool_) for name, shape in shapes.items()}
    reads[graph.nodes[-1].out][:] = True
    for node in reversed(graph.nodes):
        wanted, source = reads[node.out], reads[node.source]
        if isinstance(node, GlobalMean | Linear):
            source |= wanted.any()
            continue
        kernel = node.weight.shape[2:] if isinstance(node, Conv) else node.kernel
        for axis in (0, 1):  # a window is a rectangle: first the rows that it spans, then the columns
            wanted = _spanned(wanted, axis, kernel[axis], node.stride[axis], node.padding[axis], source.shape[axis])
        source |= wanted
        if isinstance(node, Conv) and node.add is not None:
            reads[node.add] |= reads[node.out]
    return reads[INPUT]


def _spanned(wanted: np.ndarray, axis: int, kernel: int, stride: int, padding: int, size: int) -> np.ndarray:
    """Return which of `size` rows (axis 0) or columns (1) the windows at the wanted places span."""
    wanted = np.moveaxis(wanted, axis, 0)
    spanned = np.zeros((size, wanted.shape[1]), np.bool_)
    for tap in range(kernel):
        places = np.arange(len(wanted)) * stride + tap - padding
        inside = (places >= 0) & (places < size)
        spanned[places[inside]] |= wanted[inside]
    return np.moveaxis(spanned, 0, axis)


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
    if isinstance(node, MaxPool) and any(2 * pad > size for pad, size in zip(node.padding, kernel, strict=True)):
        raise ValueError(f"node {node.out!r} has a padding of more than half its window")
    padded = [size + 2 * pad for size, pad in zip(source[1:], node.padding, strict=True)]
    if source[0] * padded[0] * padded[1] > LARGEST:
        raise ValueError(f"node {node.out!r} reads more than {LARGEST:,} numbers")
    sizes = [window_count(*edge, ceil=ceil) for edge in zip(source[1:], kernel, node.stride, node.padding, strict=True)]
    if min(sizes) < 1:
        raise ValueError(f"node {node.out!r} has a window larger than its source, {source[1]} × {source[2]}")
    made = (node.weight.shape[0] if isinstance(node, Conv) else source[0], *sizes)
    if made[0] * made[1] * made[2] > LARGEST:
        raise ValueError(f"node {node.out!r} makes more than {LARGEST:,} numbers")
    return made


def window_count(size: int, kernel: int, stride: int, padding: int, *, ceil: bool = False) -> int:
    """Positions of a window along one axis, as torch counts them."""
    room = size + 2 * padding - kernel
    count = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    return count
