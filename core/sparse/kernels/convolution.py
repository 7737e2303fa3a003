"""The engine's kernels as machine code. Each takes one pointer to its arguments: 64-bit words, in the order given.

A *vector* is `Target.lanes` floats: as many images at one pixel, or as many pixels of one image.
"""

from dataclasses import dataclass

import numpy as np

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.assembler import R, Rows
from prunesweep.core.sparse.codegen.target import Target


@dataclass(frozen=True, eq=False)
class CodeBlock:
    """Code of some output channels × some inputs, and the numbers it reads: biases, then nonzero weights in the order
    in which they are used."""

    code: bytes
    stream: np.ndarray
    work: int


def block(
    weight: np.ndarray,
    bias: np.ndarray,
    shifts: np.ndarray,
    out_step: int,
    target: Target,
    *,
    first: bool,
    last: bool,
    relu: bool,
    add: bool,
) -> CodeBlock:
    """Straight-line code: one fused multiply-add for each nonzero weight, sums in registers (direct sparse
    convolution, Park et al. 2017, arXiv:1608.01409; as generated code, Elsen et al. 2020, arXiv:1911.09723).

    Args:
        weight: [O, K], O ≤ `Target.outputs`, one column for each (channel, tap).
        shifts: bytes [K] from a tile's input address to that column's vector.
        out_step: bytes between output channels.
        first: sums begin at the bias, else at what the output holds.
        last: residual (add) and ReLU belong to this block. Arguments: input, output, tile table (two int32 a tile:
            bytes to its input and to its output), tiles, stream, residual − output (bytes).
    """
    accumulators, emit = np.arange(len(weight)), target.encoder
    columns, rows = np.nonzero(weight.T)
    places = accumulators * out_step
    begin = (asm.BROADCAST, R.R9, accumulators * 4 - _bias(target)) if first else (asm.LOAD, R.R11, places)
    tile = asm.load_int(R.R10, R.CX, 0) + asm.add(R.R10, R.SI) + asm.load_int(R.R11, R.CX, 4) + asm.add(R.R11, R.DX)
    tile += asm.add_number(R.CX, 8) + asm.copy(R.AX, R.R9) + asm.add_number(R.AX, 4 * len(weight))
    tile += emit.memory(begin[0], accumulators, begin[1], begin[2]).code()
    tile += _multiply_adds(columns, rows, shifts, target).code()
    if last:
        tile += _finish(accumulators, places, target, relu=relu, add=add)
    tile += emit.memory(asm.STORE, accumulators, R.R11, places).code()
    head = arguments(R.SI, R.DX, R.CX, R.R8, R.R9) + zero(target.outputs, target)
    # The pointer to the arguments is read last: it lies in DI itself.
    head += asm.add_number(R.R9, _bias(target)) + asm.load_word(R.DI, R.DI, 40)
    stream = np.concatenate([bias, weight.T[columns, rows]]).astype(np.float32)
    return CodeBlock(head + asm.loop(R.R8, tile) + asm.RETURN, stream, len(rows) + len(weight))


def arguments(*registers: R) -> bytes:
    """Load the first argument words."""
    return b"".join(asm.load_word(register, R.DI, 8 * number) for number, register in enumerate(registers))


def zero(register: int, target: Target) -> bytes:
    """register = 0 in all lanes"""
    return target.encoder.registers(asm.XOR, register, register, other=register).code()


def _bias(target: Target) -> int:
    """Return how far behind the next weight a pointer into the stream points (bytes), as displacements are signed."""
    return 2 * target.near


def _multiply_adds(columns: np.ndarray, rows: np.ndarray, shifts: np.ndarray, target: Target) -> Rows:
    """Write, for each column with nonzeros: its vector into a register, then a multiply-add for each nonzero. Where a
    weight cannot be an operand for all lanes, it comes into a register first. All are ordered by the weight they
    serve."""
    number = np.arange(len(rows))
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    # The pointer moves on now and then, so that every displacement is 1 byte: less code to fetch.
    moves = number[target.near :: target.near]
    move = asm.add_number(R.AX, 4 * target.near)
    pads = np.zeros((len(moves), asm.WIDEST), np.uint8)
    pads[:, : len(move)] = np.frombuffer(move, np.uint8)
    emit, given, spare = target.encoder, target.registers - 1, target.outputs
    near, where = (number % target.near) * 4 - _bias(target), shifts[columns]
    if target.evex:
        fused = [(number, emit.memory(asm.FMA_ONE, rows, R.AX, near, other=given))]
    else:
        # What is multiplied once only need not come into a register: it is the operand, as the weight cannot be.
        lone = np.bincount(columns, minlength=1)[columns] == 1
        starts, once, more = starts[~lone[starts]], number[lone], number[~lone]
        fused = [
            (number, emit.memory(asm.BROADCAST, np.full(len(rows), spare), R.AX, near)),
            (once, emit.memory(asm.FMA, rows[once], R.R10, where[once], other=spare)),
            (more, emit.registers(asm.FMA, rows[more], given, other=spare)),
        ]
    return asm.merged(
        (moves, Rows(pads, np.full(len(moves), len(move)))),
        (starts, emit.memory(asm.LOAD, np.full(len(starts), given), R.R10, where[starts])),
        *fused,
    )


def _finish(accumulators: np.ndarray, places: np.ndarray, target: Target, *, relu: bool, add: bool) -> bytes:
    code: bytes = b""
    if add:
        code += target.encoder.memory(asm.ADD, accumulators, R.R11, places, other=accumulators, index=R.DI).code()
    if relu:
        # With EVEX it has been zero all along, else a weight lies there.
        code += b"" if target.evex else zero(target.outputs, target)
        # The sum comes second: where one of two is NaN the processor takes the second, and ReLU(NaN) is NaN.
        code += target.encoder.registers(asm.MAX, accumulators, accumulators, other=target.outputs).code()
    return code


def pooling(op: asm.Op, shifts: np.ndarray, channels: int, in_step: int, out_step: int, target: Target) -> bytes:
    """Return the largest (MAX) or the sum (ADD) of the vectors at `shifts` (bytes [K]) from a tile's input, for each of
    `channels` channels that lie `in_step` and `out_step` bytes apart. Arguments: input, output, tile table, tiles."""
    emit = target.encoder
    one = emit.memory(asm.LOAD, 0, R.R10, int(shifts[0])).code()
    one += emit.memory(op, np.zeros(len(shifts) - 1, int), R.R10, shifts[1:]).code()
    one += emit.memory(asm.STORE, 0, R.R11, 0).code() + asm.add_number(R.R10, in_step) + asm.add_number(R.R11, out_step)
    tile = asm.load_int(R.R10, R.CX, 0) + asm.add(R.R10, R.SI) + asm.load_int(R.R11, R.CX, 4) + asm.add(R.R11, R.DX)
    tile += asm.add_number(R.CX, 8) + asm.set_number(R.AX, channels) + asm.loop(R.AX, one)
    return arguments(R.SI, R.DX, R.CX, R.R8) + asm.loop(R.R8, tile) + asm.RETURN
