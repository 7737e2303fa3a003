"""A layer of many images by Winograd's transforms (`winograd`): a vector is one pixel of as many images."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from weakref import WeakValueDictionary

import numpy as np

from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.winograd import CONSTANTS, OUT, POINTS, transformed, worth
from prunesweep.core.sparse.kernels.winograd_code import PixelStrides, TileLayout, products, tile_in, tile_out
from prunesweep.core.sparse.model.graph import Conv
from prunesweep.core.sparse.runtime.executable import Executable
from prunesweep.core.sparse.runtime.layout import ValueLayout, ValueMemory
from prunesweep.core.sparse.runtime.program import Call, Job, aligned


@dataclass(frozen=True, eq=False)
class TileScratch:
    """A thread's memory for what lies between the steps."""

    inputs: np.ndarray
    products: np.ndarray
    scratch: np.ndarray
    constants: np.ndarray


class TiledLayer:
    """One convolution; its functions are added to `functions`."""

    def __init__(
        self, node: Conv, source: ValueLayout, out: ValueLayout, functions: list[bytes], target: Target
    ) -> None:
        self.node, self._source, self._out, self._target = node, source, out, target
        outputs, channels = node.weight.shape[:2]
        self._layouts = {n: TileLayout(channels, outputs, n, target) for n in (1, 2)}
        self._bias = node.bias.astype(np.float32)
        self._functions: dict[int, range] = {}
        self._streams: WeakValueDictionary[int, np.ndarray] = WeakValueDictionary()
        for n, layout in self._layouts.items():
            self._functions[n] = range(len(functions), len(functions) + 3)
            functions += [
                tile_in(layout, _steps(source)),
                products(layout),
                tile_out(layout, _steps(out), relu=node.relu, add=node.add is not None),
            ]

    def bytes_between(self) -> tuple[int, int]:
        """Return the bytes of inputs and of products, at most."""
        return (
            max(POINTS * layout.in_point for layout in self._layouts.values()),
            max(POINTS * layout.out_point for layout in self._layouts.values()),
        )

    def jobs(
        self,
        memory: ValueMemory,
        code: Executable,
        groups: range,
        slot: int,
        benches: Sequence[TileScratch],
        home: int | None,
    ) -> Iterator[Job]:
        """Yield the layer for these groups: on its home's bench, or a job for each bench."""
        benches = benches if home is None else benches[home : home + 1]
        down, across = (range(0, size, OUT) for size in self._out.size)
        tiles = list(product(groups, down, across))
        edges = np.linspace(0, len(tiles), len(benches) + 1).round().astype(int)
        for bench, low, high in zip(benches, edges[:-1], edges[1:], strict=True):
            calls: list[Call] = []
            for begin in range(low, high, 2):
                calls += self._calls(memory, code, tiles[begin : min(begin + 2, high)], slot, bench)
            if calls:
                yield Job(tuple(calls), float(high - low), home)

    def _calls(
        self,
        memory: ValueMemory,
        code: Executable,
        tiles: Sequence[tuple[int, int, int]],
        slot: int,
        bench: TileScratch,
    ) -> Iterator[Call]:
        n = len(tiles)
        layout, stream = self._layouts[n], self._stream(n)
        first, middle, last = self._functions[n]
        scratch, constants = bench.scratch.ctypes.data, bench.constants.ctypes.data
        inputs, sums = bench.inputs.ctypes.data, bench.products.ctypes.data
        top, left = self._source.top - self.node.padding[0], self._source.left - self.node.padding[1]
        for number, (group, row, column) in enumerate(tiles):
            reads = memory.start(self.node.source, group, slot) + self._source.place(row + top, column + left)
            makes = inputs + number * self._target.vector
            yield _call(code, first, (reads, makes, layout.channels, scratch, constants), bench)
        yield _call(code, middle, (inputs, stream.ctypes.data, sums, POINTS), stream)
        for number, (group, row, column) in enumerate(tiles):
            start = memory.start(self.node.out, group, slot)
            added = memory.start(self.node.add, group, slot) - start if self.node.add else 0
            writes = start + self._out.place(row + self._out.top, column + self._out.left)
            reads = sums + number * self._target.vector
            words = (reads, writes, layout.outputs, scratch, constants, self._bias.ctypes.data, added)
            yield _call(code, last, words, bench, self._bias)

    def _stream(self, n: int) -> np.ndarray:
        """Return the weights as the products for n vectors of tiles read them; they live as long as a call that does
        so."""
        stream = self._streams.get(n)
        if stream is None:
            self._streams[n] = stream = self._layouts[n].stream(transformed(self.node.weight))
        return stream


def tiled_layer(
    node: Conv, source: ValueLayout, out: ValueLayout, functions: list[bytes], target: Target
) -> TiledLayer | None:
    """Return the layer by tiles, where that can be and may be worth it."""
    if not worth(node, (out.channels, *out.size)):
        return None
    return TiledLayer(node, source, out, functions, target)


def benches(layers: Sequence[TiledLayer], count: int, target: Target) -> tuple[TileScratch, ...]:
    """Return room for `count` threads to run any of these layers."""
    sizes = [layer.bytes_between() for layer in layers]
    inputs, sums = (max((size[which] for size in sizes), default=0) // 4 for which in (0, 1))
    scratch, constants = POINTS * target.lanes, aligned(CONSTANTS.shape)
    constants[:] = CONSTANTS
    return tuple(
        TileScratch(aligned((inputs,)), aligned((sums,)), aligned((scratch,)), constants) for _ in range(count)
    )


def _steps(frame: ValueLayout) -> PixelStrides:
    return PixelStrides(frame.vector, frame.row, frame.plane)


def _call(code: Executable, function: int, words: tuple[int, ...], *kept: object) -> Call:
    return Call(code.addresses[function], np.array(words, np.int64), kept, code.sizes[function])
