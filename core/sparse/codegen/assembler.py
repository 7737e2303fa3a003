"""x86-64 machine code as arrays: thousands of AVX-512 instructions encoded in a few numpy operations.

Only the forms the kernels use. The vector part is the EVEX encoding (Intel SDM volume 2, section 2.7), with its
compressed 8-bit displacement where one fits; the same for AVX2: `vex`.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

WIDEST = 11
"""Bytes of the longest instruction."""


class R(IntEnum):
    """General registers that a called function may use freely (System V), by number."""

    AX, CX, DX, SI, DI, R8, R9, R10, R11 = 0, 1, 2, 6, 7, 8, 9, 10, 11


@dataclass(frozen=True)
class Op:
    """A vector instruction.

    Attributes:
        table: opcode map.
        prefix: 0 none, 1 66h, 2 F3h.
        operand: floats of its memory operand, 0 = as many as the register has.
        broadcast: that operand is repeated by the processor's embedded broadcast.
    """

    table: int
    prefix: int
    code: int
    operand: int = 0
    broadcast: bool = False


LOAD = Op(1, 0, 0x10)
STORE = Op(1, 0, 0x11)
BROADCAST = Op(2, 1, 0x18, operand=1)
QUARTERS = Op(2, 1, 0x1A, operand=4)  # four floats of memory into each quarter (of 8 lanes: half)
FMA = Op(2, 1, 0xB8)  # reg += other · operand
FMA_ONE = Op(2, 1, 0xB8, operand=1, broadcast=True)  # reg += other · one float of memory
FNMA = Op(2, 1, 0xBC)  # reg -= other · operand
ADD = Op(1, 0, 0x58)
SUB = Op(1, 0, 0x5C)  # reg = other - operand
MUL = Op(1, 0, 0x59)
MAX = Op(1, 0, 0x5F)
XOR = Op(1, 1, 0xEF)
PERMUTE = Op(2, 1, 0x16)  # reg = operand[other]
SPREAD = Op(3, 1, 0x04)  # see `spread`

Numbers = np.ndarray | int


@dataclass(frozen=True, eq=False)
class Rows:
    """Instructions: their bytes `encoded` [n, 11], of which the first `lengths` [n] count."""

    encoded: np.ndarray
    lengths: np.ndarray

    def code(self) -> bytes:
        """Return the instructions one after the other."""
        counts = np.arange(self.encoded.shape[1]) < self.lengths[:, None]
        return self.encoded[counts].tobytes()


def merged(*parts: tuple[np.ndarray, Rows]) -> Rows:
    """Return all parts' instructions ordered by their keys [n]; equal keys keep the order of the parts."""
    order = np.argsort(np.concatenate([keys for keys, _ in parts]), kind="stable")
    return Rows(
        np.concatenate([rows.encoded for _, rows in parts])[order],
        np.concatenate([rows.lengths for _, rows in parts])[order],
    )


