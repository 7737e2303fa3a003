"""The report for other programs, CSV and JSON: written column by column, for a sweep's cells have much in common."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby, repeat
from math import isfinite
from types import MappingProxyType
from typing import Any

import msgspec

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.ledger.queries.report_columns import Columns
from prunesweep.orchestrator.console import output

Layers = Mapping[int, str]
"""JSON by a cell's number in the grid, see `prunesweep.core.ledger.queries.report.layer_texts`."""
_Piece = str | list[str]
"""Of a line: the same in each, or one for each."""
_NUMBERS = frozenset({bool, int, float})
_NOTHING = type(None)
_PLAIN = frozenset({float, int, _NOTHING})
_FLOATS = msgspec.json.Encoder()
_ODD = ("\\", "NaN", "Infinity")
"""What may stand in JSON and be written otherwise: an escape, and a number that is none."""
_FEW = 4
"""A column is written by its distinct values where there are this many times fewer of them than rows."""


def columns_of(rows: Sequence[ReportRow]) -> Columns:
    """Return rows as `prunesweep.core.ledger.queries.report.report_columns` returns them."""
    names = [field.name for field in fields(ReportRow)]
    return {name: [getattr(row, name) for row in rows] for name in names}


def csv_text(columns: Columns) -> str:
    """Return one line per cell under the names of `ReportRow`'s fields; floats in full, empty = not known."""
    pieces: list[_Piece] = []
    for values in columns.values():
        pieces += [",", _texts(values, _in_csv)]
    lines = _lines(pieces[1:], len(columns["cell"]))
    return "\n".join([",".join(map(_in_csv, columns)), *lines, ""])


def json_text(columns: Columns, layers: Layers = MappingProxyType({})) -> str:
    """Return a list of objects with the CSV's columns as keys and the layers (null = not known yet), one on a line.

    Raises:
        ValueError: a number is not finite.
    """
    pieces: list[_Piece] = [",\n{"]
    for name, values in columns.items():
        pieces += [f"{output.json_text(name)}: ", _texts(values, _in_json), ", "]
    found = [_kept_json(layers.get(cell)) for cell in columns["cell"]]
    lines = _lines([*pieces, f"{output.json_text('layers')}: ", found, "}"], len(found))
    return "".join(["[", next(lines, ",\n").removeprefix(","), *lines, "\n]\n"])


def _texts(values: Sequence[Any], text_of: Callable[[Any], str]) -> _Piece:
    """Return what `text_of` makes of each of the values, or of all of them if that is the same.

    Equal values are written alike, but for numbers of two types (1, 1.0 and True) and the two zeros.
    """
    kinds, distinct = set(map(type, values)), set(values)
    alike = len(kinds & _NUMBERS) < 2 and (float not in kinds or 0.0 not in distinct)
    if alike and _FEW * len(distinct) <= len(values):
        known = {value: text_of(value) for value in distinct}
        return list(map(known.__getitem__, values)) if len(known) != 1 else known[values[0]]
    numbers = values if _NOTHING not in kinds else [value for value in values if value is not None]
    if not kinds <= _PLAIN or not all(map(isfinite, numbers)):
        return list(map(text_of, values))
    texts = list(map(repr, numbers)) if int in kinds else _floats(numbers)
    if _NOTHING not in kinds:
        return texts
    left, missing = iter(texts), text_of(None)
    return [missing if value is None else next(left) for value in values]


def _floats(values: Sequence[float]) -> list[str]:
    """Return what `repr` makes of each: in a tenth of its time, unless one of them has an exponent. Those below 0.0001
    have one for Python and not always for msgspec."""
    text = _FLOATS.encode(values)[1:-1].decode()
    return list(map(repr, values)) if "e" in text or "0.0000" in text else text.split(",")


def _lines(pieces: Iterable[_Piece], count: int) -> Iterator[str]:
    """Yield `count` lines, each of all pieces: of a list the next text, else the same one."""
    columns: list[Iterable[str]] = []
    for kind, found in groupby(pieces, type):
        some = list(found)
        columns += [repeat("".join(some), count)] if kind is str else some  # type: ignore[arg-type]
    return map("".join, zip(*columns, strict=True))


def _in_csv(value: object) -> str:
    """Return a field as `csv` writes it."""
    if value is None:
        return ""
    text = str(value)
    if text.isalnum() or not isinstance(value, str):  # nothing to quote: most texts are digests
        return text
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow((value, None))  # alone, an empty one is quoted
    return out.getvalue().removesuffix(",\n")


def _kept_json(text: str | None) -> str:
    """Return JSON of the ledger as `output.json_text` writes its value: most is written so already."""
    if text is None or (text.isascii() and not any(odd in text for odd in _ODD)):
        return text or "null"
    return output.json_text(json.loads(text))


def _in_json(value: object) -> str:
    """Return what `output.json_text` does, of a digest at once."""
    return f'"{value}"' if isinstance(value, str) and value.isalnum() else output.json_text(value)
