"""The instruction sets that the engine's code is made for, and which of them this processor has."""

import platform
import sys
from dataclasses import dataclass
from typing import Protocol

from prunesweep.core.sparse.codegen import assembler, vex
from prunesweep.core.sparse.codegen.assembler import Numbers, Op, R, Rows


class Encoder(Protocol):
    """What a module that encodes vector instructions has: `assembler`, `vex`. lanes: all of a register if not given."""

    def memory(
        self,
        op: Op,
        reg: Numbers,
        base: R,
        shift: Numbers,
        *,
        other: Numbers = 0,
        index: R | None = None,
        scale: int = 1,
        lanes: int = ...,
    ) -> Rows: ...

    def registers(self, op: Op, reg: Numbers, operand: Numbers, *, other: Numbers = 0, lanes: int = ...) -> Rows: ...

    def spread(self, reg: int, operand: int, which: int, *, lanes: int = ...) -> Rows: ...


@dataclass(frozen=True)
class Target:
    """An instruction set.

    Attributes:
        needs: flags of /proc/cpuinfo.
        lanes: floats of a vector.
        registers: how many vectors they hold.
        encoder: what writes its instructions.
        evex: an operand may be one float of memory for all lanes, and an instruction may leave out lanes by a mask
            register.
        near: floats that 1-byte displacements reach.
        code_bytes: of a block, which stays in the first-level instruction cache while all tiles pass through it; with
            more instructions for the same work it should be decoded only once, too, which 12 KB are.
        sure: images from which on groups are taken to be faster than one image after the other; with fewer that is
            tried.
    """

    name: str
    needs: frozenset[str]
    lanes: int
    registers: int
    encoder: Encoder
    evex: bool
    near: int
    code_bytes: int
    sure: int

    @property
    def vector(self) -> int:
        """Bytes of a vector."""
        return 4 * self.lanes

    @property
    def outputs(self) -> int:
        """Output channels that one block keeps in registers, from 0 on; the next holds zero or a weight, the last
        one the input."""
        return self.registers - 2


# avx512vl: small maps use vectors of 4 and 8 floats.
AVX512 = Target(
    "AVX-512",
    frozenset({"avx512f", "avx512vl"}),
    lanes=16,
    registers=32,
    encoder=assembler,
    evex=True,
    near=256,
    code_bytes=16 * 1024,
    sure=16,
)
AVX2 = Target(
    "AVX2",
    frozenset({"avx2", "fma"}),
    lanes=8,
    registers=16,
    encoder=vex,
    evex=False,
    near=64,
    code_bytes=12 * 1024,
    sure=64,
)
TARGETS = (AVX512, AVX2)
"""The better one first."""


_X86_64 = ("x86_64", "AMD64", "amd64")


def here() -> Target | None:
    """Return the best that this processor has."""
    flags = _flags()
    return next((target for target in TARGETS if target.needs <= flags), None)


def unsupported(target: Target | None = None) -> str | None:
    """Return why this machine cannot run the engine's code, for that target or any, in a few words; None if it can."""
    if not sys.platform.startswith("linux"):
        return f"it is built for Linux, not {sys.platform}"
    if platform.machine() not in _X86_64:
        return f"it is built for x86-64, not {platform.machine() or 'an unknown processor'}"
    if target is None:
        return None if here() else "the processor has neither AVX-512 nor AVX2 with FMA"
    missing = target.needs - _flags()
    return f"the processor lacks {' and '.join(sorted(missing))} of {target.name}" if missing else None


def _flags() -> frozenset[str]:
    """Return the processor's features as Linux names them."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:  # noqa: PTH123
            return next((frozenset(line.split()) for line in lines if line.startswith("flags")), frozenset())
    except OSError:
        return frozenset()
