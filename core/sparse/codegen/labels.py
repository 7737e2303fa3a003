"""Short routines written line by line, as an assembler's listing with labels; the distances of jumps are computed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_JUMPS = {"je": 0x74, "jne": 0x75, "jmp": 0xEB}
"""The jumps with a distance of one signed byte, and their opcodes."""
_JUMP_BYTES = 2
_LINE = re.compile(r"(?:(\w+):)?\s*([^;]+?)\s*(?:\s\s([0-9a-f]{2}(?:\s?[0-9a-f]{2})*))?\s*(?:;.*)?")


@dataclass(frozen=True)
class Line:
    """One instruction of a routine."""

    label: str
    """Name of its place, or empty."""
    text: str
    """In Intel's syntax; a jump names a label."""
    encoded: bytes
    """Its bytes; empty for a jump."""

    @property
    def target(self) -> str | None:
        """Label to which the line jumps, if it does."""
        mnemonic, _, operand = self.text.partition(" ")
        return operand if mnemonic in _JUMPS else None

    @property
    def size(self) -> int:
        """Bytes of the instruction."""
        return len(self.encoded) if self.target is None else _JUMP_BYTES


@dataclass(frozen=True)
class Routine:
    """A function in a listing: `[label:] instruction  hex bytes [; comment]` on each line, jumps without bytes."""

    listing: str

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return the instructions in order.

        Raises:
            ValueError: a line that is neither a jump nor an instruction with its bytes.
        """
        return tuple(_line(text.strip()) for text in self.listing.strip().splitlines())

    @cached_property
    def labels(self) -> dict[str, int]:
        """Return the offset of each label, in bytes."""
        return {line.label: start for line, start in zip(self.lines, _starts(self.lines), strict=True) if line.label}

    @cached_property
    def code(self) -> bytes:
        """Return the machine code.

        Raises:
            ValueError: a jump farther than a signed byte reaches.
            KeyError: a jump to a label that is nowhere.
        """
        made = b""
        for line in self.lines:
            made += line.encoded if line.target is None else self._jump(line, len(made))
        return made

    def _jump(self, line: Line, start: int) -> bytes:
        distance = self.labels[str(line.target)] - (start + _JUMP_BYTES)
        if not -128 <= distance < 128:
            raise ValueError(f"{line.text}: {distance} bytes are too far for a short jump")
        return bytes([_JUMPS[line.text.split()[0]], distance & 255])


def _line(text: str) -> Line:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"no instruction: {text!r}")
    line = Line(found[1] or "", found[2], bytes.fromhex(found[3] or ""))
    if bool(line.encoded) == (line.target is not None):
        raise ValueError(f"an instruction needs its bytes, and a jump has none: {text!r}")
    return line


def _starts(lines: Sequence[Line]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + line.size)
    return starts[:-1]
