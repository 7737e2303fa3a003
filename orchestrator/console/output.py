"""Where the words go: stdout for what was asked for, stderr for what goes wrong; colour only for people."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TextIO

from prunesweep.orchestrator.console.encoding import encodable, lacks_characters
from prunesweep.orchestrator.console.prose import fitted
from prunesweep.orchestrator.console.text import one_line

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_NARROWEST = 20
_PAINT = re.compile(r"(\x1b\[(?:0|1|2|31|32|33|36)(?:;(?:1|2|31|32|33|36))*m)")
"""What `paint` writes, and nothing else that a terminal obeys."""
_SHOWN = bytes(range(32, 127)) + b"\n"
_PIECE = 1 << 20
"""Characters looked at or written at once: of a report of many megabytes there are no further copies."""


def is_terminal(stream: TextIO | None = None) -> bool:
    """Return True when a person watches the stream and it can move its cursor."""
    stream = stream or sys.stdout
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def paint(text: str, *styles: str, stream: TextIO | None = None) -> str:
    """Return `text` in bold, dim, red, green, yellow or cyan, when the stream is a terminal and NO_COLOR is not set."""
    if not styles or not text or os.environ.get("NO_COLOR") or not is_terminal(stream):
        return text
    return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def clean(text: str) -> str:
    """Return `text` fit for a terminal: of what it would obey, only line ends, tabs and our own colours are left.

    Names and logs come from a ledger and from other programs; a control character in them is replaced.
    """
    if _is_plain(text) or text.replace("\n", " ").isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line if line.isprintable() else _cleaned(line) for line in lines)


def _is_plain(text: str) -> bool:
    """Return whether there is nothing but printable ASCII and line ends: of megabytes that is known in a third of the
    time."""
    return text.isascii() and not any(piece.encode().translate(None, _SHOWN) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _cleaned(line: str) -> str:
    """Clean the text between the colours, which are every second part."""
    parts = _PAINT.split(line)
    parts[::2] = (
        "".join(c if c.isprintable() or c in "\t\xa0" else "\N{REPLACEMENT CHARACTER}" for c in p) for p in parts[::2]
    )
    return "".join(parts)


def say(*lines: str) -> None:
    """Write lines to stdout, safe for terminals that lack a character."""
    _write(sys.stdout, lines)


def say_bytes(content: bytes) -> None:
    """Write a file to stdout as it is, for a pipe."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def note(*lines: str) -> None:
    """Write lines to stderr: beside the point, so that stdout stays clean for pipes."""
    _write(sys.stderr, lines)


def flash(line: str) -> None:
    """Show a line on stderr that the next one replaces; "" wipes it. Nothing when nobody watches."""
    if is_terminal(sys.stderr):
        columns = shutil.get_terminal_size((120, 24)).columns
        sys.stderr.write(f"\r\x1b[K{encodable(clean(one_line(line)), sys.stderr)[: columns - 1]}")
        sys.stderr.flush()


def say_json(value: object) -> None:
    """Write one JSON document to stdout, indented for reading; NaN never appears in it."""
    say_json_text(json_text(value, indent=2))


def say_json_text(text: str) -> None:
    """Write a JSON document to stdout; what stdout has no character for is escaped, not replaced."""
    if not text.isascii() and lacks_characters(text, sys.stdout):
        text = "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text)
    say(text)


def json_text(value: object, indent: int | None = None) -> str:
    """Return JSON with what cannot be shown escaped (an unprintable character can only stand in a string)."""
    # Not `json.dumps`: it makes such an encoder for each call, and a report has tens of thousands.
    encoder = _JSON if indent is None else json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=indent)
    text = encoder.encode(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def width() -> int:
    """Return the columns of the terminal, 20 at least; 120 when there is none."""
    return max(_NARROWEST, shutil.get_terminal_size((120, 24)).columns) if is_terminal() else 120


def _fitted(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines as a terminal should show them; those of a table, which end with an empty one, as they are."""
    columns = shutil.get_terminal_size((120, 24))[0]
    split, in_table = "\n".join(lines).split("\n"), False
    for line, after in pairwise([*split, ""]):
        in_table = bool(line) and (in_table or after.startswith("─"))
        yield from [line] if in_table else fitted(line, columns)


def _write(stream: TextIO, lines: Iterable[str]) -> None:
    text = clean("\n".join([*(_fitted(lines) if is_terminal(stream) else lines), ""]))
    for piece in _pieces(text):
        stream.write(encodable(piece, stream))
    stream.flush()
