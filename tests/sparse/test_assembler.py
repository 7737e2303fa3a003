"""Every instruction form the engine uses, read back by a disassembler that knows nothing of it."""

import capstone
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen import vex
from prunesweep.core.sparse.codegen.assembler import R
from prunesweep.core.sparse.codegen.target import AVX2
from prunesweep.core.sparse.model.graph import INPUT, Conv, Graph, MaxPool
from prunesweep.core.sparse.model.lowering import windows_of
from prunesweep.core.sparse.runtime import batch_plan, single_plan
from prunesweep.core.sparse.runtime import builder as parts
from prunesweep.core.sparse.runtime.executable import Executable

NAMES = {R.AX: "ax", R.CX: "cx", R.DX: "dx", R.SI: "si", R.DI: "di", R.R8: "r8", R.R9: "r9", R.R10: "r10", R.R11: "r11"}
FULL = {register: name if name.startswith("r") else "r" + name for register, name in NAMES.items()}
VECTOR = {16: "zmm", 8: "ymm", 4: "xmm"}
ARITHMETIC = {
    asm.FMA: "vfmadd231ps",
    asm.FNMA: "vfnmadd231ps",
    asm.ADD: "vaddps",
    asm.SUB: "vsubps",
    asm.MUL: "vmulps",
    asm.MAX: "vmaxps",
}
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
low = st.integers(0, 15)
narrow = st.sampled_from([8, 4])


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
    for op, mnemonic in ARITHMETIC.items():
        code = asm.memory(op, reg, base, shift, other=other, index=index, scale=scale, lanes=width).code()
        assert read(code) == [f"{mnemonic} {name}{reg}, {name}{other}, {operand}"]


@given(registers, registers, bases, shifts)
def test_one_float_for_all_lanes(reg: int, other: int, base: R, shift: int) -> None:
    where = f"dword ptr {place(base, shift)}"
    assert read(asm.memory(asm.BROADCAST, reg, base, shift).code()) == [f"vbroadcastss zmm{reg}, {where}"]
    fused = asm.memory(asm.FMA_ONE, reg, base, shift, other=other).code()
    assert read(fused) == [f"vfmadd231ps zmm{reg}, zmm{other}, {where}{{1to16}}"]


@given(registers, bases, shifts, st.sampled_from([16, 8]))
def test_four_floats_for_all_quarters(reg: int, base: R, shift: int, width: int) -> None:
    where = f"xmmword ptr {place(base, shift)}"
    code = asm.memory(asm.QUARTERS, reg, base, shift, lanes=width).code()
    assert read(code) == [f"vbroadcastf32x4 {VECTOR[width]}{reg}, {where}"]
    if width == 8 and reg < 16:
        assert read(vex.memory(asm.QUARTERS, reg, base, shift).code()) == [f"vbroadcastf128 ymm{reg}, {where}"]


@given(registers, registers, st.integers(0, 3), lanes)
def test_one_of_four_spread_over_its_quarter(reg: int, operand: int, which: int, width: int) -> None:
    code = asm.spread(reg, operand, which, lanes=width).code()
    assert read(code) == [f"vpermilps {VECTOR[width]}{reg}, {VECTOR[width]}{operand}, {hexed(85 * which)}"]
    if width < 16 and max(reg, operand) < 16:
        assert read(vex.spread(reg, operand, which, lanes=width).code()) == read(code)


def hexed(number: int) -> str:
    return str(number) if number < 10 else hex(number)


@given(registers, registers, registers)
def test_operations_on_registers(reg: int, operand: int, other: int) -> None:
    for op, mnemonic in (*ARITHMETIC.items(), (asm.XOR, "vpxord")):
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
    half, low = (f"{NAMES[reg]}d", f"{NAMES[base]}w")
    wanted = (half if reg >= R.R8 else f"e{NAMES[reg]}", low if base >= R.R8 else NAMES[base])
    assert read(asm.low_half(reg, base)) == [f"movzx {wanted[0]}, {wanted[1]}"]
    assert read(asm.shift_right(reg, 16)) == [f"shr {FULL[reg]}, 0x10"]
    assert read(asm.load_mask(3, base, shift)) == [f"kmovw k3, word ptr {where}"]
    assert read(asm.add(reg, base)) == [f"add {FULL[reg]}, {FULL[base]}"]
    assert read(asm.copy(reg, base)) == [f"mov {FULL[reg]}, {FULL[base]}"]
    assert read(asm.prefetch(base, shift)) == [f"prefetcht0 byte ptr {where}"]
    [line] = read(asm.set_number(reg, shift))
    assert line.startswith(f"mov {FULL[reg]}, ")
    assert int(line.split(", ")[1], 0) in (shift, shift & (1 << 64) - 1)
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


