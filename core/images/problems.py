"""What an inspection finds, collected by kind: one line for each, with a count and an example."""

from collections.abc import Iterable
from dataclasses import dataclass, field

_LONGEST = 120


@dataclass
class Problems:
    """Kind → the names that it was found of. A kind is a phrase that follows the count (`without any bytes`), and
    what to do about it ("" = nothing)."""

    _found: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    _said: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Add a line that counts nothing."""
        self._said.append(line)

    def add(self, phrase: str, name: str, fix: str = "", noun: str = "file") -> None:
        """Count `name` under that kind."""
        self._found.setdefault((noun, phrase, fix), []).append(name)

    def lines(self) -> tuple[str, ...]:
        """Return `3 files without any bytes, e.g. train/cat/0.png; remove them`, in the order in which kinds were
        found."""
        counted = tuple(
            f"{count(len(names), noun)} {phrase}, e.g. {shown(min(names))}" + (f"; {fix}" if fix else "")
            for (noun, phrase, fix), names in self._found.items()
        )
        return (*self._said, *counted)


def count(number: int, noun: str) -> str:
    """Return `1 file`, `3 files`, `2 classes`, `2 entries`."""
    plural = {"class": "classes", "entry": "entries"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else plural}"


def shown(name: str) -> str:
    """Return a file's name fit for one line, its end kept."""
    text = name.encode(errors="replace").decode()
    return text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}"


def joined(lines: Iterable[str]) -> str:
    """Several lines as one."""
    return "; ".join(lines)
