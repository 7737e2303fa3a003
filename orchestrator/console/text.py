"""Numbers and tables as text: one look for every command, and fast enough for ten thousand rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from prunesweep.core.holm import LEVEL
from prunesweep.orchestrator.console.prose import ELLIPSIS, elided

MISSING = "–"


def duration(seconds: float | None) -> str:
    """Return the seconds as `8.4 s`, `1 min 05 s`, `2 h 03 min`; None as a dash."""
    if seconds is None:
        return MISSING
    if seconds < 9.95:
        return f"{max(seconds, 0.0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes / 1440:.1f} days"


def percent(fraction: float | None, digits: int = 2) -> str:
    """Return 0.9123 as `91.23`; the unit stands in the header."""
    return MISSING if fraction is None else f"{100 * fraction:.{digits}f}"


def points(fraction: float | None) -> str:
    """Return a difference of accuracies in percentage points, with its sign."""
    return MISSING if fraction is None else f"{100 * fraction:+.2f}"


def count(number: int | None) -> str:
    return MISSING if number is None else f"{number:,}"


def number(value: float | None, digits: int = 2) -> str:
    return MISSING if value is None else f"{value:,.{digits}f}"


def times(ratio: float | None, digits: int = 1) -> str:
    """Return 9.98 as `10.0×`."""
    return MISSING if ratio is None else f"{ratio:,.{digits}f}×"


NO_SPEEDUP = "no speed-up"


def speedup(ratio: float | None, low: float | None, high: float | None, adjusted: float | None = None) -> str:
    """Return a measured ratio, or "no speed-up" when its confidence interval includes 1×.

    In parentheses it is one that its own interval bears out, but not when it is judged as one of several.

    Args:
        adjusted: its probability under "no speed-up" as one of several; None = it is the only one.
    """
    if ratio is None or low is None or high is None:
        return MISSING
    if low <= 1.0 <= high:
        return NO_SPEEDUP
    return times(ratio, 2) if adjusted is None or adjusted <= LEVEL else f"({times(ratio, 2)})"


def verdict(ratio: float, low: float, high: float, adjusted: float | None = None) -> str:
    """Return a measured ratio in words: `2.30× faster`, `1.40× slower`, or "no speed-up"; else as `speedup`."""
    if low <= 1.0 <= high:
        return NO_SPEEDUP
    words = f"{times(ratio, 2)} faster" if low > 1.0 else f"{times(1 / ratio, 2)} slower"
    return words if adjusted is None or adjusted <= LEVEL else f"({words})"


def size(byte_count: int | None) -> str:
    """Return the bytes in decimal units: `44.7 MB`."""
    if byte_count is None:
        return MISSING
    value = float(byte_count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def megabytes(done: int, total: int) -> str:
    """Return how far a transfer is, in bytes: `3.2 of 120 MB`; where one of them is 0, it is not known: `120 MB`."""
    mega = [f"{amount / 1e6:,.1f}" if amount < 9.95e6 else f"{amount / 1e6:,.0f}" for amount in (done, total) if amount]
    return f"{' of '.join(mega)} MB" if mega else ""


def plural(amount: int, one: str, many: str = "") -> str:
    """Return `1 cell`, `18 cells`, `10,000 cells`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def bar(done: int, total: int, width: int) -> str:
    """Return a progress bar of `width` characters."""
    filled = width if total <= 0 else min(width, int(width * done / total))
    return "━" * filled + "╌" * (width - filled)


def one_line(text: str, limit: int = 0) -> str:
    """Return the text with whitespace runs as single spaces; cut to `limit` characters if given."""
    one_word = " " not in text and text.isprintable()  # most of a table's cells
    flat = text if one_word else " ".join(text.split())
    return flat if not limit or len(flat) <= limit else flat[: max(limit - 1, 0)] + ELLIPSIS


@dataclass(frozen=True)
class Column:
    """A table's column.

    Attributes:
        keep: least width to which a too wide table may shrink it; 0 = never cut.
        spare: a table that is too wide even so is shown without it, the highest first; 0 = never.
    """

    title: str
    left: bool = False
    keep: int = 0
    spare: int = 0


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int = 0) -> list[str]:
    """Return the lines of an aligned table: header, rule, rows.

    `width` > 0: when it is too wide, columns stand closer, those that may be cut are cut, and then those that can be
    spared left out, until it fits.
    """
    columns, cells = list(columns), [_each(one_line, column) for column in _turned(rows, len(columns))]
    if width:
        columns, cells = _without_spared(columns, cells, width)
    widths = list(map(_widest, columns, cells))
    gap = "  " if not width or sum(widths) + 2 * (len(widths) - 1) <= width else " "
    if width:
        _shrink(columns, widths, sum(widths) + len(gap) * (len(widths) - 1) - width)
    heads = [[column.title] for column in columns]
    lines = [*_lines(columns, widths, heads, gap), gap.join("─" * w for w in widths)]
    return lines + _lines(columns, widths, cells, gap)


def _each(of: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Return what `of` makes of each of the texts. It is asked once for equal ones: most of a table's columns have
    few."""
    known = {text: of(text) for text in set(texts)}
    return list(map(known.__getitem__, texts))


def _padded(pad: Callable[[str, int], str], width: int, cell: str) -> str:
    return pad(elided(cell, width), width)


def _turned(rows: Iterable[Sequence[str]], count: int) -> list[Sequence[str]]:
    """Return what stands in each of the columns."""
    return list(zip(*rows, strict=True)) or [()] * count


def _widest(column: Column, cells: Sequence[str]) -> int:
    return max(len(column.title), *map(len, cells)) if cells else len(column.title)


def _without_spared(columns: list[Column], cells: list[list[str]], width: int) -> tuple[list[Column], list[list[str]]]:
    """Return the columns, and what stands in each, that fit into the width once they are as narrow as can be."""
    kept = list(range(len(columns)))
    natural = list(map(_widest, columns, cells))
    least = [min(wide, column.keep or wide) for wide, column in zip(natural, columns, strict=True)]
    for place in sorted(kept, key=lambda one: -columns[one].spare):
        if not columns[place].spare or sum(least[one] for one in kept) + len(kept) - 1 <= width:
            break
        kept.remove(place)
    return [columns[place] for place in kept], [cells[place] for place in kept]


def _shrink(columns: Sequence[Column], widths: list[int], excess: int) -> None:
    """Take the excess from the columns that may be cut, the widest first."""
    while excess > 0:
        able = [index for index, column in enumerate(columns) if column.keep and widths[index] > column.keep]
        if not able:
            return
        widest = max(able, key=widths.__getitem__)
        widths[widest] -= 1
        excess -= 1


def _lines(columns: Sequence[Column], widths: Sequence[int], cells: Sequence[Sequence[str]], gap: str) -> list[str]:
    """Return a line for each row, from what stands in each column."""
    padded = []
    for column, width, some in zip(columns, widths, cells, strict=True):
        padded.append(_each(partial(_padded, str.ljust if column.left else str.rjust, width), some))
    return [gap.join(row).rstrip() for row in zip(*padded, strict=True)]
