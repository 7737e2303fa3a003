"""The command group: what its table says is what is declared, and nothing is imported before it is used."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import typer

from prunesweep.orchestrator.cli.app import app
from prunesweep.orchestrator.cli.lazy import LazyCommand
from prunesweep.orchestrator.cli.table import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_is_declared(name: str) -> None:
    command = LazyCommand(name, COMMANDS[name]).loaded
    declared = " ".join(command.help.split())
    assert declared.startswith(COMMANDS[name].help.rstrip("."))
    assert (command.name, bool(COMMANDS[name].panel)) == (name, True)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("columns", [60, 200])
def test_help_shows_every_word_whole(
    name: str, columns: int, sweep: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`[/HOME]`, say, is no markup; options and examples are there to be copied; no line outgrows the window."""
    monkeypatch.setenv("COLUMNS", str(columns))
    declared = LazyCommand(name, COMMANDS[name]).loaded
    commands = {(name,): declared} | {(name, sub): one for sub, one in getattr(declared, "commands", {}).items()}
    for path, command in commands.items():
        shown = sweep(*path, "--help").out
        assert max(map(len, shown.splitlines())) <= min(columns, 100), path
        assert not re.search(r"[{<]\w+[>}]|\[\[", shown.partition("Options:")[0]), path
        told = [command.help, *(getattr(each, "help", None) for each in command.params)]
        words = {word for text in told for word in (text or "").split()}
        assert words <= set(shown.split()), path


@pytest.mark.parametrize("group", ["db", "deploy", "sink"])
def test_a_group_without_a_command_shows_its_help(group: str, sweep: Callable[..., Any]) -> None:
    ran = sweep(group)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == sweep(group, "--help").out


def imported(*arguments: str, **environment: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    program = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
        f" sys.argv = ['sweep', *{arguments!r}]; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())"
    )
    environ = os.environ | environment
    ran = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.split())


HEAVY = {"pydantic", "typer.rich_utils", "celery", "alembic", "obstore", "numpy", "rich.live"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [(("--help",), ""), ((), "sweep sta"), ((), "sweep submit --grid f")],
    ids=["help", "tab", "tab of an option"],
)
def test_help_and_tab_import_no_command_and_no_database(home: Any, arguments: tuple[str, ...], line: str) -> None:
    tab = {"_SWEEP_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))} if line else {}
    found = imported(*arguments, **tab)
    assert not found & (HEAVY | {"sqlalchemy", "rich.console", "prunesweep.orchestrator.cli.commands"})


def test_status_imports_what_it_shows(sweep: Callable[..., Any]) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--name", "little")
    found = imported("status", "little")
    assert "prunesweep.orchestrator.cli.commands.status" in found
    waiting = {"prunesweep.orchestrator.cli.commands.report", "prunesweep.core.plan.stages", "rich.console"}
    assert not found & (HEAVY | waiting)


def test_the_group_is_what_typer_makes_of_the_app() -> None:
    assert list(typer.main.get_command(app).commands) == list(COMMANDS)  # type: ignore[attr-defined]
