"""Machine code as an independent disassembler reads it."""

import re

import capstone

_GENERAL = re.compile(r"[re]?(ax|bx|cx|dx|si|di|sp)|r(\d+)[dw]?|([abcd])l")
_VECTOR = re.compile(r"[xyz]mm(\d+)")


def instructions(code: bytes) -> list[tuple[int, str]]:
    """Return (offset, text) of every instruction; the whole code must be readable."""
    found = list(_reader().disasm(code, 0))
    assert sum(each.size for each in found) == len(code)
    return [(each.address, f"{each.mnemonic} {each.op_str}".strip()) for each in found]


def registers(code: bytes) -> tuple[set[str], set[int]]:
    """Return the general registers (64-bit names) and the numbers of the vector registers that appear in the text."""
    words = {word for _, text in instructions(code) for word in re.findall(r"\w+", text)}
    general = {_wide(found) for word in words if (found := _GENERAL.fullmatch(word))}
    return general, {int(found[1]) for word in words if (found := _VECTOR.fullmatch(word))}


def _wide(found: re.Match[str]) -> str:
    return f"r{found[1] or found[2] or found[3] + 'x'}"


def _reader() -> capstone.Cs:
    return capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
