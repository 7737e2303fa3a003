"""A network as the engine sees it: batch-norm folded away, ReLU and residual sums inside the layer they follow.

Shapes: B images, C channels in, O channels out, H × W pixels. Everything is float32, but what an `Operator` makes.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Conv:
    """out = relu?(conv(source, weight) + bias + add?). weight: [O, C / groups, kh, kw], bias: [O].
    stride, padding, dilation: (vertical, horizontal). add: the value of the same shape that is added before the
    ReLU."""

    out: str
    source: str
    weight: np.ndarray
    bias: np.ndarray
    stride: tuple[int, int]
    padding: tuple[int, int]
    relu: bool
    add: str | None = None
    groups: int = 1
    dilation: tuple[int, int] = (1, 1)

    @property
    def plain(self) -> bool:
        """True without groups and dilation."""
        return self.groups == 1 and self.dilation == (1, 1)


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


@dataclass(frozen=True, eq=False)
class Scale:
    """out = source · weight + bias, channel by channel: a batch-norm that follows no convolution. weight, bias: [C]."""

    out: str
    source: str
    weight: np.ndarray
    bias: np.ndarray


ACTIVATIONS = ("relu", "relu6", "hardsigmoid")
"""hardsigmoid: relu6(x + 3) / 6."""


@dataclass(frozen=True)
class Activation:
    """out = kind(source). kind: one of `ACTIVATIONS`, those that are made of ReLUs; others are an `Operator`."""

    out: str
    source: str
    kind: str


@dataclass(frozen=True)
class AvgPool:
    """out = the mean of each window. count_padding: zeros of the padding count among its numbers."""

    out: str
    source: str
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    count_padding: bool


@dataclass(frozen=True)
class Add:
    """out = source + other, of the same shape."""

    out: str
    source: str
    other: str


@dataclass(frozen=True)
class Concat:
    """out [C1 + C2 + …, H, W] = the sources one after the other."""

    out: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Flatten:
    """out [B, C · H · W] = source [B, C, H, W], row by row."""

    out: str
    source: str


@dataclass(frozen=True, eq=False)
class TokenLinear:
    """out [B, T, O] = source [B, T, C] · weightᵀ + bias, for each token. weight: [O, C], bias: [O]."""

    out: str
    source: str
    weight: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, eq=False)
class Operator:
    """An ONNX operator that the engine has no code for: onnxruntime runs it.

    kind: its name in ONNX. inputs: values, names in `constants`, or "" for one that is left out. attributes: numbers,
    words and lists of them. shape: of its value without B, or None for one whose first axis is not the images'.
    dtype: of its value, as numpy writes it."""

    out: str
    kind: str
    inputs: tuple[str, ...]
    attributes: dict[str, Any]
    constants: dict[str, np.ndarray] = field(repr=False)
    shape: tuple[int, ...] | None
    dtype: str = "float32"


Node = (
    Conv
    | MaxPool
    | GlobalMean
    | Linear
    | Scale
    | Activation
    | AvgPool
    | Add
    | Concat
    | Flatten
    | TokenLinear
    | Operator
)


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in an order in which they can run. The images are the value named `INPUT`, [B, channels, height, width];
    the result is the last node's value. image_shape: (channels, height, width). opset: of ONNX, by which the
    operators are meant."""

    image_shape: tuple[int, int, int]
    nodes: tuple[Node, ...]
    opset: int = 17


INPUT = "images"
LARGEST = 1 << 25
"""Numbers in one image's value, its border counted: 128 MB."""
OPAQUE = (-1,)
"""The shape of an operator's value whose first axis is not the images': no layer of ours reads it."""


def sources_of(node: Node) -> tuple[str, ...]:
    """Return the values that a node reads."""
    match node:
        case Operator():
            return tuple(name for name in node.inputs if name and name not in node.constants)
        case Concat():
            return node.sources
        case Add():
            return (node.source, node.other)
        case Conv(add=str(added)):
            return (node.source, added)
        case _:
            return (node.source,)


def map_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return every value's shape without B: (C, H, W), or (C,) after `GlobalMean`; what an operator says of its own.

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
        for source in sources_of(node):
            if source not in shapes and not (isinstance(node, Conv) and source == node.add):
                raise ValueError(f"node {node.out!r} reads {source!r}, which no earlier node makes")
        shapes[node.out] = _shape_of(node, shapes)
    return shapes


def read_pixels(graph: Graph) -> np.ndarray:
    """Return which pixels of the images the result depends on, bool [height, width]: weights that are zero count.

    A window that a stride steps over, or that a pool leaves out at the edge, is read by nobody.
    """
    shapes = map_shapes(graph)
    sizes: dict[str, tuple[int, ...]] = {
        name: shape[1:] if len(shape) == 3 else (1, 1) for name, shape in shapes.items()
    }
    reads = {name: np.zeros(size, np.bool_) for name, size in sizes.items()}
    reads[graph.nodes[-1].out][:] = True
    for node in reversed(graph.nodes):
        for source in sources_of(node):
            reads[source] |= _wanted(node, source, reads[node.out], sizes)
    return reads[INPUT]


