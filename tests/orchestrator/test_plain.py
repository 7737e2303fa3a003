"""CSV and JSON written column by column are what the standard library writes row by row."""

import csv
import io
import json
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import output
from prunesweep.orchestrator.report.plain import columns_of, csv_text, json_text
from tests.support.examples import examples

NAMES = [field.name for field in fields(ReportRow)]
TEXTS = st.sampled_from(["", "resnet18", "a,b", 'say "no"', "a\nb", "é × 2", "\u202e\x1b[31m", "\ud800", " x", "a\rb"])
FLOATS = st.sampled_from([0.0, -0.0, 1.0, 0.1 + 0.2, 1e-7, 1e300]) | st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.sampled_from([0, 1, 10**30, True, False]) | FLOATS
COLUMNS = st.sampled_from(
    [TEXTS, st.text(), FLOATS, st.integers(), NUMBERS, st.booleans(), NUMBERS | TEXTS, st.just(0.25)]
)


@st.composite
def some_rows(draw: st.DrawFn) -> list[ReportRow]:
    """Rows of a few columns that have all kinds of values, many of them equal, and others of one value."""
    count = draw(st.integers(0, 12))
    found = {name: [None] * count for name in NAMES} | {"cell": list(range(1, count + 1))}
    for name in draw(st.lists(st.sampled_from([name for name in NAMES if name != "cell"]), max_size=6, unique=True)):
        values = draw(COLUMNS)
        pool = draw(st.lists(draw(st.sampled_from([values, values | st.none()])), min_size=1, max_size=12))
        found[name] = [draw(st.sampled_from(pool)) for _ in range(count)]
    return [ReportRow(**{name: found[name][place] for name in NAMES}) for place in range(count)]


@settings(max_examples=examples(30), deadline=None)
@given(some_rows())
def test_csv_is_what_the_csv_module_writes(rows: list[ReportRow]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(NAMES)
    writer.writerows([getattr(row, name) for name in NAMES] for row in rows)
    assert csv_text(columns_of(rows)) == out.getvalue()


@settings(max_examples=examples(30), deadline=None)
@given(some_rows())
def test_json_is_what_the_json_module_writes(rows: list[ReportRow]) -> None:
    layers = {row.cell: [{"name": "é\x1b" * (row.cell % 3), "nonzero": row.cell}] for row in rows if row.cell % 2}
    lines = [json.dumps({**vars(row), "layers": layers.get(row.cell)}, ensure_ascii=False) for row in rows]
    shown = ["".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line) for line in lines]
    kept = {cell: json.dumps(some) for cell, some in layers.items()}
    assert json_text(columns_of(rows), kept) == "[\n" + ",\n".join(shown) + "\n]\n"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("count", [1, 40])
def test_no_number_that_is_none_gets_into_json(number: float, count: int) -> None:
    rows = [ReportRow(**dict.fromkeys(NAMES) | {"cell": cell, "top1": number}) for cell in range(count)]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="JSON"):
        json_text(columns_of(rows))


@settings(max_examples=examples(30), deadline=None)
@given(st.text(st.sampled_from("ab\n\t\r\x1b[31m\x00\x7f\xa0é\u202e")))
def test_lines_are_cleaned_one_by_one_or_all_at_once(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert output.clean(text) == "\n".join(output.clean(line) for line in lines)
