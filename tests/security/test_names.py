"""Words that are no words: each is refused in one line with exit code 2, or does no harm."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import update

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import attempts, cells, stages, sweeps
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import clean, json_text
from tests.orchestrator.conftest import work_off

Sweep = Callable[..., Any]

STRANGE = {
    "up": "../../etc/passwd",
    "absolute": "/etc/passwd",
    "nul": "a\0b",
    "long": "a" * 10_000,
    "escape": "\x1b]0;owned\x07\x1b[2J",
    "c1": "\x9b31mred",
    "newline": "a\nsweep: all is well",
    "carriage return": "a\rb",
    "backspace": "abc\b\b\b",
    "sql": "x'; DROP TABLE stages; --",
    "sql wildcard": "%_%",
    "shell": "$(touch owned);`touch owned`|touch owned&",
    "cyrillic": "\N{CYRILLIC SMALL LETTER A}bc",
    "full width": "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}",
    "superscript": "\N{SUPERSCRIPT TWO}",
    "right to left": "abc\N{RIGHT-TO-LEFT OVERRIDE}def",
    "no UTF-8": "a\udcff",
    "space": " ",
    "home": "~nobody-of-this-name/x",
    "dash": "--",
    "format": "%s%n{0}{__class__}",
}
COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "name": lambda word: ("submit", "--grid", "demo", f"--name={word}"),
    "grid": lambda word: ("submit", f"--grid={word}"),
    "grid file": lambda word: ("submit", f"--grid={word}.toml"),
    "algorithm": lambda word: ("submit", "--dry-run", f"--algorithm={word}"),
    "recipe": lambda word: ("submit", "--dry-run", f"--recipe={word}"),
    "dataset": lambda word: ("submit", "--dry-run", f"--dataset={word}"),
    "image folder": lambda word: ("submit", "--dry-run", f"--dataset=imagefolder:{word}"),
    "model": lambda word: ("submit", "--dry-run", f"--model={word}"),
    "sparsity": lambda word: ("submit", "--dry-run", f"--sparsity={word}"),
    "seeds": lambda word: ("submit", "--dry-run", f"--seeds={word}"),
    "status": lambda word: ("status", "--", word),
    "report": lambda word: ("report", "--", word),
    "compare": lambda word: ("compare", "--", word, "first"),
    "compare filter": lambda word: ("compare", f"first:algorithm={word}", "first"),
    "compare metric": lambda word: ("compare", "first", "first", f"--metric={word}"),
    "verdict": lambda word: ("verdict", "--", word),
    "audit": lambda word: ("audit", "--", word),
    "cancel": lambda word: ("cancel", "--", word),
    "retry": lambda word: ("retry", "--json", "--", word),
    "logs": lambda word: ("logs", "--", word),
    "export": lambda word: ("export", "--", word, "out"),
    "report format": lambda word: ("report", f"--format={word}"),
    "export format": lambda word: ("export", f"--format={word}", "1", "out"),
    "export names": lambda word: ("export", f"--names={word}", "1", "out"),
    "evaluate": lambda word: ("evaluate", "--", word + ".pt"),
    "devices": lambda word: ("worker", f"--devices={word}"),
    "command": lambda word: (word,),
    "option": lambda word: ("status", f"--{word}"),
}


_WIDELY = (
    "name",
    "grid file",
    "image folder",
    "sparsity",
    "status",
    "compare",
    "compare filter",
    "logs",
    "devices",
    "evaluate",
)
"""Commands that are tried with every word; the others have a way of reading in common with one of these."""

_FEW = ("up", "nul", "long", "escape", "right to left", "no UTF-8")


def _one_line(ran: Any) -> str:
    """The one line on stderr, fit for a terminal and short."""
    line: str = ran.complaint
    assert line.startswith("sweep: ")
    assert line.isprintable()
    assert len(line) < 700
    return line


@pytest.fixture
def filled(sweep: Sweep, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger with a finished sweep, and an empty folder to be in; gives that folder."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert sweep("submit", "--grid", "demo", "--name", "first").code == 0
    engine = open_ledger(load_settings())
    work_off(engine, 10**6)
    engine.dispose()
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_strange_words_everywhere(
    sweep: Sweep, filled: Path, home: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr("os.execv", _no_worker)
    monkeypatch.setattr("prunesweep.worker.__main__._work", lambda: 99)  # never reached
    before = sweep("list", "--json").out
    for command, arguments in COMMANDS.items():
        for name, word in STRANGE.items():
            if name not in (STRANGE if command in _WIDELY else _FEW) or (command, name) == ("option", "dash"):
                continue
            with subtests.test(command=command, word=name):
                ran = sweep(*arguments(word))
                assert ran.code == 2
                _one_line(ran)
    assert list(filled.iterdir()) == []
    assert sweep("list", "--json").out == before


def _no_worker(program: str, words: list[str]) -> None:
    """Instead of becoming a worker: its own check of the devices, which is what would refuse them."""
    from prunesweep.worker.__main__ import main

    assert words[-2].startswith("--devices=")
    raise typer.Exit(main(words[-2:]))


def test_where_files_go(sweep: Sweep, filled: Path) -> None:
    for name in ("nul", "long"):
        assert sweep("report", "-o", STRANGE[name]).code == 2
        assert sweep("export", "first", STRANGE[name]).code == 2
        _one_line(sweep("report", "-o", STRANGE[name]))
    _one_line(sweep("report", "-o", "no/such/folder/x.csv"))
    for name in ("escape", "newline", "shell", "right to left", "no UTF-8", "format", "sql"):
        file = filled / f"{STRANGE[name].replace('/', '')}.csv"
        ran = sweep("report", "-o", file.name)
        assert ran.code == 0
        assert file.is_file()
        assert ran.err.removesuffix("\n").replace("\n", "").isprintable()
        file.unlink()
    assert list(filled.iterdir()) == []


EVIL = "\x1b]0;owned\x07\x1b[2J\x9b5m\N{RIGHT-TO-LEFT OVERRIDE}\r\0evil"
LOOKS: tuple[tuple[str, ...], ...] = (
    ("status",),
    ("status", "--json"),
    ("list",),
    ("list", "--json"),
    ("report",),
    ("report", "--format", "csv"),
    ("report", "--format", "json"),
    ("report", "--format", "md"),
    ("retry", "nothing-of-this-name"),
    ("cancel", "--json", "1"),
)


def test_a_ledger_or_a_log_that_would_drive_the_terminal(sweep: Sweep, filled: Path) -> None:
    engine = open_ledger(load_settings())
    with engine.begin() as connection:
        connection.execute(update(sweeps).values(name=EVIL))
        connection.execute(update(cells).values(dataset=EVIL, algorithm=EVIL, model=EVIL))
        connection.execute(update(stages).values(error=EVIL, workload=EVIL, state="FAILED"))
        connection.execute(update(attempts).values(worker=EVIL, slot=EVIL, reason=EVIL, log=f"{EVIL}\nepoch 1\n"))
        digest = connection.execute(stages.select().limit(1)).one().digest
    engine.dispose()
    for command in (*LOOKS, ("logs", digest[:20]), ("logs", digest[:20], "--json")):
        ran = sweep(*command)
        assert ran.code in (0, 1, 2), command
        for text in (ran.out, ran.err):
            assert "".join(text.split("\n")).replace("\t", "").isprintable(), command
        if "--json" in command and ran.code == 0:
            json.loads(ran.out)
            assert "evil" in ran.out


def test_a_ledger_s_words_stay_in_the_folder_of_an_export(sweep: Sweep, filled: Path) -> None:
    for values in ({"model": "../../outside"}, {"model": "a\x1b"}, {"algorithm": "../x"}):
        engine = open_ledger(load_settings())
        with engine.begin() as connection:
            connection.execute(update(cells).values(values))
        engine.dispose()
        ran = sweep("export", "first", "out")
        assert ran.code == 2
        _one_line(ran)
    assert list(filled.iterdir()) == []


def test_what_is_cleaned_and_what_stays() -> None:
    assert clean("a\nb\tc\r\nd\re") == "a\nb\tc\nd\ne"
    assert clean("\x1b[31mred\x1b[0m") == "\x1b[31mred\x1b[0m"
    assert clean("ü × – … \N{NO-BREAK SPACE}✓") == "ü × – … \N{NO-BREAK SPACE}✓"
    assert clean("\x1b[8mhidden\x1b[0m") == "\N{REPLACEMENT CHARACTER}[8mhidden\x1b[0m"
    for character in map(chr, [*range(32), *range(127, 160), 0x200E, 0x202E, 0x2028, 0xFEFF, 0xE0001]):
        assert character in "\n\t\r\xa0" or clean(character) == "\N{REPLACEMENT CHARACTER}"
        assert json.loads(json_text([character])) == [character]
        assert json_text([character]).isprintable()


def test_the_line_that_resumes_is_quoted_for_a_shell() -> None:
    from prunesweep.orchestrator.cli.commands.run import resume
    from prunesweep.orchestrator.run.request import GridRequest

    line = resume(GridRequest("my; rm -rf ~.toml", {"dataset": "imagefolder:/a b$(x)"}, None), "n")
    assert shlex.split(line)[2:6] == ["--grid", "my; rm -rf ~.toml", "--dataset", "imagefolder:/a b$(x)"]