def memory(
    op: Op,
    reg: Numbers,
    base: R,
    shift: Numbers,
    *,
    other: Numbers = 0,
    index: R | None = None,
    scale: int = 1,
    lanes: int = 16,
    mask: int = 0,
) -> Rows:
    """Encode `op reg, other, [base + scale·index + shift]`, one instruction for each element of the numbers.

    Args:
        reg, other: vector registers 0…31.
        shift: bytes, signed 32 bits.
        lanes: floats in a register, 16, 8 or 4.
        mask: number of the mask register, 0 = none: masked lanes stay as they are.
    """
    reg, other, shift = (np.atleast_1d(part).astype(np.int64) for part in np.broadcast_arrays(reg, other, shift))
    unit = 4 * (op.operand or lanes)  # what one step of an 8-bit displacement moves
    short = (shift % unit == 0) & (-128 * unit <= shift) & (shift < 128 * unit)
    out = _prefixed(op, reg, other, lanes, mask)
    high = 0 if index is None else index >> 3
    out[:, 1] |= np.uint8((1 - high) << 6 | (1 - (base >> 3)) << 5)
    out[:, 5] = np.where(short, 1, 2) << 6 | (reg & 7) << 3 | (base & 7 if index is None else 4)
    at = 6
    if index is not None:
        out[:, 6] = {1: 0, 2: 1, 4: 2, 8: 3}[scale] << 6 | (index & 7) << 3 | (base & 7)
        at = 7
    amount = np.where(short, shift // unit, shift)
    for place in range(4):
        out[:, at + place] = amount >> (8 * place) & 255
    return Rows(out, np.where(short, at + 1, at + 4))


def registers(op: Op, reg: Numbers, operand: Numbers, *, other: Numbers = 0, lanes: int = 16) -> Rows:
    """Encode `op reg, other, operand` with a register as operand; numbers as in `memory`."""
    parts = np.broadcast_arrays(reg, operand, other)
    reg, operand, other = (np.atleast_1d(part).astype(np.int64) for part in parts)
    out = _prefixed(op, reg, other, lanes, 0)
    out[:, 1] |= ((1 - (operand >> 4 & 1)) << 6 | (1 - (operand >> 3 & 1)) << 5).astype(np.uint8)
    out[:, 5] = 3 << 6 | (reg & 7) << 3 | (operand & 7)
    return Rows(out, np.full(len(reg), 6))


def spread(reg: int, operand: int, which: int, *, lanes: int = 16) -> Rows:
    """reg = in each quarter of the operand (four lanes), its float number `which` in all four"""
    return with_number(registers(SPREAD, reg, operand, lanes=lanes), which * 0b01010101)


def with_number(rows: Rows, number: int) -> Rows:
    """Return the instructions with a byte behind them."""
    rows.encoded[np.arange(len(rows.lengths)), rows.lengths] = number
    return Rows(rows.encoded, rows.lengths + 1)


def _prefixed(op: Op, reg: np.ndarray, other: np.ndarray, lanes: int, mask: int) -> np.ndarray:
    """Return the bytes [n, 11] with the four of the prefix and the opcode; the operand's two bits of byte 1 are left
    0."""
    out = np.zeros((len(reg), WIDEST), np.uint8)
    out[:, 0] = 0x62
    out[:, 1] = (1 - (reg >> 3 & 1)) << 7 | (1 - (reg >> 4 & 1)) << 4 | op.table
    out[:, 2] = (~other & 15) << 3 | 4 | op.prefix
    width = {16: 2, 8: 1, 4: 0}[lanes]
    out[:, 3] = width << 5 | int(op.broadcast) << 4 | (1 - (other >> 4 & 1)) << 3 | mask
    out[:, 4] = op.code
    return out


# --- general registers: written one at a time -------------------------------------------------------------------


def _rex(reg: int, base: int, *, wide: bool = True) -> int:
    return 0x40 | int(wide) << 3 | (reg >> 3) << 2 | base >> 3


def _operand(reg: int, base: int, shift: int) -> bytes:
    return bytes([2 << 6 | (reg & 7) << 3 | base & 7]) + shift.to_bytes(4, "little", signed=True)


def load_word(reg: R, base: R, shift: int) -> bytes:
    """reg = 64 bits at [base + shift]"""
    return bytes([_rex(reg, base), 0x8B]) + _operand(reg, base, shift)


def load_int(reg: R, base: R, shift: int) -> bytes:
    """reg = signed 32 bits at [base + shift]"""
    return bytes([_rex(reg, base), 0x63]) + _operand(reg, base, shift)


def prefetch(base: R, shift: int) -> bytes:
    """Bring the line at [base + shift] into the caches, without waiting for it."""
    return bytes([_rex(0, base, wide=False), 0x0F, 0x18]) + _operand(1, base, shift)


def low_half(reg: R, other: R) -> bytes:
    """reg = the low 16 bits of other"""
    return bytes([_rex(reg, other, wide=False), 0x0F, 0xB7, 3 << 6 | (reg & 7) << 3 | other & 7])


def shift_right(reg: R, bits: int) -> bytes:
    """reg >>= bits"""
    return bytes([_rex(0, reg), 0xC1, 0xE8 | reg & 7, bits])


def load_mask(mask: int, base: R, shift: int) -> bytes:
    """mask register = 16 bits at [base + shift] (KMOVW, VEX encoded)"""
    return bytes([0xC4, 0xE1 & ~(base >> 3 << 5) & 255, 0x78, 0x90]) + _operand(mask, base, shift)


def add(reg: R, other: R) -> bytes:
    """reg += other"""
    return bytes([_rex(other, reg), 0x01, 3 << 6 | (other & 7) << 3 | reg & 7])


def add_number(reg: R, number: int) -> bytes:
    """reg += number (signed 32 bits)"""
    return bytes([_rex(0, reg), 0x81, 0xC0 | reg & 7]) + number.to_bytes(4, "little", signed=True)


def set_number(reg: R, number: int) -> bytes:
    """reg = number (signed 32 bits)"""
    return bytes([_rex(0, reg), 0xC7, 0xC0 | reg & 7]) + number.to_bytes(4, "little", signed=True)


def copy(reg: R, other: R) -> bytes:
    """reg = other"""
    return bytes([_rex(other, reg), 0x89, 3 << 6 | (other & 7) << 3 | reg & 7])


def loop(counter: R, body: bytes) -> bytes:
    """Return body, then counter −= 1 and again from the start of body until it is 0"""
    down = bytes([_rex(0, counter), 0xFF, 0xC8 | counter & 7])
    back = -(len(body) + len(down) + 6)
    return body + down + b"\x0f\x85" + back.to_bytes(4, "little", signed=True)


RETURN = b"\xc5\xf8\x77\xc3"  # vzeroupper; ret
