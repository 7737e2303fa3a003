"""Characters that a terminal's encoding lacks: what is shown in their place."""

import codecs
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import TextIO

PLAIN: Mapping[str, str] = MappingProxyType(
    {"·": "|", "×": "x", "÷": "/", "±": "+-", "≤": "<=", "≥": ">=", "µ": "u", "–": "-", "→": ">", "…": "~"}
    | {"✓": "+", "✗": "!", "─": "-", "━": "=", "╌": "-", "│": "|", "╭": "+", "╰": "+", "\xa0": " "}
)
"""The nearest in ASCII, nearly all as wide, so that tables and the live view stay as they are."""
_NAME = "prunesweep.plain"


def encodable(text: str, stream: TextIO) -> str:
    """Return the text in characters that the stream has."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_shown(character, encoding) for character in text)
    return text


def lacks_characters(text: str, stream: TextIO) -> bool:
    """Return whether the stream cannot show the text as it is."""
    return encodable(text, stream) != text


def show_what_can_be_shown() -> None:
    """Let nothing that is written to stdout or stderr fail because of its characters, whoever writes it (typer, rich).

    For the program that owns them; a stream that others put there is left as it is.
    """
    codecs.register_error(_NAME, _replace)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_NAME)


def _shown(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return PLAIN.get(character, "?")
    return character


def _replace(error: UnicodeError) -> tuple[str, int]:
    """See `codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(character, "?") for character in error.object[error.start : error.end]), error.end
