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
