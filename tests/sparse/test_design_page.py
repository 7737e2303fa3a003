"""docs/design/sparse-engine.md against the machine code: arguments, registers and listings."""

import re

import numpy as np
import pytest

from prunesweep.core.sparse.codegen import assembler as asm
from prunesweep.core.sparse.codegen.target import TARGETS, Target
from prunesweep.core.sparse.kernels.convolution import block, pooling
from prunesweep.core.sparse.kernels.gathering import gathering, sources
from prunesweep.core.sparse.kernels.spmm import row_list, vectors_max
from prunesweep.core.sparse.kernels.winograd_code import PixelStrides, TileLayout, products, tile_in, tile_out
from prunesweep.core.sparse.runtime.executable import Executable
from tests.sparse.design_page import PAGE, example, listing, with_listings
from tests.sparse.disassembly import instructions, registers

_ARGUMENT = re.compile(r"mov (r\w+), qword ptr \[rdi(?: \+ (\w+))?\]")
_STEPS = PixelStrides(64, 1024, 16384)


def _block(target: Target) -> list[bytes]:
    weight = np.ones((target.outputs, 8), np.float32)
    weight[1:, 1::2] = 0
    ends = {"first": True, "last": True, "relu": True, "add": True}
    return [block(weight, weight[:, 0], np.arange(8) * target.vector, target.vector, target, **ends).code]


def _pooling(target: Target) -> list[bytes]:
    return [pooling(op, np.arange(4) * target.vector, 3, 4096, 1024, target) for op in (asm.MAX, asm.ADD)]


def _gathering(target: Target) -> list[bytes]:
    where = sources((9, 9), (9, 9), (3, 3), (1, 1), (1, 1))
    return [gathering(where, 96, target, pool=pool).code for pool in (None, asm.MAX)]


def _row_list(target: Target) -> list[bytes]:
    ends = {"first": True, "last": True, "relu": True, "add": True}
    return [row_list(count, target.lanes, target, **ends) for count in range(1, vectors_max(target) + 1)]


def _layouts(target: Target) -> list[TileLayout]:
    return [TileLayout(16, 64, n, target) for n in (1, 2)]


KERNELS = {
    "block": _block,
    "pooling": _pooling,
    "gathering": _gathering,
    "row_list": _row_list,
    "tile_in": lambda target: [tile_in(each, _STEPS) for each in _layouts(target)],
    "products": lambda target: [products(each) for each in _layouts(target)],
    "tile_out": lambda target: [tile_out(each, _STEPS, relu=True, add=True) for each in _layouts(target)],
}


def _table(kernel: str, first: str) -> list[list[str]]:
    """Return the rows of the kernel's table whose first column is called so."""
    section = PAGE.read_text().partition(f"\n## {kernel}\n")[2].partition("\n## ")[0]
    lines = section.partition(f"| {first} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _numbers(text: str) -> set[int]:
    if text == "–":
        return set()
    low, _, high = text.partition("–")
    return set(range(int(low), int(high or low) + 1))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@pytest.mark.parametrize("kernel", KERNELS)
def test_arguments_and_registers_are_as_described(kernel: str, target: Target) -> None:
    codes = KERNELS[kernel](target)
    rows = _table(kernel, "offset")
    described = {int(offset): register for offset, _, register, _ in rows if offset != "–"}
    column = 0 if target.evex else 1
    vectors = set().union(*(_numbers(row[column]) for row in _table(kernel, "AVX-512")))
    for code in codes:
        loads = [found for _, text in instructions(code) if (found := _ARGUMENT.fullmatch(text))]
        assert {int(found[2] or "0", 0): found[1] for found in loads} == described
    general, used = (set().union(*parts) for parts in zip(*map(registers, codes), strict=True))
    assert general == {"rdi", *(row[2] for row in rows)}
    assert used <= vectors
    assert {max(vectors), min(vectors)} <= used


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_kernel_uses_no_register_of_its_caller(target: Target) -> None:
    for kernel, made in KERNELS.items():
        for code in made(target):
            assert not registers(code)[0] & {"rbx", "rbp", "rsp", "r12", "r13", "r14", "r15"}, kernel


def test_the_listings_are_those_of_the_kernels() -> None:
    text = PAGE.read_text()
    assert text == with_listings(text), "python -m tests.sparse.design_page writes them again"
    for offsets in re.findall(r"^- ((?:`[0-9a-f]+`(?:,| and| to)? ?)+)", text, re.M):
        for offset in re.findall(r"`([0-9a-f]+)`", offsets):
            assert re.search(rf"^ *{offset}  ", listing(TARGETS[0]), re.M), offset


def test_the_example_gives_the_numbers_of_the_page(target: Target) -> None:
    inputs = np.repeat(np.array([1, 10, -2], np.float32), target.lanes)
    outputs, table = np.zeros(2 * target.lanes, np.float32), np.zeros(2, np.int32)
    made = example(target)
    arguments = np.array(
        [inputs.ctypes.data, outputs.ctypes.data, table.ctypes.data, 1, made.stream.ctypes.data, 0], np.int64
    )
    code = Executable([made.code])
    code.function(0)(arguments.ctypes.data)
    assert outputs.reshape(2, -1).tolist() == [[21.0] * target.lanes, [0.0] * target.lanes]
