"""AVX2 and FMA instructions as arrays, for processors without AVX-512: the VEX encoding (Intel SDM volume 2, section
2.3). Its functions are called as those of `assembler` are, with the same instructions (`Op`).

VEX has 16 registers, no mask registers, no operand that is one float for all lanes, and 8-bit displacements count
bytes.
"""

import numpy as np

from prunesweep.core.sparse.codegen.assembler import SPREAD, WIDEST, Numbers, Op, R, Rows, with_number

_BLEND = Op(3, 1, 0x4A)


def memory(
    op: Op,
    reg: Numbers,
    base: R,
    shift: Numbers,
    *,
    other: Numbers = 0,
    index: R | None = None,
    scale: int = 1,
    lanes: int = 8,
) -> Rows:
    """Encode `op reg, other, [base + scale·index + shift]`, one instruction for each element of the numbers.

    Args:
        reg, other: vector registers 0…15.
        shift: bytes, signed 32 bits.
        lanes: floats in a register, 8 or 4.
    """
    reg, other, shift = (np.atleast_1d(part).astype(np.int64) for part in np.broadcast_arrays(reg, other, shift))
    short = (shift >= -128) & (shift < 128)
    out = _prefixed(op, reg, other, lanes)
    high = 0 if index is None else index >> 3
    out[:, 1] |= np.uint8((1 - high) << 6 | (1 - (base >> 3)) << 5)
    out[:, 4] = np.where(short, 1, 2) << 6 | (reg & 7) << 3 | (base & 7 if index is None else 4)
    at = 5
    if index is not None:
        out[:, 5] = {1: 0, 2: 1, 4: 2, 8: 3}[scale] << 6 | (index & 7) << 3 | (base & 7)
        at = 6
    for place in range(4):
        out[:, at + place] = shift >> (8 * place) & 255
    return Rows(out, np.where(short, at + 1, at + 4))


def registers(op: Op, reg: Numbers, operand: Numbers, *, other: Numbers = 0, lanes: int = 8) -> Rows:
    """Encode `op reg, other, operand` with a register as operand; numbers as in `memory`."""
    parts = np.broadcast_arrays(reg, operand, other)
    reg, operand, other = (np.atleast_1d(part).astype(np.int64) for part in parts)
    out = _prefixed(op, reg, other, lanes)
    out[:, 1] |= (1 << 6 | (1 - (operand >> 3 & 1)) << 5).astype(np.uint8)
    out[:, 4] = 3 << 6 | (reg & 7) << 3 | (operand & 7)
    return Rows(out, np.full(len(reg), 5))


def blend(reg: int, operand: int, choice: int, *, other: int) -> Rows:
    """reg = operand in the lanes where the sign bit of `choice` is set, `other` in the rest"""
    return with_number(registers(_BLEND, reg, operand, other=other), choice << 4)


def spread(reg: int, operand: int, which: int, *, lanes: int = 8) -> Rows:
    """reg = in each quarter of the operand (four lanes), its float number `which` in all four"""
    return with_number(registers(SPREAD, reg, operand, lanes=lanes), which * 0b01010101)


def _prefixed(op: Op, reg: np.ndarray, other: np.ndarray, lanes: int) -> np.ndarray:
    """Return the bytes [n, 11] with the three of the prefix and the opcode; the operand's two bits of byte 1 are left
    0."""
    out = np.zeros((len(reg), WIDEST), np.uint8)
    out[:, 0] = 0xC4
    out[:, 1] = (1 - (reg >> 3 & 1)) << 7 | op.table
    out[:, 2] = (~other & 15) << 3 | {8: 1, 4: 0}[lanes] << 2 | op.prefix
    out[:, 3] = op.code
    return out
