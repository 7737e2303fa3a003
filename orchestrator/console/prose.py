"""Prose in lines of a given width: never broken inside a number, nor between a number and its unit."""

import re
from collections.abc import Iterator

_UNITS = (
    "%|×|s|ms|µs|min|h|days?|B|kB|MB|GB|TB|KiB|MiB|GiB|UTC|images/s|images|points?|px|GHz|MHz|cores?|threads?"
    "|epochs?|rounds?|seeds?|cells?|stages?|steps?|repeats"
    "|running|ready|waiting|done|failed|quarantined|cancelled"
)
_NUMBER = r"[-+±~<>≥≤(\[]*\d[\d,.:–-]*"
_KEPT = (
    re.compile(rf"({_NUMBER}[)\]]?) (?=(?:{_UNITS})(?![\w/]))"),  # 12 %, 3 min, 10:13 UTC
    re.compile(rf"(\d[ \0](?:h|min|days?)) (?={_NUMBER})"),  # 3 min 33 s
    re.compile(r"(?<=[\w%]) (?=[±×÷] )|(?<=[±×÷]) (?=\w)"),  # 77.95 ± 0.90, 3 epochs × 5 rounds
)
_COMMAND = re.compile(r"\bsweep (?:--)?[a-z][^·;()]*[^·;() ,.]")
_LABEL = re.compile(r"((?:\S+(?: \S+)* {2,}){1,2})(\S+(?: \S+)*)$")
_BOX = ("│", "╭", "╰", "─")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_PIECE = re.compile(r"\x1b\[[\d;]*m|.", re.DOTALL)
_GLUE = "\0"
ELLIPSIS = "…"


def wrapped(line: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """Return a line of prose as lines of at most `width` characters, broken at spaces; what is longer than that alone
    stays whole.

    Args:
        indent: before every line but the first.
        first: before the first; None = nothing.
    """
    lines, now, used = [], first or "", len(_COLOUR.sub("", first or ""))
    empty = True
    for word in _words(line):
        long = len(_COLOUR.sub("", word))
        if not empty and used + 1 + long > width:
            lines.append(now)
            now, used, empty = indent, len(indent), True
        now += word if empty else " " + word
        used += long + (0 if empty else 1)
        empty = False
    return [*lines, now]


def fitted(line: str, width: int) -> list[str]:
    """Return a line as a terminal of that width should show it: prose in several lines, the second and later ones
    below its beginning or, after one or two labels (`estimated time   unknown until …`), below what follows them. Rows
    of tables, rules and what is indented are left as they are."""
    plain = _COLOUR.sub("", line)
    if len(plain) <= width or plain.startswith((" ", *_BOX)):
        return [line]
    label = _LABEL.match(plain)
    if label is None:
        return [line] if "  " in plain else wrapped(line, width, "  ")
    room = len(label[1])
    if room >= width // 2:  # no room for a column of its own
        return wrapped(line, width, "  ")
    first, rest = _divided(line, room)
    return wrapped(rest, width, " " * room, first)


def elided(line: str, width: int) -> str:
    """Return a line of at most `width` characters: what is too long loses its middle, so that both ends, which tell
    names, seeds and results apart, can be read. Colours stay."""
    if len(line) <= width:
        return line
    length = len(_COLOUR.sub("", line))
    if length <= width:
        return line
    head = max(0, width) // 2
    cut = range(head, length - max(0, width - 1 - head))
    out, seen = [], 0
    for piece in _PIECE.findall(line):
        if _COLOUR.fullmatch(piece):
            out.append(piece)
            continue
        if seen == cut.start and width > 0:
            out.append(ELLIPSIS)
        if seen not in cut:
            out.append(piece)
        seen += 1
    return "".join(out)


def _divided(line: str, room: int) -> tuple[str, str]:
    """Return the line's first `room` characters that are seen, with the colours among them, and the rest."""
    place, seen = 0, 0
    while seen < room:
        colour = _COLOUR.match(line, place)
        place, seen = (colour.end(), seen) if colour else (place + 1, seen + 1)
    return line[:place], line[place:]


def _words(line: str) -> Iterator[str]:
    # A command is copied: the terminal may break it, we may not.
    kept = _COMMAND.sub(lambda found: found[0].replace(" ", _GLUE), line)
    for pattern in _KEPT:
        # Twice: what a match has taken cannot begin the next one.
        for _ in range(2):
            kept = pattern.sub(lambda found: found[0][:-1] + _GLUE if found[0].endswith(" ") else found[0], kept)
    for word in kept.split(" "):
        if word:
            yield word.replace(_GLUE, " ")
