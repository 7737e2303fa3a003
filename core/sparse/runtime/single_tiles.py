"""A layer of one image by Winograd's transforms (`winograd`): a vector is one pixel each of as many tiles.

Pixels are gathered into that order first, and brought back into their own at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prunesweep.core.sparse.kernels.gathering import sources
from prunesweep.core.sparse.kernels.winograd import CONSTANTS, OUT, POINTS, TILE, transformed, worth
from prunesweep.core.sparse.kernels.winograd_code import PixelStrides, TileLayout, products, tile_in, tile_out
from prunesweep.core.sparse.model.graph import Conv
from prunesweep.core.sparse.runtime.builder import CodeParts, Draft, PendingCall, even
from prunesweep.core.sparse.runtime.program import aligned


@dataclass(frozen=True, eq=False)
class PixelMap:
    """A map in memory, [channels, pitch], and its pixels."""

    array: np.ndarray
    size: tuple[int, int]


def tiled(node: Conv, source: PixelMap, out: PixelMap, add: PixelMap | None, parts: CodeParts) -> list[Draft] | None:
    """Return the layer's steps, where that can be and may be worth it: a map of whole vectors of tiles."""
    tiles = _tiles(out.size)
    if not worth(node, (len(out.array), *out.size)) or tiles[0] * tiles[1] % parts.target.lanes:
        return None
    return list(_Tiled(node, source, out, add, parts).drafts())


class _Tiled:
    def __init__(self, node: Conv, source: PixelMap, out: PixelMap, add: PixelMap | None, parts: CodeParts) -> None:
        self._node, self._source, self._out, self._add, self._parts = node, source, out, add, parts
        self._tiles = _tiles(out.size)
        count = self._tiles[0] * self._tiles[1]
        self._vectors, self._target = count // parts.target.lanes, parts.target
        outputs, channels = node.weight.shape[:2]
        n = 2 if self._vectors % 2 == 0 else 1
        self._layout = TileLayout(channels, outputs, n, parts.target)
        self._inputs = parts.passing("pixels", channels * POINTS, count)
        self._results = parts.passing("results", outputs * OUT * OUT, count)
        self._added = parts.passing("added", outputs * OUT * OUT, count) if add else None
        # One batch of n vectors after the other, each with memory of its own, so that no step waits between them.
        batches = range(self._vectors // n)
        self._between = [
            (
                parts.passing(f"inputs {batch}", POINTS, self._layout.in_point // 4),
                parts.passing(f"products {batch}", POINTS, self._layout.out_point // 4),
            )
            for batch in batches
        ]
        self._scratch = [parts.keep(aligned((POINTS, parts.target.lanes))) for _ in range(parts.threads)]
        self._constants = parts.keep(CONSTANTS)

    def drafts(self) -> Iterator[Draft]:
        """Yield the steps one after the other."""
        size, tiles = self._source.size, self._tiles
        where = sources(size, tiles, (TILE, TILE), (OUT, OUT), self._node.padding)
        gather = self._parts.gathered(self._source.array, where, self._inputs)
        if self._add is not None and self._added is not None:
            where = sources(self._out.size, tiles, (OUT, OUT), (OUT, OUT), (0, 0))
            gather += self._parts.gathered(self._add.array, where, self._added)
        yield gather
        yield self._transformed()
        yield self._products()
        yield self._results_of()
        results = self._results.reshape(len(self._out.array), -1)
        yield self._parts.gathered(results, _back(self._out.size), self._out.array)

    def _transformed(self) -> Draft:
        layout, vector = self._layout, self._target.vector
        function = self._parts.function(tile_in(layout, self._steps(TILE)))
        draft: Draft = []
        for scratch, part in zip(self._scratch, even(layout.channels, self._parts.threads), strict=False):
            pieces = []
            for number in range(self._vectors):
                inputs = self._between[number // layout.n][0].ctypes.data
                reads = self._inputs.ctypes.data + part.start * self._steps(TILE).plane + number * vector
                makes = inputs + (part.start * layout.n + number % layout.n) * vector
                words = (reads, makes, part.stop - part.start, scratch, self._constants)
                pieces.append(PendingCall(function, words))
            draft.append((tuple(pieces), 1.0))
        return draft

    def _products(self) -> Draft:
        layout = self._layout
        function = self._parts.function(products(layout))
        stream = self._parts.keep(layout.stream(transformed(self._node.weight)))
        each = layout.blocks * layout.height * layout.channels * 4
        draft: Draft = []
        for part in even(POINTS, self._parts.threads):
            pieces = []
            for inputs, sums in self._between:
                reads, makes = inputs[part.start :].ctypes.data, sums[part.start :].ctypes.data
                pieces.append(PendingCall(function, (reads, stream + part.start * each, makes, part.stop - part.start)))
            draft.append((tuple(pieces), 1.0))
        return draft

    def _results_of(self) -> Draft:
        layout, node, vector, steps = self._layout, self._node, self._target.vector, self._steps(OUT)
        function = self._parts.function(tile_out(layout, steps, relu=node.relu, add=node.add is not None))
        bias = self._parts.keep(node.bias.astype(np.float32))
        start = self._results.ctypes.data
        added = 0 if self._added is None else int(self._added.ctypes.data) - start
        draft: Draft = []
        for scratch, part in zip(self._scratch, even(layout.outputs, self._parts.threads), strict=False):
            pieces = []
            for number in range(self._vectors):
                sums = self._between[number // layout.n][1].ctypes.data
                reads = sums + (part.start * layout.n + number % layout.n) * vector
                writes = start + part.start * steps.plane + number * vector
                count, biases = part.stop - part.start, bias + part.start * 4
                pieces.append(PendingCall(function, (reads, writes, count, scratch, self._constants, biases, added)))
            draft.append((tuple(pieces), 1.0))
        return draft

    def _steps(self, side: int) -> PixelStrides:
        """Return the steps of pixels in the order of tiles."""
        column = self._vectors * self._target.vector
        return PixelStrides(column, side * column, side * side * column)


def _tiles(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] // OUT, size[1] // OUT


def _back(size: tuple[int, int]) -> np.ndarray:
    """Return int64 [1, pixels]: where each pixel lies in the order of tiles."""
    rows, columns = np.arange(size[0])[:, None], np.arange(size[1])
    tiles = _tiles(size)
    tile = rows // OUT * tiles[1] + columns // OUT
    within = rows % OUT * OUT + columns % OUT
    where: np.ndarray = (within * tiles[0] * tiles[1] + tile).reshape(1, -1)
    return where
