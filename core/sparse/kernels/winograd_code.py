"""Winograd's transforms and products (`winograd`) as machine code, for vectors of one pixel each of many tiles.

A vector's lanes are whatever the caller likes: images, or tiles of one image. One or two vectors of tiles pass
together; with two, each weight that is read is used twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.assembler import Op, R
from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.convolution import arguments, zero
from prunesweep.core.sparse.kernels.winograd import CONSTANTS, OUT, POINTS, TILE

_UNROLLED = 8
"""Channels that a turn of the products' loop takes."""
_AHEAD, _AHEAD_BYTES = 2, 8192
"""Channels, and bytes of weights, that are fetched ahead: a processor's own prefetching stops at pages' ends."""


@dataclass(frozen=True)
class TileLayout:
    """How `n` vectors of tiles (1 or 2) lie between the three steps.

    Inputs: [36 points, channels, n] vectors, `in_point` bytes from point to point; products: [36 points, rows, n]
    vectors, `out_point` bytes from point to point. Rows are the outputs, and a few more to fill the last of `blocks`
    blocks of `height` outputs, whose sums are in registers together.
    """

    channels: int
    outputs: int
    n: int
    target: Target

    @property
    def blocks(self) -> int:
        return -(-self.outputs // ((self.target.registers - 1 - self.n) // self.n))

    @property
    def height(self) -> int:
        return -(-self.outputs // self.blocks)

    @property
    def in_point(self) -> int:
        # Points a multiple of 4 KiB apart would all want the same few lines of the first-level cache.
        return (self.channels * self.n + 1) * self.target.vector

    @property
    def out_point(self) -> int:
        return (self.blocks * self.height * self.n + 1) * self.target.vector

    def stream(self, weight: np.ndarray) -> np.ndarray:
        """Return the transformed weights [36, O, C] in the order in which `products` reads them."""
        padded = np.zeros((POINTS, self.blocks * self.height, self.channels), np.float32)
        padded[:, : self.outputs] = weight
        return padded.reshape(POINTS, self.blocks, self.height, self.channels).transpose(0, 1, 3, 2).ravel()


@dataclass(frozen=True, eq=False)
class _Line:
    """`op reg, other, operand` in each pass of a transform. operand: a register, or bytes [passes] from `base`."""

    op: Op
    reg: int
    operand: int | np.ndarray
    other: int = 0
    base: R | None = None


@dataclass(frozen=True)
class PixelStrides:
    """Bytes from a pixel to the next one, from a row to the next one, from a channel to the next one."""

    column: int
    row: int
    plane: int


def tile_in(layout: TileLayout, steps: PixelStrides) -> bytes:
    """Bᵀ d B of one tile, channel after channel. steps: of the input.
    Arguments: input, where the tile's first vector goes, channels, scratch (36 vectors), `CONSTANTS`."""
    target, six = layout.target, np.arange(TILE)
    vector, point, constants = target.vector, layout.in_point, _constants(target)
    down = _inwards(R.SI, six * steps.column, steps.row, R.R9, six * vector, TILE * vector, constants)
    along = _inwards(R.R9, six * TILE * vector, vector, R.DX, six * TILE * point, point, constants)
    fresh = [y * steps.row + x * steps.column for y in range(TILE) for x in range(TILE - OUT, TILE)]
    body = b"".join(asm.prefetch(R.SI, _AHEAD * steps.plane + place) for place in fresh)
    body += _passes(down, target) + _passes(along, target)
    body += asm.add_number(R.SI, steps.plane) + asm.add_number(R.DX, layout.n * vector)
    return arguments(R.SI, R.DX, R.R8, R.R9, R.AX) + _load_constants(target) + asm.loop(R.R8, body) + asm.RETURN


def tile_out(layout: TileLayout, steps: PixelStrides, *, relu: bool, add: bool) -> bytes:
    """Aᵀ m A of one tile, output channel after output channel, then bias, residual (add) and ReLU. steps: of the
    output and the residual.
    Arguments: products, output, channels, scratch (24 vectors), `CONSTANTS`, biases, residual − output (bytes)."""
    target, six, four = layout.target, np.arange(TILE), np.arange(OUT)
    vector, constants = target.vector, _constants(target)
    bias, none = 6, 7
    down = _outwards(R.SI, six * layout.out_point, TILE * layout.out_point, constants)
    down += _stores(R.R9, six * vector, TILE * vector)
    lines = _outwards(R.R9, four * TILE * vector, vector, constants)
    places = four * steps.row
    for number, reg in enumerate(_SUMS):
        lines.append(_Line(asm.ADD, reg, bias, other=reg))
        if add:
            lines.append(_Line(asm.ADD, reg, places + number * steps.column, other=reg, base=R.R11))
        if relu:
            lines.append(_Line(asm.MAX, reg, reg, other=none))
    lines += _stores(R.DX, places, steps.column)
    body = target.encoder.memory(asm.BROADCAST, bias, R.R10, 0).code()
    if add:
        body += asm.copy(R.R11, R.DX) + asm.add(R.R11, R.DI)
    ahead = [_AHEAD * steps.plane + y * steps.row + x * steps.column for y in range(OUT) for x in range(OUT)]
    body += b"".join(asm.prefetch(base, place) for place in ahead for base in ((R.DX, R.R11) if add else (R.DX,)))
    body += _passes(down, target) + _passes(lines, target)
    body += asm.add_number(R.SI, layout.n * vector) + asm.add_number(R.DX, steps.plane) + asm.add_number(R.R10, 4)
    head = arguments(R.SI, R.DX, R.R8, R.R9, R.AX, R.R10) + asm.load_word(R.DI, R.DI, 48)
    return head + _load_constants(target) + zero(none, target) + asm.loop(R.R8, body) + asm.RETURN


def products(layout: TileLayout) -> bytes:
    """Σ over channels of weight · input, for each point. Arguments: inputs, weights as `TileLayout.stream` orders them,
    products, points."""
    emit, vector = layout.target.encoder, layout.target.vector
    sums = np.arange(layout.height * layout.n)
    taken = int(np.gcd(layout.channels, _UNROLLED))
    turn = b"".join(_one_channel(layout, channel) for channel in range(taken))
    turn += b"".join(asm.prefetch(R.DX, _AHEAD_BYTES + line) for line in range(0, taken * layout.height * 4, 64))
    turn += asm.add_number(R.R10, taken * layout.n * vector) + asm.add_number(R.DX, taken * layout.height * 4)
    block = asm.copy(R.R10, R.SI) + emit.registers(asm.XOR, sums, sums, other=sums).code()
    block += asm.set_number(R.AX, layout.channels // taken) + asm.loop(R.AX, turn)
    block += emit.memory(asm.STORE, sums, R.CX, sums * vector).code() + asm.add_number(R.CX, len(sums) * vector)
    point = asm.set_number(R.R9, layout.blocks) + asm.loop(R.R9, block)
    point += asm.add_number(R.SI, layout.in_point) + asm.add_number(R.CX, vector)
    return arguments(R.SI, R.DX, R.CX, R.R8) + asm.loop(R.R8, point) + asm.RETURN


def _one_channel(layout: TileLayout, channel: int) -> bytes:
    """Multiply its n inputs by one weight for each output."""
    target, n = layout.target, layout.n
    inputs = target.registers - 1 - np.arange(n)
    places = (channel * n + np.arange(n)) * target.vector
    loads = target.encoder.memory(asm.LOAD, inputs, R.R10, places).code()
    outputs, sums = np.arange(layout.height), np.arange(layout.height * n)
    near = (channel * layout.height + outputs) * 4
    if target.evex and n == 1:
        return loads + target.encoder.memory(asm.FMA_ONE, outputs, R.DX, near, other=int(inputs[0])).code()
    weight = target.registers - 1 - n
    weights = target.encoder.memory(asm.BROADCAST, np.full(layout.height, weight), R.DX, near)
    fused = target.encoder.registers(asm.FMA, sums, weight, other=inputs[sums % n])
    return loads + asm.merged((outputs * n, weights), (sums, fused)).code()


def _inwards(
    base: R, begins: np.ndarray, step: int, into: R, to: np.ndarray, stride: int, constants: Sequence[int]
) -> list[_Line]:
    """Bᵀ d of six values, `step` bytes apart in memory, for each pass, to six places `stride` apart."""
    half, two, five, low, high, *_ = constants
    d = [begins + number * step for number in range(TILE)]
    lines: list[_Line] = []

    def ends(first: int, place: int) -> None:
        lines.append(_Line(asm.LOAD, 0, d[first], base=base))
        lines.append(_Line(asm.ADD, 0, d[first + 4], other=0, base=base))
        lines.append(_Line(asm.FNMA, 0, d[first + 2], other=five, base=base))
        lines.append(_Line(asm.STORE, 0, to + place * stride, base=into))

    def couple(square: int, point: int, place: int) -> None:
        for reg, high_end, low_end in ((1, 4, 2), (2, 3, 1)):
            lines.append(_Line(asm.LOAD, reg, d[high_end], base=base))
            lines.append(_Line(asm.FNMA, reg, d[low_end], other=square, base=base))
        lines.append(_Line(asm.MUL, 2, 2, other=point))
        lines.append(_Line(asm.ADD, 3, 2, other=1))
        lines.append(_Line(asm.SUB, 1, 2, other=1))
        lines.append(_Line(asm.STORE, 3, to + place * stride, base=into))
        lines.append(_Line(asm.STORE, 1, to + (place + 1) * stride, base=into))

    ends(0, 0)
    couple(two, low, 1)  # (x ± √½) x (x² − 2)
    couple(half, high, 3)
    ends(1, 5)
    return lines


_SUMS = (4, 0, 1, 5)
"""The registers that hold the four values of `_outwards`."""


def _outwards(base: R, begins: np.ndarray, step: int, constants: Sequence[int]) -> list[_Line]:
    """Aᵀ m of six values `step` bytes apart, for each pass, into `_SUMS`."""
    half, two, _, low, high, low_cube, high_cube = constants
    m = [begins + number * step for number in range(TILE)]
    lines = []
    for difference, total, first in ((0, 1, 1), (2, 3, 3)):
        lines.append(_Line(asm.LOAD, difference, m[first], base=base))
        lines.append(_Line(asm.ADD, total, m[first + 1], other=difference, base=base))
        lines.append(_Line(asm.SUB, difference, m[first + 1], other=difference, base=base))
    return [
        *lines,
        _Line(asm.ADD, 4, m[0], other=1, base=base),
        _Line(asm.ADD, 4, 3, other=4),
        _Line(asm.MUL, 1, 1, other=half),
        _Line(asm.FMA, 1, 3, other=two),
        _Line(asm.LOAD, 5, m[5], base=base),
        _Line(asm.FMA, 5, 0, other=low_cube),
        _Line(asm.FMA, 5, 2, other=high_cube),
        _Line(asm.MUL, 0, 0, other=low),
        _Line(asm.FMA, 0, 2, other=high),
    ]


def _stores(base: R, begins: np.ndarray, stride: int) -> list[_Line]:
    return [_Line(asm.STORE, reg, begins + number * stride, base=base) for number, reg in enumerate(_SUMS)]


def _passes(lines: Sequence[_Line], target: Target) -> bytes:
    """Return all lines for the first pass, then for the next."""
    count = max(len(line.operand) for line in lines if isinstance(line.operand, np.ndarray))
    keys, parts = np.arange(count) * len(lines), []
    for number, line in enumerate(lines):
        if line.base is None:
            reg = np.full(count, line.reg)
            rows = target.encoder.registers(line.op, reg, line.operand, other=line.other)
        else:
            rows = target.encoder.memory(line.op, line.reg, line.base, line.operand, other=line.other)
        parts.append((keys + number, rows))
    return asm.merged(*parts).code()


def _constants(target: Target) -> tuple[int, ...]:
    """Return their registers: the last ones."""
    return tuple(range(target.registers - len(CONSTANTS), target.registers))


def _load_constants(target: Target) -> bytes:
    number = np.arange(len(CONSTANTS))
    return target.encoder.memory(asm.BROADCAST, np.array(_constants(target)), R.AX, number * 4).code()
