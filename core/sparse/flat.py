"""A network for one image: a vector is as many pixels; each convolution reads its input gathered by tap (im2col)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.sparse.executable import Executable
from core.sparse.gathering import gathering, pitch_of, sources
from core.sparse.graph import INPUT, Conv, Graph, MaxPool, map_shapes
from core.sparse.kernels import block
from core.sparse.lists import inputs_at_once, list_of, row_list, vectors_max
from core.sparse.program import Call, Crew, Job, Step, aligned
from core.sparse.target import Target
from core.sparse.wide import chunks, cut

_TRIALS = 16

Window = Conv | MaxPool


@dataclass(frozen=True, eq=False)
class _Piece:
    """A call that still lacks its code's address. words: its arguments."""

    function: int
    words: tuple[int, ...]


_Job = tuple[tuple[_Piece, ...], float]
"""Calls that follow each other, and their cost."""


class FlatProgram:
    """Steps and buffers for one image."""

    def __init__(self, graph: Graph, threads: int, target: Target) -> None:
        """
        Raises:
            OSError: the system grants no executable memory.
        """
        self._threads, self._target = threads, target
        self._shapes = map_shapes(graph)
        self._functions: list[bytes] = []
        self._kept: list[np.ndarray] = []
        windows = [node for node in graph.nodes if isinstance(node, Window)]
        names = [INPUT, *(node.out for node in windows)]
        self._buffers = {
            name: self._rows(self._shapes[name][0], pitch_of(self._pixels(name), target.lanes)) for name in names
        }
        pieces = [way for node in windows for way in self._lowered(node)]
        self._code = Executable(self._functions)
        self._ways = tuple(tuple(Step(tuple(self._job(*job) for job in step)) for step in ways) for ways in pieces)

    def fastest(self, crew: Crew) -> tuple[Step, ...]:
        """The steps of one run. Where a layer may be done in more than one way, all are tried in their place among the
        others, so that they find the caches as they will."""
        every = [step for ways in self._ways for step in ways]
        ticks = np.median(crew.timed(every, _TRIALS)[1:], axis=0)
        chosen, begin = [], 0
        for ways in self._ways:
            chosen.append(ways[int(np.argmin(ticks[begin : begin + len(ways)]))])
            begin += len(ways)
        return tuple(chosen)

    def put(self, image: np.ndarray) -> None:
        """One image [C, H, W] into the input value."""
        self._buffers[INPUT][:, : self._pixels(INPUT)] = image.reshape(len(image), -1)

    def means(self, name: str) -> np.ndarray:
        """Means over the map, [1, C]."""
        means: np.ndarray = self._buffers[name][:, : self._pixels(name)].mean(axis=1, dtype=np.float32)
        return means[None]

    def _rows(self, count: int, pitch: int) -> np.ndarray:
        """Float32 [count, pitch]; whole vectors may be read from each row."""
        return aligned((count, pitch), slack=self._target.lanes * 4)

    def _pixels(self, name: str) -> int:
        return int(np.prod(self._shapes[name][1:]))

    def _job(self, calls: tuple[_Piece, ...], cost: float) -> Job:
        places = [(self._code.addresses[piece.function], self._code.sizes[piece.function]) for piece in calls]
        words = [np.array(piece.words, np.int64) for piece in calls]
        return Job(tuple(Call(at, word, (), size) for (at, size), word in zip(places, words, strict=True)), cost)

    def _keep(self, array: np.ndarray) -> int:
        """Its address; it lives as long as the program."""
        self._kept.append(array)
        return int(array.ctypes.data)

    def _function(self, code: bytes) -> int:
        self._functions.append(code)
        return len(self._functions) - 1

    def _lowered(self, node: Window) -> Iterator[list[list[_Job]]]:
        """Steps one after the other, each with the ways in which it can be done."""
        if isinstance(node, MaxPool):
            yield [self._gathered(node, node.kernel, self._shapes[node.out][1:], self._buffers[node.out], largest=True)]
            return
        size, kernel = self._shapes[node.out][1:], node.weight.shape[2:]
        vectors = self._buffers[node.out].shape[1] / self._target.lanes
        # Where a row of the map is whole vectors, a tap further down is found further on: one copy serves them all.
        shared = node.stride[0] == 1 and size[1] % self._target.lanes == 0 and vectors > 1
        rows = size[0] + kernel[0] - 1 if shared else size[0]
        copies = kernel[1] if shared else kernel[0] * kernel[1]
        gathered = self._rows(node.weight.shape[1] * copies, pitch_of(rows * size[1], self._target.lanes))
        self._kept.append(gathered)
        yield [self._gathered(node, (1, kernel[1]) if shared else kernel, (rows, size[1]), gathered, largest=False)]
        ways = []
        if vectors <= vectors_max(self._target) and not shared:
            ways.append(list(self._listed(node, gathered)))
        if vectors > 1:
            ways.append(list(self._blocked(node, gathered, shared)))
        yield ways

    def _gathered(
        self, node: Window, kernel: tuple[int, ...], out: tuple[int, ...], into: np.ndarray, *, largest: bool
    ) -> list[_Job]:
        source, size = self._buffers[node.source], self._shapes[node.source][1:]
        where = sources((size[0], size[1]), (out[0], out[1]), (kernel[0], kernel[1]), node.stride, node.padding)
        made = gathering(where, source.shape[1], self._target, largest=largest)
        function, table = self._function(made.code), self._keep(_aligned_bytes(made.table))
        fill = self._keep(np.array([-np.inf if largest else 0.0], np.float32))
        step = len(into) // len(source) * into.shape[1] * 4
        jobs: list[_Job] = []
        for part in _even(len(source), self._threads):
            reads = source.ctypes.data + part.start * source.shape[1] * 4
            words = (reads, into.ctypes.data + part.start * step, part.stop - part.start, table, fill)
            jobs.append(((_Piece(function, words),), 1.0))
        return jobs

    def _listed(self, node: Conv, gathered: np.ndarray) -> Iterator[_Job]:
        out, pitch = self._buffers[node.out], gathered.shape[1]
        vectors, lanes = max(1, pitch // self._target.lanes), min(pitch, self._target.lanes)
        weight = node.weight.reshape(len(out), -1)
        runs = _runs(weight.shape[1], inputs_at_once(vectors, lanes))
        functions = [
            self._function(
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
        for part in _even(len(out), self._threads, by=np.count_nonzero(weight, axis=1) + 8):
            writes = out.ctypes.data + part.start * pitch * 4
            calls = []
            for run, function in zip(runs, functions, strict=True):
                entries = self._keep(list_of(weight[part, run], node.bias[part], vectors, lanes, self._target))
                reads = gathered.ctypes.data + run.start * pitch * 4
                words = (reads, writes, entries, part.stop - part.start, self._added(node))
                calls.append(_Piece(function, words))
            yield tuple(calls), 1.0

    def _blocked(self, node: Conv, gathered: np.ndarray, shared: bool) -> Iterator[_Job]:
        out = self._buffers[node.out]
        pitch = out.shape[1] * 4
        shifts = self._shifts(node, gathered.shape[1] * 4, shared)
        tiles = np.repeat(np.arange(0, pitch, self._target.vector), 2).astype(np.int32)
        table = self._keep(tiles)
        taps = node.weight.shape[2] * node.weight.shape[3]
        for part in cut(len(out), self._threads, self._target.outputs):
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
                stream = self._keep(made.stream)
                words = (gathered.ctypes.data, writes, table, len(tiles) // 2, stream, self._added(node))
                calls.append(_Piece(self._function(made.code), words))
                work += made.work
            yield tuple(calls), float(work)

    def _shifts(self, node: Conv, pitch: int, shared: bool) -> np.ndarray:
        """Bytes to the first vector of each (channel, tap)."""
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
    """`count` things in runs of up to `most`."""
    return [slice(low, min(low + most, count)) for low in range(0, count, most)]


def _even(count: int, parts: int, by: np.ndarray | None = None) -> list[slice]:
    """`count` things in up to `parts` runs of nearly equal weight `by`."""
    total = np.cumsum(np.ones(count) if by is None else by)
    edges = np.searchsorted(total, total[-1] * np.arange(1, parts) / parts)
    cuts = sorted({0, count, *(int(edge) for edge in edges)})
    return [slice(low, high) for low, high in pairwise(cuts)]


def _aligned_bytes(table: np.ndarray) -> np.ndarray:
    out = aligned((len(table) // 4,)).view(np.uint8)
    out[:] = table
    return out
