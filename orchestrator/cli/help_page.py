"""The page that `--help` prints: one look for `sweep` and for each of its commands, at any width of the terminal.

Not rich's page: that takes as long to import as all the rest, and cuts words that are longer than a narrow column.
"""

import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from prunesweep.orchestrator.console.encoding import encodable
from prunesweep.orchestrator.console.output import paint

WIDEST = 100
"""Columns; wider lines are hard to follow."""
_NARROWEST, _VERY_NARROW, _NARROW, _NAMES, _NAMES_NARROW, _INDENT = 18, 48, 70, 30, 20, 2
"""Columns of the page below which the names of options get fewer of their own."""
_TYPE = re.compile(r" <\w+>$")
"""What click appends to an argument's name, and a reader can't use."""
_BRACKETS, _BRACES = re.compile(r"\[\[(.*)\]\]"), re.compile(r"\{(.*?)(?:\.\.\.)?\}")
"""What it puts around arguments in the usage, beside what their own names hold already."""


def plain(command: Any) -> None:
    """Let the command and its sub-commands print their help as this page."""
    command.format_help = lambda ctx, formatter: _write(command, ctx, formatter)
    for one in getattr(command, "commands", {}).values():
        plain(one)


def write_sections(sections: Mapping[str, Sequence[tuple[str, str]]], formatter: Any) -> None:
    """Write a list of names and texts under each heading. All lists have their texts in one column."""
    longest = max((len(name) for rows in sections.values() for name, _ in rows), default=0)
    column = min(longest, _names(formatter.width))
    for title, rows in sections.items():
        if rows:
            with formatter.section(paint(title, "bold")):
                for name, text in rows:
                    lines = encodable("\n".join(_row(name, text, column, formatter.width)), sys.stdout)
                    formatter.write(f"{lines}\n")


def fit(formatter: Any) -> None:
    """Let the page be as narrow as the terminal: click stops at 50 columns."""
    columns = shutil.get_terminal_size().columns - 1
    formatter.width = min(formatter.width, max(_NARROWEST, columns))


def _names(width: int) -> int:
    """Return how many columns the names get of their own; in a very narrow page texts are below them."""
    if width < _VERY_NARROW:
        return 0
    return _NAMES_NARROW if width < _NARROW else _NAMES


def _row(name: str, text: str, column: int, width: int) -> Iterator[str]:
    """Yield the lines of a name and its text. No word is cut: people copy options and examples."""
    pad = " " * (_INDENT + column + _INDENT)
    lines = wrap(text, width - len(pad), break_on_hyphens=False, break_long_words=False) or [""]
    shown = " " * _INDENT + paint(name, "cyan")
    if len(name) > column:
        yield shown
    else:
        yield f"{shown}{' ' * (column - len(name) + _INDENT)}{lines.pop(0)}".rstrip()
    yield from (pad + line for line in lines)


def _write(command: Any, ctx: Any, formatter: Any) -> None:
    fit(formatter)
    pieces = command.collect_usage_pieces(ctx)
    formatter.write_usage(ctx.command_path, " ".join(_BRACES.sub(r"\1", _BRACKETS.sub(r"[\1]", one)) for one in pieces))
    command.format_help_text(ctx, formatter)
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
            title = getattr(parameter, "rich_help_panel", None) or usual
            sections.setdefault(title, []).append((_TYPE.sub("", record[0]), record[1]))
    sections["Commands"] = list(_commands(getattr(command, "commands", {}).values()))
    write_sections(sections, formatter)
    command.format_epilog(ctx, formatter)


def _commands(commands: Iterable[Any]) -> Iterable[tuple[str, str]]:
    return ((one.name, one.help or "") for one in commands)
