"""Numbers and tables as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.text import Column


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (3599.6, "1 h 00 min"),
        (7380, "2 h 03 min"),
        (86400 * 3, "3.0 days"),
        (-1, "0.0 s"),
    ],
)
def test_duration(seconds: float | None, shown: str) -> None:
    assert text.duration(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (44_730_000, "44.7 MB"), (999_990_000, "1.0 GB")],
)
def test_size(count: int, shown: str) -> None:
    assert text.size(count) == shown


def test_a_speedup_as_one_of_many_needs_more_than_its_interval() -> None:
    assert [text.speedup(1.3, 1.2, 1.4, adjusted) for adjusted in (0.05, 0.06)] == ["1.30×", "(1.30×)"]
    assert [text.verdict(0.5, 0.4, 0.6, adjusted) for adjusted in (0.05, 0.06)] == ["2.00× slower", "(2.00× slower)"]
    assert text.speedup(1.3, 0.9, 1.4, 0.001) == text.verdict(1.3, 0.9, 1.4, 0.001) == "no speed-up"


@pytest.mark.parametrize(
    ("ratio", "low", "high", "shown"),
    [
        (1.02, 0.99, 1.05, "no speed-up"),
        (1.0, 1.0, 1.2, "no speed-up"),
        (1.3, 1.2, 1.4, "1.30×"),
        (0.8, 0.7, 0.9, "0.80×"),
        (None, None, None, "–"),
    ],
)
def test_a_speedup_is_one_only_when_its_interval_says_so(
    ratio: float | None, low: float | None, high: float | None, shown: str
) -> None:
    assert text.speedup(ratio, low, high) == shown


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 80))
def test_a_bar_is_as_wide_as_asked_and_full_only_at_the_end(done: int, total: int, width: int) -> None:
    shown = text.bar(done, total, width)
    assert len(shown) == width
    assert ("╌" not in shown) == (done >= total)


_CELLS = st.lists(st.tuples(st.text(max_size=60), st.text("0123456789", max_size=9)), max_size=8)


@given(_CELLS, st.integers(30, 90))
def test_a_table_is_one_line_a_row_and_fits(rows: list[tuple[str, str]], width: int) -> None:
    lines = text.table([Column("what", left=True, keep=4), Column("number")], rows, width)
    assert len(lines) == len(rows) + 2
    assert all(len(line) <= width and "\n" not in line and "\r" not in line for line in lines)


def test_what_can_be_spared_is_left_out_only_where_it_must() -> None:
    columns = [Column("name", left=True, keep=4), Column("cells", spare=2), Column("running", spare=1)]
    row = ("a name", "12", "3")
    assert text.table(columns, [row], 80)[0].split() == ["name", "cells", "running"]
    assert text.table(columns, [row], 18)[0].split() == ["name", "cells", "running"]
    assert text.table(columns, [row], 17)[0].split() == ["name", "running"]
    assert text.table(columns, [row], 10)[0].split() == ["name"]
    assert text.table(columns, [row])[0].split() == ["name", "cells", "running"]


def test_columns_that_must_not_be_cut_are_whole() -> None:
    lines = text.table([Column("name", left=True, keep=4), Column("count")], [("x" * 50, "1,234,567,890")], 10)
    assert lines[-1] == "xx…x 1,234,567,890"
