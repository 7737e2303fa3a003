"""Makes every node of a graph a window over a map, as the engine runs it: the mean and the linear layers, too.

The code leaves out zeros, so a grouped convolution is one with zeros between its groups, a dilated one has zeros
between its taps, and a scale, a sum, an average pool and a concatenation are convolutions with one weight a channel and
tap.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from prunesweep.core.sparse.model.conv_weights import diagonal, dilated, ungrouped
from prunesweep.core.sparse.model.graph import (
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
    Scale,
)
from prunesweep.core.sparse.model.node_support import unlowered
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.sparse.model.window_graph import SumPool, Window, WindowGraph

_FLAT = 64
"""Numbers that are summed one after the other: the 8 × 8 map in front of a classifier."""
_WINDOW = 16
"""Numbers of a window where more than that are summed, by sums of sums: the error of a float32 sum grows with how many
numbers follow each other."""


def windows_of(graph: Graph) -> WindowGraph:
    """Return the graph with means as sums and linear layers as convolutions; what divides a sum goes into the weights
    of the linear layer that reads it, or into a layer of its own.

    Raises:
        ValueError: as `map_shapes`; or a node that has no such form: names it and says why.
    """
    shapes = map_shapes(graph)
    rewriter = _Rewriter(shapes, {name: _with_map(shape) for name, shape in shapes.items()})
    for node in graph.nodes:
        rewriter.take(node)
    return rewriter.finished(graph.nodes[-1].out)


def sum_windows(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the windows by which a map is summed, of what the windows before have left, until one number is left.

    Source: Higham, The accuracy of floating point summation, SIAM J. Sci. Comput. 14(4), 1993, on sums of sums.
    """
    height, width = size
    while height * width > _FLAT or (size != (height, width) and height * width > _WINDOW):
        high = min(height, max(math.isqrt(_WINDOW), _WINDOW // width))
        wide = min(width, _WINDOW // high)
        yield high, wide
        height, width = -(-height // high), -(-width // wide)
    yield height, width


def _with_map(shape: tuple[int, ...]) -> tuple[int, int, int]:
    channels, height, width = shape if len(shape) == 3 else (shape[0], 1, 1)
    return channels, height, width


@dataclass
class _Rewriter:
    """The nodes so far. Values of the graph keep their names."""

    given: Mapping[str, tuple[int, ...]]
    shapes: dict[str, tuple[int, int, int]]
    nodes: list[Window] = field(default_factory=list)
    _sums: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Of a mean that nobody has read but linear layers: its sum's name, and of how many pixels."""
    _maps: dict[str, str] = field(default_factory=dict)
    """What a `Flatten` reads, by its name."""

    def take(self, node: Node) -> None:
        """Add what comes of a node."""
        reason = unlowered(node, self.given)
        if reason is not None:
            raise ValueError(f"{node.out!r}: the engine {reason}")
        _TAKE[type(node)](self, node)

    def finished(self, result: str) -> WindowGraph:
        """Return all of it."""
        result = self._source(result)
        if self.nodes[-1].out != result:
            raise ValueError(f"the result {result!r} is not what the last layer makes")
        return WindowGraph(tuple(self._pools_apart()), self.shapes)

    def _new(self, wanted: str, like: tuple[int, int, int]) -> str:
        """Return a name for a value of that shape: a layer may be called so."""
        while wanted in self.shapes:
            wanted += "'"
        self.shapes[wanted] = like
        return wanted

    def _source(self, name: str) -> str:
        """Return the name of a value; a mean is made of its sum now."""
        if name in self._maps and self.shapes[self._maps[name]][1:] == (1, 1):
            return self._source(self._maps[name])
        if name in self._maps:
            raise ValueError(f"{name!r}: the engine reads what is flattened by a linear layer only")
        if name in self._sums:
            total, count = self._sums.pop(name)
            channels = self.shapes[name][0]
            same = Linear(name, "", np.eye(channels, dtype=np.float32), np.zeros(channels, np.float32), relu=False)
            self.nodes.append(_as_conv(same, total, count, (channels, 1, 1)))
        return name

    def conv(self, node: Conv) -> None:
        weight = dilated(ungrouped(node), node.dilation)
        add = None if node.add is None else self._source(node.add)
        source = self._source(node.source)
        self.nodes.append(replace(node, source=source, add=add, weight=weight, groups=1, dilation=(1, 1)))

    def max_pool(self, node: MaxPool) -> None:
        self.nodes.append(replace(node, source=self._source(node.source)))

    def mean(self, node: GlobalMean) -> None:
        self._mean(node.out, node.source)

    def _mean(self, out: str, source: str) -> None:
        channels, height, width = self.shapes[source]
        total, count, size = self._source(source), height * width, (height, width)
        for kernel in sum_windows(size):
            size = (-(-size[0] // kernel[0]), -(-size[1] // kernel[1]))
            part, total = total, self._new(f"{out}.sum", (channels, *size))
            self.nodes.append(SumPool(total, part, kernel))
        self._sums[out] = (total, count)

    def linear(self, node: Linear) -> None:
        """Lower a linear layer: over a map that was flattened it is a convolution as large as the map."""
        if node.source in self._sums:
            total, count = self._sums[node.source]
            self.nodes.append(_as_conv(node, total, count, self.shapes[total]))
            return
        source = self._maps.get(node.source, node.source)
        self.nodes.append(_as_conv(node, self._source(source), 1, self.shapes[source]))

    def flatten(self, node: Flatten) -> None:
        if node.source in self._sums:  # [C, 1, 1]
            self._sums[node.out] = self._sums[node.source]
        else:
            self._maps[node.out] = node.source

    def scale(self, node: Scale) -> None:
        self._each(node.out, node.source, node.weight, node.bias, relu=False)

    def activation(self, node: Activation) -> None:
        """Clip by two ReLUs.

        relu6(x) = relu(x) − relu(x − 6) is exact for x < 2²⁵, where 6 is a multiple of the last bit of x. Written as
        6 − relu(6 − relu(x)) it would round small values to multiples of 2⁻²². hardsigmoid(x) =
        1 − relu(6 − relu(x + 3)) / 6 is within 2⁻²³: absolute, since its own sum rounds as much.
        """
        if node.kind == "relu":
            self._each(node.out, node.source, 1.0, 0.0, relu=True)
            return
        low, high = (self._new(f"{node.out}.{name}", self.shapes[node.out]) for name in ("low", "high"))
        if node.kind == "relu6":
            self._each(low, node.source, 1.0, 0.0, relu=True)
            self._each(high, node.source, 1.0, -6.0, relu=True)
            self._each(node.out, high, -1.0, 0.0, relu=False, add=low)
            return
        self._each(low, node.source, 1.0, 3.0, relu=True)
        self._each(high, low, -1.0, 6.0, relu=True)
        self._each(node.out, high, -1 / 6, 1.0, relu=False)

    def add(self, node: Add) -> None:
        self._each(node.out, node.source, 1.0, 0.0, relu=False, add=self._source(node.other))

    def average(self, node: AvgPool) -> None:
        if node.kernel == self.shapes[node.source][1:] and not any(node.padding):
            self._mean(node.out, node.source)
            return
        source = self._source(node.source)
        if 1 in node.kernel or math.prod(node.kernel) <= _FLAT:
            self._averaged(node.out, source, node.kernel, node.stride, node.padding)
            return
        # Along the rows, then along the columns: fewer numbers in a sum, so a smaller error.
        (high, wide), (down, right), (above, before) = node.kernel, node.stride, node.padding
        channels, height, _ = self.shapes[source]
        rows = self._new(f"{node.out}.rows", (channels, height, self.shapes[node.out][2]))
        self._averaged(rows, source, (1, wide), (1, right), (0, before))
        self._averaged(node.out, rows, (high, 1), (down, 1), (above, 0))

    def _averaged(
        self, out: str, source: str, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
    ) -> None:
        channels = self.shapes[source][0]
        weight = diagonal(np.ones(channels), channels, 0) * np.full(kernel, 1 / math.prod(kernel), np.float32)
        self.nodes.append(Conv(out, source, weight, np.zeros(channels, np.float32), stride, padding, relu=False))

    def concat(self, node: Concat) -> None:
        """Lay each source into its channels, added to those before."""
        shape, at, before = self.shapes[node.out], 0, None
        for number, source in enumerate(node.sources):
            channels, last = self.shapes[source][0], number == len(node.sources) - 1
            out = node.out if last else self._new(f"{node.out}.{number}", shape)
            weight, bias = diagonal(np.ones(channels), shape[0], at), np.zeros(shape[0], np.float32)
            self.nodes.append(Conv(out, self._source(source), weight, bias, (1, 1), (0, 0), relu=False, add=before))
            at, before = at + channels, out

    def _each(
        self,
        out: str,
        source: str,
        weight: np.ndarray | float,
        bias: np.ndarray | float,
        *,
        relu: bool,
        add: str | None = None,
    ) -> None:
        """Lower a layer with one weight a channel."""
        channels = self.shapes[out][0]
        full, shift = (np.array(np.broadcast_to(np.asarray(one, np.float32), channels)) for one in (weight, bias))
        made = diagonal(full, channels, 0)
        self.nodes.append(Conv(out, self._source(source), made, shift, (1, 1), (0, 0), relu, add))

    def _pools_apart(self) -> list[Window]:
        """Give max-pools maps of their own, with −∞ around them where others need 0: where both read one that may be
        negative, the pool reads a copy."""
        readers: dict[str, set[bool]] = {}
        for node in self.nodes:
            readers.setdefault(node.source, set()).add(isinstance(node, MaxPool))
        positive = {node.out for node in self.nodes if isinstance(node, Conv) and node.relu}
        torn = {name for name, kinds in readers.items() if len(kinds) == 2 and name not in positive}
        copies: dict[str, str] = {}
        nodes, self.nodes = self.nodes, []
        for node in nodes:
            if isinstance(node, MaxPool) and node.source in torn:
                if node.source not in copies:
                    copies[node.source] = self._new(f"{node.source}.copy", self.shapes[node.source])
                    self._each(copies[node.source], node.source, 1.0, 0.0, relu=False)
                self.nodes.append(replace(node, source=copies[node.source]))
            else:
                self.nodes.append(node)
        return self.nodes


_TAKE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        Conv: _Rewriter.conv,
        MaxPool: _Rewriter.max_pool,
        GlobalMean: _Rewriter.mean,
        Linear: _Rewriter.linear,
        Flatten: _Rewriter.flatten,
        Scale: _Rewriter.scale,
        Activation: _Rewriter.activation,
        Add: _Rewriter.add,
        AvgPool: _Rewriter.average,
        Concat: _Rewriter.concat,
    }
)


def _as_conv(node: Linear, source: str, count: int, size: tuple[int, int, int]) -> Conv:
    """Return the layer over what is `count` times its input, a map of that size."""
    weight = (node.weight / np.float32(count)).reshape(len(node.weight), *size)
    return Conv(node.out, source, weight, node.bias, (1, 1), (0, 0), node.relu)
