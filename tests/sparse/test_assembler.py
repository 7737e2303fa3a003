"""Every instruction form the engine uses, read back by a disassembler that knows nothing of it."""

import capstone
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sparse import assembler as asm
from core.sparse.assembler import R

NAMES = {R.AX: "ax", R.CX: "cx", R.DX: "dx", R.SI: "si", R.DI: "di", R.R8: "r8", R.R9: "r9", R.R10: "r10", R.R11: "r11"}
FULL = {register: name if name.startswith("r") else "r" + name for register, name in NAMES.items()}
VECTOR = {16: "zmm", 8: "ymm", 4: "xmm"}
WORD = {16: "zmmword", 8: "ymmword", 4: "xmmword"}


def read(code: bytes) -> list[str]:
    reader = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    lines = [f"{found.mnemonic} {found.op_str}" for found in reader.disasm(code, 0)]
    assert sum(found.size for found in reader.disasm(code, 0)) == len(code)
    return lines


def place(base: R, shift: int, index: R | None = None, scale: int = 1) -> str:
    parts = FULL[base]
    if index is not None:
        parts += f" + {FULL[index]}" + (f"*{scale}" if scale > 1 else "")
    if shift:
        amount = abs(shift)
        parts += f" {'+' if shift > 0 else '-'} {amount if amount < 10 else hex(amount)}"
    return f"[{parts}]"


registers = st.integers(0, 31)
bases = st.sampled_from(sorted(NAMES))
shifts = st.integers(-(1 << 31), (1 << 31) - 1) | st.integers(-200, 200) | st.integers(-130, 130).map(lambda n: 64 * n)
lanes = st.sampled_from([16, 8, 4])


@given(registers, bases, shifts, lanes)
def test_loads_and_stores(reg: int, base: R, shift: int, width: int) -> None:
    operand = f"{WORD[width]} ptr {place(base, shift)}"
    assert read(asm.memory(asm.LOAD, reg, base, shift, lanes=width).code()) == [
        f"vmovups {VECTOR[width]}{reg}, {operand}"
    ]
    assert read(asm.memory(asm.STORE, reg, base, shift, lanes=width).code()) == [
        f"vmovups {operand}, {VECTOR[width]}{reg}"
    ]


@given(registers, registers, bases, shifts, st.sampled_from(sorted(NAMES)), st.sampled_from([1, 2, 4, 8]), lanes)
def test_operations_on_memory(reg: int, other: int, base: R, shift: int, index: R, scale: int, width: int) -> None:
    name, operand = VECTOR[width], f"{WORD[width]} ptr {place(base, shift, index, scale)}"
    for op, mnemonic in ((asm.FMA, "vfmadd231ps"), (asm.ADD, "vaddps"), (asm.MAX, "vmaxps")):
        code = asm.memory(op, reg, base, shift, other=other, index=index, scale=scale, lanes=width).code()
        assert read(code) == [f"{mnemonic} {name}{reg}, {name}{other}, {operand}"]


@given(registers, registers, bases, shifts)
def test_one_float_for_all_lanes(reg: int, other: int, base: R, shift: int) -> None:
    where = f"dword ptr {place(base, shift)}"
    assert read(asm.memory(asm.BROADCAST, reg, base, shift).code()) == [f"vbroadcastss zmm{reg}, {where}"]
    fused = asm.memory(asm.FMA_ONE, reg, base, shift, other=other).code()
    assert read(fused) == [f"vfmadd231ps zmm{reg}, zmm{other}, {where}{{1to16}}"]


@given(registers, registers, registers)
def test_operations_on_registers(reg: int, operand: int, other: int) -> None:
    for op, mnemonic in ((asm.ADD, "vaddps"), (asm.MAX, "vmaxps"), (asm.XOR, "vpxord")):
        assert read(asm.registers(op, reg, operand, other=other).code()) == [
            f"{mnemonic} zmm{reg}, zmm{other}, zmm{operand}"
        ]
    assert read(asm.registers(asm.LOAD, reg, operand).code()) == [f"vmovups zmm{reg}, zmm{operand}"]


@given(registers, registers, bases, shifts, st.integers(1, 7))
def test_masked_permutation(reg: int, index: int, base: R, shift: int, mask: int) -> None:
    code = asm.memory(asm.PERMUTE, reg, base, shift, other=index, mask=mask).code()
    assert read(code) == [f"vpermps zmm{reg} {{k{mask}}}, zmm{index}, zmmword ptr {place(base, shift)}"]


@given(bases, bases, st.integers(-(1 << 31), (1 << 31) - 1))
def test_general_registers(reg: R, base: R, shift: int) -> None:
    where = place(base, shift)
    assert read(asm.load_word(reg, base, shift)) == [f"mov {FULL[reg]}, qword ptr {where}"]
    assert read(asm.load_int(reg, base, shift)) == [f"movsxd {FULL[reg]}, dword ptr {where}"]
    assert read(asm.load_short(reg, base, shift)) == [f"movzx {FULL[reg]}, word ptr {where}"]
    assert read(asm.load_mask(3, base, shift)) == [f"kmovw k3, word ptr {where}"]
    assert read(asm.add(reg, base)) == [f"add {FULL[reg]}, {FULL[base]}"]
    assert read(asm.copy(reg, base)) == [f"mov {FULL[reg]}, {FULL[base]}"]
    [line] = read(asm.add_number(reg, shift))
    assert line.startswith(f"add {FULL[reg]}, ")
    assert int(line.split(", ")[1], 0) in (shift, shift & (1 << 64) - 1)


def test_a_loop_jumps_back_to_its_body() -> None:
    assert read(asm.loop(R.R10, asm.add(R.AX, R.CX))) == ["add rax, rcx", "dec r10", "jne 0"]


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    numbers = np.arange(32)
    together = asm.memory(asm.FMA_ONE, numbers, R.AX, numbers * 4 - 64, other=31 - numbers).code()
    single = [asm.memory(asm.FMA_ONE, n, R.AX, int(n) * 4 - 64, other=31 - n).code() for n in numbers]
    assert together == b"".join(single)


def test_short_displacements_are_used_where_they_fit() -> None:
    assert len(asm.memory(asm.FMA_ONE, 0, R.AX, 508).code()) == 7
    assert len(asm.memory(asm.FMA_ONE, 0, R.AX, 512).code()) == 10


def test_merged_keeps_the_order_of_keys() -> None:
    first = asm.registers(asm.ADD, np.array([1, 2]), 0)
    second = asm.registers(asm.MAX, np.array([3]), 0)
    lines = read(asm.merged((np.array([0, 4]), first), (np.array([2]), second)).code())
    assert [line.split()[0] for line in lines] == ["vaddps", "vmaxps", "vaddps"]


@pytest.mark.parametrize("scale", [3, 16])
def test_no_such_scale(scale: int) -> None:
    with pytest.raises(KeyError):
        asm.memory(asm.LOAD, 0, R.AX, 0, index=R.CX, scale=scale)