@given(low, low, bases, shifts, st.none() | st.sampled_from(sorted(NAMES)), st.sampled_from([1, 2, 4, 8]), narrow)
def test_vex_on_memory(reg: int, other: int, base: R, shift: int, index: R | None, scale: int, width: int) -> None:
    name, operand = VECTOR[width], f"{WORD[width]} ptr {place(base, shift, index, scale)}"

    def line(op: asm.Op) -> list[str]:
        return read(vex.memory(op, reg, base, shift, other=other, index=index, scale=scale, lanes=width).code())

    for op, mnemonic in ARITHMETIC.items():
        assert line(op) == [f"{mnemonic} {name}{reg}, {name}{other}, {operand}"]
    if width == 8:
        assert line(asm.PERMUTE) == [f"vpermps ymm{reg}, ymm{other}, {operand}"]


@given(low, bases, shifts, st.none() | st.sampled_from(sorted(NAMES)), narrow)
def test_vex_loads_and_stores(reg: int, base: R, shift: int, index: R | None, width: int) -> None:
    name, where = f"{VECTOR[width]}{reg}", f"ptr {place(base, shift, index)}"
    for op, wanted in (
        (asm.LOAD, f"vmovups {name}, {WORD[width]} {where}"),
        (asm.STORE, f"vmovups {WORD[width]} {where}, {name}"),
        (asm.BROADCAST, f"vbroadcastss {name}, dword {where}"),
    ):
        assert read(vex.memory(op, reg, base, shift, index=index, lanes=width).code()) == [wanted]


@given(low, low, low, low, narrow)
def test_vex_on_registers(reg: int, operand: int, other: int, choice: int, width: int) -> None:
    name = VECTOR[width]
    for op, mnemonic in (*ARITHMETIC.items(), (asm.XOR, "vpxor")):
        code = vex.registers(op, reg, operand, other=other, lanes=width).code()
        assert read(code) == [f"{mnemonic} {name}{reg}, {name}{other}, {name}{operand}"]
    assert read(vex.registers(asm.LOAD, reg, operand, lanes=width).code()) == [f"vmovups {name}{reg}, {name}{operand}"]
    blended = vex.blend(reg, operand, choice, other=other).code()
    assert read(blended) == [f"vblendvps ymm{reg}, ymm{other}, ymm{operand}, ymm{choice}"]


def test_vex_many_at_once_are_the_same_as_one_by_one() -> None:
    numbers = np.arange(16)
    together = vex.memory(asm.FMA, numbers, R.R10, numbers * 20 - 140, other=15 - numbers).code()
    single = [vex.memory(asm.FMA, n, R.R10, int(n) * 20 - 140, other=15 - n).code() for n in numbers]
    assert together == b"".join(single)
    assert [len(vex.memory(asm.BROADCAST, 0, R.AX, shift).code()) for shift in (-129, -128, 127, 128)] == [9, 6, 6, 9]


@pytest.mark.parametrize("lanes", [16, 2])
def test_vex_has_no_such_width(lanes: int) -> None:
    with pytest.raises(KeyError):
        vex.registers(asm.ADD, 0, 0, lanes=lanes)


def test_code_for_avx2_holds_nothing_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would run here and end in an illegal instruction elsewhere."""
    made: list[bytes] = []

    def kept(functions: list[bytes]) -> Executable:
        made.extend(functions)
        return Executable(functions)

    monkeypatch.setattr(parts, "Executable", kept)
    monkeypatch.setattr(batch_plan, "Executable", kept)
    random = np.random.default_rng(0)
    weights = [random.standard_normal((40, channels, 3, 3)).astype(np.float32) for channels in (3, 40, 40)]
    for weight in weights:
        weight[random.random(weight.shape) < 0.7] = 0
    bias, stride, padding = np.ones(40, np.float32), (1, 1), (1, 1)
    stem = Conv("stem", INPUT, weights[0], bias, (2, 2), padding, relu=False)
    pool = MaxPool("pool", "stem", (3, 3), (2, 2), padding, ceil=True)
    first = Conv("first", "pool", weights[1], bias, stride, padding, relu=True)
    graph = Graph(
        (3, 21, 21), (stem, pool, first, Conv("sum", "first", weights[2], bias, stride, padding, True, "pool"))
    )
    tiles = Graph((3, 16, 16), (Conv("tiles", INPUT, random.random((40, 3, 3, 3)), bias, stride, padding, True),))
    for each in (graph, tiles):
        single_plan.SingleProgram(windows_of(each), 1, AVX2)
        batch_plan.BatchPlan(windows_of(each), 1, AVX2)
    words = {word.strip("{}k,") for code in made for line in read(code) for word in line.split()}
    assert {word for word in words if word.startswith("v")} == {
        *("vaddps", "vblendvps", "vbroadcastf128", "vbroadcastss", "vfmadd231ps", "vmaxps", "vmovups", "vpermilps"),
        *("vpermps", "vpxor", "vzeroupper", "vmulps", "vsubps", "vfnmadd231ps"),
    }
    assert not {word for word in words if "zmm" in word}
    assert max(int(word[3:]) for word in words if word[:3] in ("ymm", "xmm") and word[3:].isdigit()) == 15
