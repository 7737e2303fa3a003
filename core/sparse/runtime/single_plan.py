"""A network for one image: a vector is as many pixels; each convolution reads its input gathered by tap (im2col)."""

from collections.abc import Iterator, Mapping

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.convolution import block
from prunesweep.core.sparse.kernels.gathering import pitch_of, sources
from prunesweep.core.sparse.kernels.spmm import inputs_at_once, list_of, row_list, vectors_max
from prunesweep.core.sparse.model.graph import INPUT, Conv
from prunesweep.core.sparse.model.window_graph import SumPool, Window, WindowGraph
from prunesweep.core.sparse.runtime.batch_plan import chunks, cut
from prunesweep.core.sparse.runtime.builder import CodeParts, Draft, PendingCall, even, finished
from prunesweep.core.sparse.runtime.program import ProgramStep, ThreadPool
from prunesweep.core.sparse.runtime.single_tiles import PixelMap, tiled

_TRIALS = 16


class SingleProgram:
    """Steps and buffers for one image."""

    def __init__(self, net: WindowGraph, threads: int, target: Target) -> None:
        """
        Raises:
            OSError: the system grants no executable memory.
        """
        self._parts = CodeParts(threads, target)
        self._target, self._shapes, self._result = target, net.shapes, net.result
        names = [INPUT, *(node.out for node in net.nodes)]
        self._buffers = {
            name: self._parts.rows(self._shapes[name][0], pitch_of(self._pixels(name), target.lanes)) for name in names
        }
        self._input = self._buffers[INPUT][:, : self._pixels(INPUT)]
        drafts = [list(self._ways_of(node)) for node in net.nodes]
        self._code = self._parts.executable()
        self._ways = [[tuple(finished(draft, self._code) for draft in way) for way in ways] for ways in drafts]

    def fastest(self, pool: ThreadPool) -> tuple[ProgramStep, ...]:
        """Return the steps of one run, each layer done in the way that takes least."""
        took = self.ticks(pool, _TRIALS)
        best = [ways[int(np.argmin(each))] for ways, each in zip(self._ways, took, strict=True)]
        return tuple(step for way in best for step in way)

    def ticks(self, pool: ThreadPool, rounds: int) -> list[list[float]]:
        """Return, for each node, what each way to do it takes, in ticks of the clock. All are tried in their place
        among the others, so that they find the caches as they will."""
        every = [step for ways in self._ways for way in ways for step in way]
        each = iter(np.median(pool.timed(every, rounds)[1:], axis=0).tolist())
        return [[sum(next(each) for _ in way) for way in ways] for ways in self._ways]

    def put(self, image: np.ndarray) -> None:
        """Copy one image [C, H, W] into the input value."""
        self._input[:] = image.reshape(self._input.shape)

    def result(self) -> np.ndarray:
        """Return the last node's value, [1, O, H, W], in memory of its own."""
        values = self._buffers[self._result][:, : self._pixels(self._result)]
        return values.reshape(1, *self._shapes[self._result]).copy()

    def _pixels(self, name: str) -> int:
        return int(np.prod(self._shapes[name][1:]))

    def _values(self, name: str) -> PixelMap:
        height, width = self._shapes[name][1:]
        return PixelMap(self._buffers[name], (height, width))

    def _ways_of(self, node: Window) -> Iterator[list[Draft]]:
        """Yield steps one after the other, for each way in which the node can be done."""
        source, out = self._values(node.source), self._values(node.out)
        if not isinstance(node, Conv):
            where = sources(source.size, out.size, node.kernel, node.stride, node.padding)
            pool = asm.ADD if isinstance(node, SumPool) else asm.MAX
            yield [self._parts.gathered(source.array, where, out.array, pool)]
            return
        size, kernel = out.size, node.weight.shape[2:]
        vectors = out.array.shape[1] / self._target.lanes
        # Where a row of the map is whole vectors, a tap further down is found further on: one copy serves them all.
        shared = node.stride[0] == 1 and size[1] % self._target.lanes == 0 and vectors > 1
        rows = size[0] + kernel[0] - 1 if shared else size[0]
        taps = (1, kernel[1]) if shared else (kernel[0], kernel[1])
        count = node.weight.shape[1] * taps[0] * taps[1]
        gathered = self._parts.passing("gathered", count, pitch_of(rows * size[1], self._target.lanes))
        where = sources(source.size, (rows, size[1]), taps, node.stride, node.padding)
        gather = self._parts.gathered(source.array, where, gathered)
        if vectors <= vectors_max(self._target) and not shared:
            yield [gather, list(self._listed(node, gathered))]
        if vectors > 1:
            yield [gather, list(self._blocked(node, gathered, shared))]
        added = self._values(node.add) if node.add is not None else None
        by_tiles = tiled(node, source, out, added, self._parts)
        if by_tiles is not None:
            yield by_tiles

    def _listed(self, node: Conv, gathered: np.ndarray) -> Iterator[tuple[tuple[PendingCall, ...], float]]:
        out, pitch = self._buffers[node.out], gathered.shape[1]
        vectors, lanes = max(1, pitch // self._target.lanes), min(pitch, self._target.lanes)
        weight = node.weight.reshape(len(out), -1)
        runs = _runs(weight.shape[1], inputs_at_once(vectors, lanes))
        functions = [
            self._parts.function(
                row_list(
                    vectors,
                    lanes,
                    self._target,
                    first=run.start == 0,
                    last=run == runs[-1],
                    relu=node.relu,
                    add=node.add is not None,
                )
            )
            for run in runs
        ]
        for part in even(len(out), self._parts.threads, by=np.count_nonzero(weight, axis=1) + 8):
            writes = out.ctypes.data + part.start * pitch * 4
            calls = []
            for run, function in zip(runs, functions, strict=True):
                entries = self._parts.keep(list_of(weight[part, run], node.bias[part], vectors, lanes, self._target))
                reads = gathered.ctypes.data + run.start * pitch * 4
                words = (reads, writes, entries, part.stop - part.start, self._added(node))
                calls.append(PendingCall(function, words))
            yield tuple(calls), 1.0

    def _blocked(
        self, node: Conv, gathered: np.ndarray, shared: bool
    ) -> Iterator[tuple[tuple[PendingCall, ...], float]]:
        out = self._buffers[node.out]
        pitch = out.shape[1] * 4
        shifts = self._shifts(node, gathered.shape[1] * 4, shared)
        tiles = np.repeat(np.arange(0, pitch, self._target.vector), 2).astype(np.int32)
        table = self._parts.keep(tiles)
        taps = node.weight.shape[2] * node.weight.shape[3]
        for part in cut(len(out), self._parts.threads, self._target.outputs):
            weight = node.weight[part].reshape(part.stop - part.start, -1, taps)
            calls, work = [], 0
            for inputs in chunks(weight, self._target):
                made = block(
                    weight[:, inputs].reshape(len(weight), -1),
                    node.bias[part] if inputs.start == 0 else np.zeros(len(weight)),
                    shifts[inputs.start * taps : inputs.stop * taps],
                    pitch,
                    self._target,
                    first=inputs.start == 0,
                    last=inputs.stop == weight.shape[1],
                    relu=node.relu,
                    add=node.add is not None,
                )
                writes = out.ctypes.data + part.start * pitch
                stream = self._parts.keep(made.stream)
                words = (gathered.ctypes.data, writes, table, len(tiles) // 2, stream, self._added(node))
                calls.append(PendingCall(self._parts.function(made.code), words))
                work += made.work
            yield tuple(calls), float(work)

    def _shifts(self, node: Conv, pitch: int, shared: bool) -> np.ndarray:
        """Return the bytes to the first vector of each (channel, tap)."""
        channels, height, width = node.weight.shape[1:]
        if not shared:
            return np.arange(channels * height * width) * pitch
        planes = np.arange(channels * width).reshape(channels, 1, width) * pitch
        down = np.arange(height)[:, None] * self._shapes[node.out][2] * 4
        return (planes + down).ravel()

    def _added(self, node: Conv) -> int:
        buffers: Mapping[str, np.ndarray] = self._buffers
        return 0 if node.add is None else int(buffers[node.add].ctypes.data - buffers[node.out].ctypes.data)


def _runs(count: int, most: int) -> list[slice]:
    """Split `count` things in runs of up to `most`."""
    return [slice(low, min(low + most, count)) for low in range(0, count, most)]