def _wanted(node: Node, source: str, wanted: np.ndarray, sizes: dict[str, tuple[int, ...]]) -> np.ndarray:
    """Return which pixels of a source a node reads for the wanted pixels of its own value."""
    if isinstance(node, Conv) and source == node.add and source != node.source:
        return wanted
    if isinstance(node, Scale | Activation | Add | Concat):
        return wanted
    if not isinstance(node, Conv | MaxPool | AvgPool):
        return np.asarray(wanted.any())
    own = wanted
    kernel = node.weight.shape[2:] if isinstance(node, Conv) else node.kernel
    steps = node.dilation if isinstance(node, Conv) else (1, 1)
    for axis in (0, 1):  # a window is a rectangle: first the rows that it spans, then the columns
        edge = (kernel[axis], node.stride[axis], node.padding[axis], steps[axis])
        wanted = _spanned(wanted, axis, edge, sizes[source][axis])
    return wanted | own if isinstance(node, Conv) and source == node.add else wanted


def _spanned(wanted: np.ndarray, axis: int, edge: tuple[int, int, int, int], size: int) -> np.ndarray:
    """Return which of `size` rows (axis 0) or columns (1) the windows at the wanted places span. edge: kernel, stride,
    padding, dilation."""
    kernel, stride, padding, dilation = edge
    wanted = np.moveaxis(wanted, axis, 0)
    spanned = np.zeros((size, wanted.shape[1]), np.bool_)
    for tap in range(kernel):
        places = np.arange(len(wanted)) * stride + tap * dilation - padding
        inside = (places >= 0) & (places < size)
        spanned[places[inside]] |= wanted[inside]
    return np.moveaxis(spanned, 0, axis)


def _shape_of(node: Node, shapes: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the shape of the node's value."""
    if isinstance(node, Operator):
        return OPAQUE if node.shape is None else node.shape
    if isinstance(node, Concat):
        return _joined(node, [shapes[source] for source in node.sources])
    source = shapes[node.source]
    if isinstance(node, Add):
        if source != shapes[node.other] or source == OPAQUE:
            raise ValueError(f"node {node.out!r} adds {shapes[node.other]} to {source}")
        return source
    if isinstance(node, Linear | TokenLinear):
        return _linear(node, source)
    if isinstance(node, Scale | Activation):
        if len(source) not in (1, 3) or source == OPAQUE:
            raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
        if isinstance(node, Scale) and node.weight.shape != source[:1]:
            raise ValueError(f"node {node.out!r} has {len(node.weight)} scales for {source[0]} channels")
        return source
    if len(source) != 3:
        raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
    if isinstance(node, Flatten):
        return (source[0] * source[1] * source[2],)
    shape = source[:1] if isinstance(node, GlobalMean) else _windows(node, source)
    if isinstance(node, Conv) and node.add is not None and shapes.get(node.add) != shape:
        raise ValueError(f"node {node.out!r} adds {node.add!r}, which is {shapes.get(node.add)}")
    return shape


def _joined(node: Concat, sources: list[tuple[int, ...]]) -> tuple[int, ...]:
    if not sources or any(len(shape) != 3 or shape[1:] != sources[0][1:] for shape in sources):
        raise ValueError(f"node {node.out!r} joins values of shapes {sources}")
    shape = (sum(shape[0] for shape in sources), *sources[0][1:])
    if shape[0] * shape[1] * shape[2] > LARGEST:
        raise ValueError(f"node {node.out!r} makes more than {LARGEST:,} numbers")
    return shape


def _linear(node: Linear | TokenLinear, source: tuple[int, ...]) -> tuple[int, ...]:
    """Return one row of features, or [tokens, features]."""
    if len(source) != (1 if isinstance(node, Linear) else 2) or source == OPAQUE:
        raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
    _check_channels(node, node.weight.shape[1], source[-1])
    return (*source[:-1], node.weight.shape[0])


def _check_channels(node: Node, wanted: int, found: int) -> None:
    if wanted != found:
        raise ValueError(f"node {node.out!r} has weights for {wanted} channels, its source has {found}")


def _windows(node: Conv | MaxPool | AvgPool, source: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(node, Conv):
        if node.groups < 1 or len(node.weight) % node.groups:
            raise ValueError(f"node {node.out!r} has {len(node.weight)} outputs in {node.groups} groups")
        _check_channels(node, node.weight.shape[1] * node.groups, source[0])
        kernel = tuple(step * (size - 1) + 1 for step, size in zip(node.dilation, node.weight.shape[2:], strict=True))
    else:
        kernel = node.kernel
        if any(2 * pad > size for pad, size in zip(node.padding, kernel, strict=True)):
            raise ValueError(f"node {node.out!r} has a padding of more than half its window")
    ceil = isinstance(node, MaxPool) and node.ceil
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
    """Return the number of positions of a window along one axis, as torch counts them."""
    room = size + 2 * padding - kernel
    count = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    return count
