"""N:M patterns: of every M neighbours along a layer's inputs N stay."""

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"([1-9]\d?):([1-9]\d?)")
_LARGEST = 32
FIX = f"give N:M, N of every M inputs stay, 1 ≤ N < M ≤ {_LARGEST}, e.g. 2:4"


@dataclass(frozen=True)
class Pattern:
    """N:M, as an allocation.

    Attributes:
        keep, of: N and M, 1 ≤ N < M ≤ 32.
    """

    keep: int
    of: int

    def __str__(self) -> str:
        return f"{self.keep}:{self.of}"

    @property
    def sparsity(self) -> float:
        """What it leaves out, to six decimals, as sparsities are written."""
        return round(1 - self.keep / self.of, 6)

    def covers(self, shape: tuple[int, ...]) -> bool:
        """Return whether a weight's inputs, its second axis, make whole groups; other layers stay dense."""
        return shape[1] % self.of == 0


def read_pattern(text: str) -> Pattern | None:
    """Return the pattern that is written so; None for anything else."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    made = Pattern(int(found[1]), int(found[2]))
    return made if made.keep < made.of <= _LARGEST else None


def is_like_one(text: str) -> bool:
    """Return whether somebody meant one: two whole numbers with a colon."""
    return text.isascii() and re.fullmatch(r"\d+:\d+", text) is not None
