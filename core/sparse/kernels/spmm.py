"""Sparse matrix × dense matrix from lists of (place, weight): for small maps, where generated code would be read only
once or twice and reading it would take longer than running it."""

from functools import lru_cache

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.assembler import R
from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.convolution import arguments, zero

_VECTORS_MAX = 14
_CHAINS = 8
"""Sums that must be under way at once to hide the latency of an addition (4 cycles, 2 additions a cycle)."""
_FOUR = 4
"""Weights that are read together, with their places before them."""
_STEP = 8  # bytes that an index counts
_CLOSE_BYTES = 32 * 1024
"""The inputs of a chunk stay in the first-level data cache while all outputs pass over them."""
_HEAD_BYTES, _FOUR_BYTES = 8, 24


def vectors_max(target: Target) -> int:
    """Registers that a row may take: all but three for weights and one for zero."""
    return min(_VECTORS_MAX, target.registers - 4)


def inputs_at_once(vectors: int, lanes: int) -> int:
    """Return the rows of the dense matrix in a chunk."""
    return max(1, _CLOSE_BYTES // (vectors * lanes * 4))


@lru_cache(maxsize=128)  # it depends on no weight
def row_list(vectors: int, lanes: int, target: Target, *, first: bool, last: bool, relu: bool, add: bool) -> bytes:
    """out[o] (+)= bias[o] + Σ w · input[k], then residual and ReLU; a row is `vectors` registers of `lanes`.

    Arguments: input rows, output, list (see `list_of`), outputs, residual − output (bytes).

    Args:
        first, last, relu, add: as for `kernels.block`. vectors: at most `vectors_max`.
        lanes: the target's, 8 or 4.
    """
    sets = _sets(vectors, target)
    emit, nothing = target.encoder, target.registers - 1
    sums = np.arange(vectors)
    spread = 4 * lanes * sums
    begin = (asm.BROADCAST, R.CX, 4 + 0 * spread) if first else (asm.LOAD, R.DX, spread)
    out = emit.memory(begin[0], sums, begin[1], begin[2], lanes=lanes).code()
    if sets > 1:
        others = np.arange(vectors, sets * vectors)
        out += emit.registers(asm.XOR, others, others, other=others).code()
    out += asm.load_int(R.R10, R.CX, 0) + asm.add_number(R.CX, _HEAD_BYTES)
    out += asm.loop(R.R10, _turn(vectors, lanes, sets, target))
    for number in range(1, sets):
        out += emit.registers(asm.ADD, sums, sums + number * vectors, other=sums, lanes=lanes).code()
    if last and add:
        out += emit.memory(asm.ADD, sums, R.DX, spread, other=sums, index=R.R9, lanes=lanes).code()
    if last and relu:
        out += emit.registers(asm.MAX, sums, sums, other=nothing, lanes=lanes).code()
    out += emit.memory(asm.STORE, sums, R.DX, spread, lanes=lanes).code() + asm.add_number(R.DX, 4 * lanes * vectors)
    head = arguments(R.SI, R.DX, R.CX, R.R8, R.R9) + zero(nothing, target)
    return head + asm.loop(R.R8, out) + asm.RETURN


def _sets(vectors: int, target: Target) -> int:
    """Return how many sums each output has that are added up at its end: as many as hide latency, if the registers
    do."""
    room = (target.registers - _FOUR) // vectors
    return next(sets for sets in (1, 2, 4, 8) if sets * vectors >= _CHAINS or 2 * sets > room)


def _turn(vectors: int, lanes: int, sets: int, target: Target) -> bytes:
    """Return the inner loop's body: each weight adds to the next set of sums.

    The processor's loads are for the inputs (two vectors a cycle, and whatever else is loaded takes of that), so four
    weights come by one load, and so do their four places.
    """
    emit, four = target.encoder, target.registers - 2
    sums, code = np.arange(vectors), b""
    for part in range(_at_once(sets)):
        weight, begin = target.registers - 4 + part % 2, part // _FOUR * _FOUR_BYTES
        if part % _FOUR == 0:
            load = asm.QUARTERS if lanes > _FOUR else asm.LOAD
            code += asm.load_word(R.R11, R.CX, begin) + emit.memory(load, four, R.CX, begin + 8, lanes=lanes).code()
        code += asm.low_half(R.AX, R.R11) + emit.spread(weight, four, part % _FOUR, lanes=lanes).code()
        if part % _FOUR < _FOUR - 1:
            code += asm.shift_right(R.R11, 16)
        into, shifts = sums + part % sets * vectors, 4 * lanes * sums
        code += emit.memory(asm.FMA, into, R.SI, shifts, other=weight, index=R.AX, scale=_STEP, lanes=lanes).code()
    return code + asm.add_number(R.CX, _at_once(sets) // _FOUR * _FOUR_BYTES)


def _at_once(sets: int) -> int:
    """Return weights of a turn of the inner loop."""
    return max(_FOUR, sets)


def list_of(weight: np.ndarray, bias: np.ndarray, vectors: int, lanes: int, target: Target) -> np.ndarray:
    """Return the bytes that `row_list` reads. For each output: its number of turns (int32) and its bias, then by fours
    the places of their inputs (uint16, in steps of 8 bytes) and the weights.

    weight: [O, K], K ≤ `inputs_at_once`; each row is filled up with zeros to whole turns, at least one.
    """
    rows, columns = np.nonzero(weight)
    counts = np.bincount(rows, minlength=len(weight))
    at_once = _at_once(_sets(vectors, target))
    turns = np.maximum(1, -(-counts // at_once))
    fours = turns * at_once // _FOUR
    sizes = _HEAD_BYTES + fours * _FOUR_BYTES
    begins = np.cumsum(sizes) - sizes
    out = np.zeros(int(sizes.sum()), np.uint8)
    out.view(np.int32)[begins // 4], out.view(np.float32)[begins // 4 + 1] = turns, bias
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    where = begins[rows] + _HEAD_BYTES + within // _FOUR * _FOUR_BYTES
    out.view(np.uint16)[where // 2 + within % _FOUR] = columns * (vectors * lanes * 4 // _STEP)
    out.view(np.float32)[where // 4 + 2 + within % _FOUR] = weight[rows, columns]
    return out
