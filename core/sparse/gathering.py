"""Pixels of one image brought into the order in which a convolution reads them (im2col), 16 at a time.

Which pixel goes where is known when the network is loaded, so each output vector is a handful of permutations with
fixed indices; this serves any kernel size, stride, padding and map size.
"""

from dataclasses import dataclass

import numpy as np

from core.sparse import assembler as asm
from core.sparse.assembler import R
from core.sparse.kernels import arguments

LANES = 16
_INDEX, _RESULT, _LARGEST, _FILL = 1, 2, 3, 4


@dataclass(frozen=True, eq=False)
class Gathering:
    """code: arguments input, output, channels, table, fill (address of one float) · table: what it reads."""

    code: bytes
    table: np.ndarray


def pitch_of(pixels: int) -> int:
    """Floats that one channel of a map takes: 4, 8 or a multiple of 16."""
    return next((lanes for lanes in (4, 8) if pixels <= lanes), -(-pixels // LANES) * LANES)


def sources(
    size: tuple[int, int],
    out: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> np.ndarray:
    """int64 [taps, pixels out]: which pixel of the input each output pixel reads at each tap; −1 outside."""
    rows, columns = (
        np.arange(kernel[axis])[:, None] + np.arange(out[axis]) * stride[axis] - padding[axis] for axis in (0, 1)
    )
    inside = ((rows >= 0) & (rows < size[0]))[:, None, :, None] & ((columns >= 0) & (columns < size[1]))[
        None, :, None, :
    ]
    pixels = rows[:, None, :, None] * size[1] + columns[None, :, None, :]
    return np.where(inside, pixels, -1).reshape(kernel[0] * kernel[1], out[0] * out[1])


def gathering(where: np.ndarray, in_pitch: int, *, largest: bool) -> Gathering:
    """Code that writes, channel after channel, input[where] for every tap (a matrix [channels · taps, pitch]), or,
    if `largest`, the largest over the taps [channels, pitch]. where: as `sources` gives it."""
    taps, pixels = where.shape
    pitch = pitch_of(pixels)
    lanes = min(pitch, LANES)
    padded = np.full((taps, -(-pitch // LANES) * LANES), -1)
    padded[:, :pixels] = where
    vectors = padded.reshape(taps, -1, LANES)
    table = _Table()
    body: bytes = b""
    for vector in range(vectors.shape[1]):
        for tap in range(taps):
            body += _one(vectors[tap, vector], table)
            if largest:
                body += asm.registers(
                    asm.LOAD if tap == 0 else asm.MAX, _LARGEST, _RESULT, other=_LARGEST * (tap > 0)
                ).code()
            else:
                body += asm.memory(asm.STORE, _RESULT, R.DX, 4 * (tap * pitch + vector * LANES), lanes=lanes).code()
        if largest:
            body += asm.memory(asm.STORE, _LARGEST, R.DX, 4 * vector * LANES, lanes=lanes).code()
    body += asm.add_number(R.SI, 4 * in_pitch) + asm.add_number(R.DX, 4 * pitch * (1 if largest else taps))
    head = arguments(R.SI, R.DX, R.R8, R.R9, R.AX) + asm.memory(asm.BROADCAST, _FILL, R.AX, 0).code()
    return Gathering(head + asm.loop(R.R8, body) + asm.RETURN, table.array())


class _Table:
    """Index vectors and masks, each kept once."""

    def __init__(self) -> None:
        self._rows: dict[bytes, int] = {}

    def place(self, row: np.ndarray) -> int:
        """Byte offset of 64 bytes with this content."""
        key = row.astype(np.int32).tobytes().ljust(64, b"\0")
        return self._rows.setdefault(key, 64 * len(self._rows))

    def array(self) -> np.ndarray:
        return np.frombuffer(b"".join(self._rows) or bytes(64), np.uint8)


def _one(pixels: np.ndarray, table: _Table) -> bytes:
    """One vector: from each input vector it draws on, the lanes it wants; the fill where there is no pixel."""
    blocks = sorted({int(pixel) // LANES for pixel in pixels if pixel >= 0})
    if len(blocks) == 1 and np.array_equal(pixels, np.arange(LANES) + blocks[0] * LANES):
        return asm.memory(asm.LOAD, _RESULT, R.SI, 64 * blocks[0]).code()
    code: bytes = asm.registers(asm.LOAD, _RESULT, _FILL).code()
    code += asm.memory(asm.LOAD, _INDEX, R.R9, table.place(np.where(pixels >= 0, pixels % LANES, 0))).code()
    for number in blocks:
        bits = int((1 << np.flatnonzero((pixels >= 0) & (pixels // LANES == number))).sum())
        code += asm.load_mask(1, R.R9, table.place(np.array([bits])))
        code += asm.memory(asm.PERMUTE, _RESULT, R.SI, 64 * number, other=_INDEX, mask=1).code()
    return code
