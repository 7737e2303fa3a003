"""Fenced blocks of the pages, and command lines as the real program reads them."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]

_BLOCK = re.compile(r"^(?:<!-- runs(?:: (\S+))? -->\n)?```(\w+)\n(.*?)^```$", re.S | re.M)
_ANY_MARK = re.compile(r"<!-- runs(?:: \S+)? -->")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: after the fence.
        runs: marked to be executed.
        file: that it is the content of.
    """

    page: str
    language: str
    text: str
    runs: bool
    file: str

    def commands(self) -> Iterator[str]:
        """Lines of a console block that are typed, without prompt and comment; a `\\` at the end joins lines."""
        for line in self.text.replace("\\\n", " ").splitlines():
            bare = re.sub(r"(?:^|\s)#.*", "", line.removeprefix("$ ")).strip()
            if bare:
                yield bare


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order. `<!-- runs -->` before a block marks it as executed by a test, in the
    order of the page; `<!-- runs: FILE -->` that the block is first written to that file."""
    text = page.read_text()
    found = [
        Block(page.name, match[2], match[3], match[0].startswith("<!--"), match[1] or "")
        for match in _BLOCK.finditer(text)
    ]
    assert sum(block.runs for block in found) == len(_ANY_MARK.findall(text)), f"{page.name}: a mark without a block"
    return found


def parse(root: Any, words: Sequence[str]) -> None:
    """`sweep …` through the Typer app, without running it.

    Raises:
        click's UsageError: a command, option or value that does not exist.
    """
    assert words[0] == "sweep", words
    command, names = root, list(words[1:])
    context = root.make_context("sweep", names, resilient_parsing=False)
    while getattr(command, "commands", None):
        rest = [*context._protected_args, *context.args] if hasattr(context, "_protected_args") else context.args
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, list(rest), parent=context)


def words_of(line: str) -> tuple[dict[str, str], list[str]]:
    """(variables set in front, words) of one shell command."""
    words = shlex.split(line)
    variables = {}
    while words and (found := re.fullmatch(r"([A-Z][A-Z0-9_]*)=(.*)", words[0])):
        variables[found[1]] = found[2]
        words = words[1:]
    return variables, words
