"""A network for many images: a vector is one pixel of a group of them, so borders, strides and odd sizes cost nothing.

A tap is a fixed distance in memory, so the code is the same for every pixel.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise, product

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.convolution import CodeBlock, block, pooling
from prunesweep.core.sparse.model.graph import INPUT, Conv
from prunesweep.core.sparse.model.window_graph import SumPool, Window, WindowGraph
from prunesweep.core.sparse.runtime.batch_tiles import TiledLayer, TileScratch, benches, tiled_layer
from prunesweep.core.sparse.runtime.executable import Executable
from prunesweep.core.sparse.runtime.layout import ValueLayout, ValueMemory, allocate, frames_of
from prunesweep.core.sparse.runtime.program import Call, Job, ProgramStep, ThreadPool

_SUMS_BYTES = 384 * 1024
"""A block's sums stay in the second-level cache between the blocks that add to them."""
_INPUT_BYTES = 16 * 1024
"""A chunk's inputs leave room in the first-level cache, so that the next pixel finds those that its window shares."""
_LARGE_MAP = 64
"""Pixels from which one group alone is enough tiles for a block's code."""
_TRIALS = 6


@dataclass(frozen=True, eq=False)
class _Part:
    """One function, the numbers it reads and its work."""

    function: int
    stream: np.ndarray
    work: int


@dataclass(frozen=True, eq=False)
class _Layer:
    """A window node's functions: for each run of outputs, those that add up its inputs one after the other.
    tiled: the other way to compute it, where there is one."""

    node: Window
    outputs: tuple[slice, ...]
    chains: tuple[tuple[_Part, ...], ...]
    tiled: TiledLayer | None = None


