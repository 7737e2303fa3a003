"""Pixels of one image brought into the order in which a convolution reads them (im2col), a vector at a time.

Which pixel goes where is known when the network is loaded, so each output vector is a handful of permutations with
fixed indices; this serves any kernel size, stride, padding and map size.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen import vex
from prunesweep.core.sparse.codegen.assembler import Op, R
from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.convolution import arguments

_INDEX, _RESULT, _POOLED, _FILL, _TAKEN = 1, 2, 3, 4, 5
_LEFT_OUT = -1 << 31
"""In an index: its lane takes nothing. A permutation looks at the lowest bits only, and a blend at the sign."""


@dataclass(frozen=True, eq=False)
class GatherCode:
    """Machine code that copies the pixels of each window side by side.

    Attributes:
        code: arguments input, output, channels, table, fill (address of one float).
        table: what it reads.
    """

    code: bytes
    table: np.ndarray


def pitch_of(pixels: int, lanes: int) -> int:
    """Return floats that one channel of a map takes: 4, 8 or whole vectors of `lanes`."""
    return next((few for few in (4, 8) if pixels <= few), -(-pixels // lanes) * lanes)


def sources(
    size: tuple[int, int],
    out: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> np.ndarray:
    """Return int64 [taps, pixels out]: which pixel of the input each output pixel reads at each tap; −1 outside."""
    rows, columns = (
        np.arange(kernel[axis])[:, None] + np.arange(out[axis]) * stride[axis] - padding[axis] for axis in (0, 1)
    )
    inside = ((rows >= 0) & (rows < size[0]))[:, None, :, None] & ((columns >= 0) & (columns < size[1]))[
        None, :, None, :
    ]
    pixels = rows[:, None, :, None] * size[1] + columns[None, :, None, :]
    return np.where(inside, pixels, -1).reshape(kernel[0] * kernel[1], out[0] * out[1])


def gathering(where: np.ndarray, in_pitch: int, target: Target, *, pool: Op | None = None) -> GatherCode:
    """Return code that writes, channel after channel, input[where] for every tap (a matrix [channels · taps, pitch]),
    or, with a `pool`, the largest (MAX) or the sum (ADD) over the taps [channels, pitch]. where: as `sources` gives
    it."""
    return _gathering(where.astype(np.int64).tobytes(), where.shape, in_pitch, target, pool)


@lru_cache(maxsize=32)  # it depends on no weight: every copy of a network, and every network of a sweep, has the same
def _gathering(where: bytes, shape: tuple[int, ...], in_pitch: int, target: Target, pool: Op | None) -> GatherCode:
    """Write the code of `gathering`. where: int64, of that shape."""
    (taps, pixels), lanes, emit = shape, target.lanes, target.encoder
    pitch = pitch_of(pixels, lanes)
    padded = np.full((taps, -(-pitch // lanes) * lanes), -1)
    padded[:, :pixels] = np.frombuffer(where, np.int64).reshape(shape)
    vectors = padded.reshape(taps, -1, lanes)
    table = _IndexTable(target.vector)
    body: bytes = b""
    for vector in range(vectors.shape[1]):
        for tap in range(taps):
            body += _one(vectors[tap, vector], table, target)
            if pool:
                operation = pool if tap else asm.LOAD
                body += emit.registers(operation, _POOLED, _RESULT, other=_POOLED * (tap > 0)).code()
            else:
                place = 4 * (tap * pitch + vector * lanes)
                body += emit.memory(asm.STORE, _RESULT, R.DX, place, lanes=min(pitch, lanes)).code()
        if pool:
            body += emit.memory(asm.STORE, _POOLED, R.DX, 4 * vector * lanes, lanes=min(pitch, lanes)).code()
    body += asm.add_number(R.SI, 4 * in_pitch) + asm.add_number(R.DX, 4 * pitch * (1 if pool else taps))
    head = arguments(R.SI, R.DX, R.R8, R.R9, R.AX) + emit.memory(asm.BROADCAST, _FILL, R.AX, 0).code()
    return GatherCode(head + asm.loop(R.R8, body) + asm.RETURN, table.array())


class _IndexTable:
    """Index vectors and masks, each kept once."""

    def __init__(self, size: int) -> None:
        """size: bytes of a row."""
        self._size = size
        self._rows: dict[bytes, int] = {}

    def place(self, row: np.ndarray) -> int:
        """Return byte offset of a row that begins with these numbers."""
        key = row.astype(np.int32).tobytes().ljust(self._size, b"\0")
        return self._rows.setdefault(key, self._size * len(self._rows))

    def array(self) -> np.ndarray:
        return np.frombuffer(b"".join(self._rows) or bytes(self._size), np.uint8)


def _one(pixels: np.ndarray, table: _IndexTable, target: Target) -> bytes:
    """Return one vector: from each input vector it draws on, the lanes it wants; the fill where there is no pixel."""
    lanes = target.lanes
    blocks = sorted({int(pixel) // lanes for pixel in pixels if pixel >= 0})
    if len(blocks) == 1 and np.array_equal(pixels, np.arange(lanes) + blocks[0] * lanes):
        return target.encoder.memory(asm.LOAD, _RESULT, R.SI, target.vector * blocks[0]).code()
    wanted = {number: (pixels >= 0) & (pixels // lanes == number) for number in blocks}
    return (_masked if target.evex else _blended)(pixels, wanted, table)


def _masked(pixels: np.ndarray, wanted: dict[int, np.ndarray], table: _IndexTable) -> bytes:
    """Merge by mask registers. wanted: number of an input vector → bool [16], the lanes that it gives."""
    code: bytes = asm.registers(asm.LOAD, _RESULT, _FILL).code()
    code += asm.memory(asm.LOAD, _INDEX, R.R9, table.place(np.where(pixels >= 0, pixels % 16, 0))).code()
    for number, lanes in wanted.items():
        bits = int((1 << np.flatnonzero(lanes)).sum())
        code += asm.load_mask(1, R.R9, table.place(np.array([bits])))
        code += asm.memory(asm.PERMUTE, _RESULT, R.SI, 64 * number, other=_INDEX, mask=1).code()
    return code


def _blended(pixels: np.ndarray, wanted: dict[int, np.ndarray], table: _IndexTable) -> bytes:
    """Merge by blends: an index says in its sign bits what is left out. wanted: as for `_masked`, bool [8]."""
    code: bytes = b"" if wanted else vex.registers(asm.LOAD, _RESULT, _FILL).code()
    for turn, (number, lanes) in enumerate(wanted.items()):
        row = table.place(np.where(lanes, pixels % 8, _LEFT_OUT))
        code += vex.memory(asm.LOAD, _INDEX, R.R9, row).code()
        code += vex.memory(asm.PERMUTE, _TAKEN, R.SI, 32 * number, other=_INDEX).code()
        # Sign set: what was there stays.
        code += vex.blend(_RESULT, _RESULT if turn else _FILL, _INDEX, other=_TAKEN).code()
    return code
