"""Sparse matrix × dense matrix from lists of (place, weight): for small maps, where generated code would be read only
once or twice and reading it would take longer than running it."""

import numpy as np

from core.sparse import assembler as asm
from core.sparse.assembler import R
from core.sparse.kernels import arguments, zero
from core.sparse.target import Target

_VECTORS_MAX = 14
_QUAD = 4
_STEP = 8  # bytes that an index counts
_CLOSE_BYTES = 32 * 1024
"""The inputs of a chunk stay in the first-level data cache while all outputs pass over them."""
_WORD = 2


def vectors_max(target: Target) -> int:
    """Registers that a row may take: all but three for weights and one for zero."""
    return min(_VECTORS_MAX, target.registers - 4)


def inputs_at_once(vectors: int, lanes: int) -> int:
    """Rows of the dense matrix in a chunk."""
    return max(1, _CLOSE_BYTES // (vectors * lanes * 4))


def row_list(vectors: int, lanes: int, target: Target, *, first: bool, last: bool, relu: bool, add: bool) -> bytes:
    """out[o] (+)= bias[o] + Σ w · input[k], then residual and ReLU; a row is `vectors` registers of `lanes`.

    Arguments: input rows, output, places (uint16: for each output its number of quads of weights, then the places of
    their rows in steps of 8 bytes), outputs, numbers (float32: for each output its bias, then its weights),
    residual − output (bytes).
    first, last, relu, add: as for `kernels.block`. vectors: at most `vectors_max` · lanes: the target's, 8 or 4.
    """
    sets = _QUAD if vectors <= 2 else 2 if vectors <= 6 else 1
    emit, nothing = target.encoder, target.registers - 1
    sums = np.arange(vectors)
    spread = 4 * lanes * sums
    begin = (asm.BROADCAST, R.R9, 0 * spread) if first else (asm.LOAD, R.DX, spread)
    out = emit.memory(begin[0], sums, begin[1], begin[2], lanes=lanes).code()
    if sets > 1:
        others = np.arange(vectors, sets * vectors)
        out += emit.registers(asm.XOR, others, others, other=others).code()
    out += asm.load_short(R.R10, R.CX, 0) + asm.add_number(R.CX, _WORD) + asm.add_number(R.R9, 4)
    out += asm.loop(R.R10, _quad(vectors, lanes, sets, target))
    for number in range(1, sets):
        out += emit.registers(asm.ADD, sums, sums + number * vectors, other=sums, lanes=lanes).code()
    if last and add:
        out += emit.memory(asm.ADD, sums, R.DX, spread, other=sums, index=R.DI, lanes=lanes).code()
    if last and relu:
        out += emit.registers(asm.MAX, sums, nothing, other=sums, lanes=lanes).code()
    out += emit.memory(asm.STORE, sums, R.DX, spread, lanes=lanes).code() + asm.add_number(R.DX, 4 * lanes * vectors)
    head = arguments(R.SI, R.DX, R.CX, R.R8, R.R9) + zero(nothing, target)
    return head + asm.load_word(R.DI, R.DI, 40) + asm.loop(R.R8, out) + asm.RETURN


def _quad(vectors: int, lanes: int, sets: int, target: Target) -> bytes:
    """Four weights, each on the next set of sums, so that their additions need not wait for each other."""
    code: bytes = b""
    emit, first = target.encoder, target.registers - 4
    sums = np.arange(vectors)
    for part in range(_QUAD):
        weight = first + part % 3
        code += asm.load_short(R.AX, R.CX, _WORD * part)
        code += emit.memory(asm.BROADCAST, weight, R.R9, 4 * part, lanes=lanes).code()
        into, shifts = sums + part % sets * vectors, 4 * lanes * sums
        code += emit.memory(asm.FMA, into, R.SI, shifts, other=weight, index=R.AX, scale=_STEP, lanes=lanes).code()
    return code + asm.add_number(R.CX, _WORD * _QUAD) + asm.add_number(R.R9, 4 * _QUAD)


def list_of(weight: np.ndarray, bias: np.ndarray, vectors: int, lanes: int) -> tuple[np.ndarray, np.ndarray]:
    """(places, numbers) for `row_list`. weight: [O, K], K ≤ `inputs_at_once`; each row is filled up with zeros to
    whole quads, at least one."""
    rows, columns = np.nonzero(weight)
    counts = np.bincount(rows, minlength=len(weight))
    quads = np.maximum(1, -(-counts // _QUAD))
    begins = np.cumsum(1 + _QUAD * quads) - (1 + _QUAD * quads)
    size = int((1 + _QUAD * quads).sum())
    places, numbers = np.zeros(size, np.uint16), np.zeros(size, np.float32)
    places[begins], numbers[begins] = quads, bias
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    where = begins[rows] + 1 + within
    places[where], numbers[where] = columns * (vectors * lanes * 4 // _STEP), weight[rows, columns]
    return places, numbers
