"""The documents against the program: every command and option is described, every example parses."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from core.settings import load_settings
from orchestrator.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
TEXT = "\n".join(page.read_text() for page in PAGES)
ROOT_COMMAND: Any = typer.main.get_command(app)


def _commands(command: Any = ROOT_COMMAND, path: tuple[str, ...] = ("sweep",)) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield " ".join(path), command
        return
    for name, child in children.items():
        yield from _commands(child, (*path, name))


COMMANDS = dict(_commands())


def _examples() -> Iterator[tuple[str, str]]:
    """(page, command line) of every `sweep …` in a console block; a `\\` at the end joins lines."""
    for page in PAGES:
        for block in re.findall(r"```(?:console|bash|sh)\n(.*?)```", page.read_text(), re.S):
            for line in block.replace("\\\n", " ").splitlines():
                bare = line.removeprefix("$ ").split(" #")[0].strip()
                found = re.search(r"(?:^|&& |run --rm worker )(sweep .*)$", bare)
                if found:
                    yield page.name, found.group(1)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_every_option_is_described(path: str) -> None:
    assert path in TEXT
    for parameter in COMMANDS[path].params:
        for option in (o for o in parameter.opts if o.startswith("--") and o != "--help"):
            assert re.search(rf"{re.escape(option)}(?![\w-])", TEXT), (
                f"{path} {option} is nowhere in README.md or docs/"
            )


@pytest.mark.parametrize(("page", "line"), list(_examples()))
def test_every_example_parses(page: str, line: str) -> None:
    words = shlex.split(line)
    command, names = ROOT_COMMAND, words[1:]
    context = ROOT_COMMAND.make_context("sweep", list(names), resilient_parsing=False)
    while getattr(command, "commands", None):
        rest = [*context._protected_args, *context.args] if hasattr(context, "_protected_args") else context.args
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, list(rest), parent=context)


def test_there_are_examples() -> None:
    assert len(list(_examples())) > 10


def test_every_environment_variable_is_described() -> None:
    source = (ROOT / "core" / "settings.py").read_text()
    for name in sorted(set(re.findall(r'"(SWEEP_[A-Z_]+|REDIS_URL)"', source))):
        assert f"`{name}`" in TEXT, name
    assert load_settings({}).lease == 60, "the documented default"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_links_and_paths_in_the_documents_exist(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text):
        assert (page.parent / target).exists(), target
    for path in re.findall(r"`((?:core|worker|orchestrator|migrations|prunesweep|tests|bench)/[\w/.-]*)`", text):
        assert (ROOT / path).exists(), path
