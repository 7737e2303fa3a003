"""Prose in narrow terminals."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.orchestrator.console import output
from prunesweep.orchestrator.console.prose import fitted, wrapped
from tests.support.examples import examples

LINE = (
    "highest at 90 %, chosen on validation: iterative, 3 epochs × 5 rounds, test top-1 77.95 ± 0.90 % (3 seeds), at"
    " 1,904 images/s in 3 min 33 s, submitted 2026-11-29 10:13 UTC, file 44.7 MB, 24 repeats, load 0.85"
)
WHOLE = ("90 %", "3 epochs", "5 rounds", "77.95 ± 0.90 %", "1,904 images/s", "3 min 33 s", "10:13 UTC", "44.7 MB")


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(22, 200))
def test_no_line_is_too_wide_and_no_number_loses_its_unit(width):
    lines = wrapped(LINE, width)
    assert " ".join(lines) == LINE
    assert all(len(line) <= width for line in lines)
    for phrase in WHOLE:
        assert any(phrase in line for line in lines), (phrase, width)


@settings(max_examples=examples(50), deadline=None)
@given(st.text("a1 %,.±×", max_size=60), st.integers(1, 30))
def test_nothing_is_lost_and_nothing_added(text, width):
    assert " ".join(wrapped(text, width)).split() == text.split()


def test_colours_take_no_room():
    assert wrapped("\x1b[1mname\x1b[0m and 12 % more", 12) == ["\x1b[1mname\x1b[0m and", "12 % more"]


@pytest.mark.parametrize("line", ["name   state   epochs  12 %", "  indented 12 %", "│ a 12 % │", "──── ──────"])
def test_tables_are_left_to_the_terminal(line):
    assert fitted(line, 8) == [line]


def test_what_follows_a_label_stays_below_it():
    line = "estimated time   unknown until an epoch has taken 3 min 33 s"
    coloured = line.replace("estimated ", "\x1b[32mestimated \x1b[0m")
    assert fitted(coloured, 40)[1:] == [" " * 17 + "has taken 3 min 33 s"]
    assert fitted(line, 40) == ["estimated time   unknown until an epoch", " " * 17 + "has taken 3 min 33 s"]


def test_a_command_stays_whole_so_that_it_can_be_copied():
    command = "sweep run --grid demo --sparsity 50,90 --name first"
    assert fitted(f"stopping: 12 % is done; resume: {command}", 40)[-1] == "  " + command


def test_what_is_said_to_a_terminal_is_wrapped_and_what_is_said_to_a_pipe_is_not(monkeypatch, capsys):
    monkeypatch.setattr(output.shutil, "get_terminal_size", lambda fallback=None: (60, 24))
    output.say(LINE)
    assert capsys.readouterr().out == LINE + "\n"
    monkeypatch.setattr(output, "is_terminal", lambda stream=None: True)
    output.say(LINE, "name   " * 20)
    *prose, table = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 60 for line in prose)
    assert re.sub(r"\s+", " ", " ".join(prose)) == LINE
    assert table == "name   " * 20
