"""Terminals without colours, characters or room, and pipes that nobody reads, for every command that only reads."""

import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest
from sqlalchemy import Engine, select

from prunesweep.core.ledger.db.schema import stages
from prunesweep.orchestrator.cli.app import main
from prunesweep.orchestrator.cli.commands import doctor
from prunesweep.orchestrator.cli.table import COMMANDS
from prunesweep.orchestrator.console.encoding import show_what_can_be_shown

Sweep = Callable[..., Any]
READING = [
    *("list", "status", "status --watch", "report", "report --format md", "report --json", "show", "show --json"),
    *(
        "verdict",
        "audit",
        "compare :algorithm=oneshot,epochs=1 :algorithm=iterative,epochs=1,rounds=2",
        "logs {stage:.20}",
        "attach",
        "doctor",
    ),
    *("gc --dry-run", "rm first --dry-run", "submit --grid demo --dry-run", "extend first --seeds 3 --dry-run"),
]
"""And of those that write, what they show before; each command's help comes to it."""
HELP = [f"{name} --help" for name in COMMANDS]
_ESCAPE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


class Screen(TextIOWrapper):
    """A stdout that is a terminal of some encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__(BytesIO(), encoding=encoding, errors="strict")

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


@pytest.fixture
def shown(
    sweep: Sweep,
    ledger: Engine,
    work: Callable[..., int],
    made_once: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., str]:
    """What a command shows on such a terminal; it must not fail."""

    def make() -> None:
        sweep("submit", "--grid", "demo", "--name", "first")
        work(epochs=True)

    def run(command: str, encoding: str = "utf-8", **environ: str) -> str:
        with monkeypatch.context() as patch:
            for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", **environ}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdout", Screen(encoding))
            patch.setattr(sys, "stderr", sys.stderr)
            show_what_can_be_shown()
            assert main([word.format(stage=stage) for word in command.split()]) in (0, 1)
            return str(sys.stdout.text)  # type: ignore[attr-defined]

    made_once("first", make)
    monkeypatch.setattr(doctor, "_torch_checks", lambda *_: iter(()))
    with ledger.connect() as connection:
        stage = connection.scalar(select(stages.c.digest).where(stages.c.kind == "prune"))
    return run


@pytest.mark.parametrize("command", [*READING, *HELP])
def test_without_characters_and_colours(shown: Callable[..., str], command: str) -> None:
    plain = shown(command, "ascii", NO_COLOR="1")
    assert plain.count("?") == shown(command).count("?"), "the nearest character is there instead"
    assert not re.search(r"\x1b\[[\d;]*m", plain)


def test_some_encodings_have_some_characters(shown: Callable[..., str]) -> None:
    assert "·" in shown("status", "latin-1") and "━" not in shown("status", "latin-1")


def test_json_is_escaped_where_characters_are_missing(shown: Callable[..., str]) -> None:
    assert "\\u00b7" in shown("logs {stage} --json", "ascii")


@pytest.mark.parametrize("command", ["status", "status --watch", "attach", "gc --dry-run", "--help"])
def test_a_terminal_that_moves_no_cursor(shown: Callable[..., str], command: str) -> None:
    assert "\x1b" not in shown(command, TERM="dumb")


@pytest.mark.parametrize("command", [*READING, *HELP])
def test_lines_of_words_fit(shown: Callable[..., str], command: str) -> None:
    """What is wider is a table, or cannot be broken: an option, a path, a command to copy."""
    text, in_table = _ESCAPE.sub("", shown(command, COLUMNS="20")), False
    lines = text.replace("\r", "").split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        in_table = bool(line) and (in_table or after.startswith(("─", "| --- ", "|:-")))
        kept = in_table or "sweep " in line or line.startswith(("{", "[", " ", "]")) or line.endswith("):")
        assert kept or len(line) <= 20 or not re.search(r"[^ ] [^ ]", line[:20]), line


@pytest.mark.parametrize("command", [one for one in READING if "{" not in one])
def test_a_pipe_that_nobody_reads(
    shown: Callable[..., str], command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read, write = os.pipe()
    os.close(read)
    with suppress(BrokenPipeError), open(write, "w") as closed, monkeypatch.context() as patch:  # noqa: PTH123
        patch.setattr(sys, "stdout", closed)
        patch.setattr(sys, "stderr", sys.stderr)
        with pytest.raises(SystemExit, match="1"):
            main(command.split())
    assert not capsys.readouterr().err