class BatchPlan:
    """The code for a graph; `program` lays it out for a number of groups."""

    def __init__(self, net: WindowGraph, threads: int, target: Target) -> None:
        """
        Raises:
            ValueError: a max-pool and another node read one value whose border would have to be both −∞ and 0.
            OSError: the system grants no executable memory.
        """
        self._threads, self._target = threads, target
        self._windows, self._result = net.nodes, net.result
        self._frames = frames_of(self._windows, net.shapes, target.lanes)
        pixels = [int(np.prod(net.shapes[node.out][1:])) for node in self._windows]
        self._early = next((number for number, count in enumerate(pixels) if count < _LARGE_MAP), len(pixels))
        functions: list[bytes] = []
        self._layers = tuple(self._layer(node, functions) for node in self._windows)
        self._code = Executable(functions)

    def _layer(self, node: Window, functions: list[bytes]) -> _Layer:
        source, out = self._frames[node.source], self._frames[node.out]
        if not isinstance(node, Conv):
            taps, pool = source.taps(node.kernel), asm.ADD if isinstance(node, SumPool) else asm.MAX
            functions.append(pooling(pool, taps, source.channels, source.plane, out.plane, self._target))
            part = _Part(len(functions) - 1, np.zeros(0, np.float32), len(taps))
            return _Layer(node, (slice(0, out.channels),), ((part,),))
        outputs, chains = cut(out.channels, self._threads, self._target.outputs), []
        for run in outputs:
            parts = []
            for piece in _blocks(node, run, source, out, self._target):
                functions.append(piece.code)
                parts.append(_Part(len(functions) - 1, piece.stream, piece.work))
            chains.append(tuple(parts))
        return _Layer(node, outputs, tuple(chains), tiled_layer(node, source, out, functions, self._target))

    def fastest(self, groups: int, pool: ThreadPool) -> frozenset[int]:
        """Return which layers are faster by tiles than by leaving out zeros, with so many groups."""
        if not any(layer.tiled for layer in self._layers):
            return frozenset()
        took = self.ticks(groups, pool, _TRIALS)
        return frozenset(number for number, (zeros, *tiles) in enumerate(took) if tiles and tiles[0] < zeros)

    def ticks(self, groups: int, pool: ThreadPool, rounds: int) -> list[list[float]]:
        """Return, for each node, what leaving out zeros takes, in ticks of the clock, and what tiles take where they
        can be. All are tried in their place among the others, so that they find the caches as they will."""
        either = frozenset(number for number, layer in enumerate(self._layers) if layer.tiled)
        took = []
        for tiled in (frozenset[int](), either):
            program = self.program(groups, tiled)
            each = np.median(pool.timed(program.steps, rounds)[1:], axis=0)
            took.append(np.bincount(program.layers, each).tolist())
        return [[zeros, tiles] if n in either else [zeros] for n, (zeros, tiles) in enumerate(zip(*took, strict=True))]

    def program(self, groups: int, tiled: frozenset[int]) -> "BatchProgram":
        """Return steps and buffers for `groups` groups of images. tiled: the layers that go by tiles."""
        shares = _shares(groups, self._threads)
        memory = allocate(self._windows, self._frames, groups, self._early, len(shares))
        there = [layer.tiled for number, layer in enumerate(self._layers) if layer.tiled and number in tiled]
        plan = _Plan(memory, tiled, benches(there, self._threads, self._target))
        steps: list[tuple[int, tuple[Job, ...]]] = []
        # Large maps: one group goes through all of these layers before the next, so that its values stay in the caches.
        for slot, (home, first, last) in enumerate(shares):
            for group, number in product(range(first, last), range(self._early)):
                steps.append((number, tuple(self._jobs(number, plan, home, range(group, group + 1), slot))))
        # Small maps: all groups pass through a layer's code while it is in the caches.
        for number in range(self._early, len(self._layers)):
            every = (self._jobs(number, plan, home, range(first, last), 0) for home, first, last in shares)
            steps.append((number, tuple(chain.from_iterable(every))))
        made = tuple(ProgramStep(jobs, together=groups < self._threads) for _, jobs in steps)
        return BatchProgram(made, tuple(number for number, _ in steps), memory, self._frames, self._result, self._code)

    def _jobs(self, number: int, plan: "_Plan", home: int | None, groups: range, slot: int) -> Iterator[Job]:
        """Yield the layer for these groups. slot: the place of a value that has room for one group a share."""
        layer, memory = self._layers[number], plan.memory
        if layer.tiled and number in plan.tiled:
            yield from layer.tiled.jobs(memory, self._code, groups, slot, plan.benches, home)
            return
        out = self._frames[layer.node.out]
        at_once = max(1, _SUMS_BYTES // (self._target.outputs * out.size[0] * out.size[1] * out.vector))
        for begin in groups[::at_once]:
            count = min(at_once, groups.stop - begin)
            table = self._table(layer.node, count)
            for run, parts in zip(layer.outputs, layer.chains, strict=True):
                words = self._words(layer.node, memory, begin, slot, run.start)
                calls = tuple(self._call(part, words, table) for part in parts)
                yield Job(calls, float(sum(part.work for part in parts) * len(table)), home)

    def _words(self, node: Window, memory: ValueMemory, group: int, slot: int, output: int) -> tuple[int, int, int]:
        """Return addresses of a group's input and output, and how far the value to add lies from the output."""
        writes = memory.start(node.out, group, slot)
        added = memory.start(node.add, group, slot) - writes if isinstance(node, Conv) and node.add else 0
        return memory.start(node.source, group, slot), writes + output * self._frames[node.out].plane, added

    def _call(self, part: _Part, words: tuple[int, int, int], table: np.ndarray) -> Call:
        reads, writes, added = words
        arguments = [reads, writes, table.ctypes.data, len(table), part.stream.ctypes.data, added]
        made, kept = np.array(arguments, np.int64), (table, part.stream)
        return Call(self._code.addresses[part.function], made, kept, self._code.sizes[part.function])

    def _table(self, node: Window, groups: int) -> np.ndarray:
        """Return int32 [tiles, 2]: bytes to a tile's first input and to its output."""
        source, out = self._frames[node.source], self._frames[node.out]
        rows, columns = np.arange(out.size[0])[:, None], np.arange(out.size[1])[None]
        top, left = source.top - node.padding[0], source.left - node.padding[1]
        reads = ((rows * node.stride[0] + top) * source.columns + columns * node.stride[1] + left) * source.vector
        writes = ((rows + out.top) * out.columns + columns + out.left) * out.vector
        each = np.arange(groups)[:, None]
        pairs = [each * source.group + reads.ravel(), each * out.group + writes.ravel()]
        return np.ascontiguousarray(np.stack([part.ravel() for part in pairs], axis=1), dtype=np.int32)


@dataclass(frozen=True, eq=False)
class _Plan:
    """Where values lie, which layers go by tiles, and each thread's room for them."""

    memory: ValueMemory
    tiled: frozenset[int]
    benches: tuple[TileScratch, ...]


@dataclass(frozen=True, eq=False)
class BatchProgram:
    """A plan's steps and what they use.

    Attributes:
        steps: what to run.
        layers: the number of each step's layer.
        all others: of the steps, kept alive with them.
    """

    steps: tuple[ProgramStep, ...]
    layers: tuple[int, ...]
    _memory: ValueMemory
    _frames: Mapping[str, ValueLayout]
    _result: str
    _code: Executable

    def put(self, images: np.ndarray) -> None:
        """Copy images [B, C, H, W] into the input value, B ≤ groups · lanes; other lanes of the last group stay."""
        frame = self._frames[INPUT]
        maps = frame.map(self._memory.values[INPUT])
        for group in range(-(-len(images) // frame.lanes)):
            part = images[group * frame.lanes : (group + 1) * frame.lanes]
            maps[group, ..., : len(part)] = part.transpose(1, 2, 3, 0)

    def result(self, count: int) -> np.ndarray:
        """Return the last node's value for the first `count` images, [count, O, H, W], in memory of its own.

        A copy always: whether `reshape` makes one depends on the number of groups, and the next run writes over what
        is a view.
        """
        every = self._frames[self._result].map(self._memory.values[self._result])
        return every.transpose(0, 4, 1, 2, 3).reshape(-1, *every.shape[1:4])[:count].copy()


def cut(outputs: int, multiple: int, most: int) -> tuple[slice, ...]:
    """Runs of output channels of nearly equal size, at most `most` each, their number a multiple of `multiple` where
    there are enough channels."""
    count = -(-outputs // most)
    count = min(outputs, -(-count // multiple) * multiple)
    edges = np.linspace(0, outputs, count + 1).round().astype(int)
    return tuple(slice(int(low), int(high)) for low, high in pairwise(edges))


def _shares(groups: int, threads: int) -> list[tuple[int | None, int, int]]:
    """Return (home thread, first group, last) for each thread that gets groups; one share for all if there are too
    few."""
    if groups < threads:
        return [(None, 0, groups)]
    edges = np.linspace(0, groups, threads + 1).round().astype(int)
    return [(thread, int(edges[thread]), int(edges[thread + 1])) for thread in range(threads)]


def _blocks(node: Conv, outputs: slice, source: ValueLayout, out: ValueLayout, target: Target) -> Iterator[CodeBlock]:
    """Yield the chunks of input channels of one run of outputs, each with as much code as stays close."""
    weight = node.weight[outputs].reshape(outputs.stop - outputs.start, node.weight.shape[1], -1)
    taps = source.taps(node.weight.shape[2:])
    for channels in chunks(weight, target):
        shifts = (np.arange(channels.start, channels.stop)[:, None] * source.plane + taps).ravel()
        yield block(
            weight[:, channels].reshape(len(weight), -1),
            node.bias[outputs] if channels.start == 0 else np.zeros(len(weight)),
            shifts,
            out.plane,
            target,
            first=channels.start == 0,
            last=channels.stop == weight.shape[1],
            relu=node.relu,
            add=node.add is not None,
        )


def chunks(weight: np.ndarray, target: Target) -> list[slice]:
    """Runs of input channels of weight [O, C, taps] whose code stays close, and whose inputs do."""
    there = weight != 0
    each, column = (7, 10) if target.evex else (11, 9)  # bytes of code, about
    columns = there.any(axis=0).sum(axis=1)
    code, inputs = each * there.sum(axis=(0, 2)) + column * columns, target.vector * columns
    size = np.maximum(code / target.code_bytes, inputs / _INPUT_BYTES)
    which = (np.cumsum(size) - size).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(which)) + 1).tolist(), weight.shape[1]]
    return [slice(low, high) for low, high in pairwise(edges)]
