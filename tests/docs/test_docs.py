"""The documents against the program: every command and option is described, every line that is typed is a real one."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import prunesweep
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.cli.app import app
from tests.docs.commandline import PAGES, ROOT, blocks, parse, words_of

TEXT = "\n".join(page.read_text() for page in PAGES)
ROOT_COMMAND: Any = typer.main.get_command(app)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _commands(command: Any = ROOT_COMMAND, path: tuple[str, ...] = ("sweep",)) -> Iterator[tuple[str, Any]]:
    command = getattr(command, "loaded", command)
    children = getattr(command, "commands", None)
    if children is None:
        yield " ".join(path), command
        return
    for name, child in children.items():
        yield from _commands(child, (*path, name))


COMMANDS = dict(_commands())


def _typed() -> Iterator[tuple[str, str]]:
    """(page, one command) of every line in a console block, `&&` taken apart."""
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for block in blocks(page):
            if block.language in ("console", "bash", "sh"):
                for line in block.commands():
                    for command in line.split(" && "):
                        yield page.name, command


TYPED = list(_typed())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_every_option_is_described(path: str) -> None:
    assert path in TEXT
    for parameter in COMMANDS[path].params:
        for option in (o for o in parameter.opts if o.startswith("--") and o != "--help"):
            assert re.search(rf"{re.escape(option)}(?![\w-])", TEXT), (
                f"{path} {option} is nowhere in README.md or docs/"
            )


def _make(words: list[str]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {word for word in words[1:] if "=" not in word} <= targets


def _python(words: list[str]) -> None:
    script = ROOT / words[1]
    assert script.is_file(), script
    shown = script.read_text() + "".join(file.read_text() for file in script.parent.glob("*.py"))
    for option in (word for word in words[2:] if word.startswith("--")):
        assert f'"{option}"' in shown, f"{words[1]} has no {option}"


def _pip(words: list[str]) -> None:
    assert words[1] == "install"
    wanted = re.findall(r"(?:\.|prunesweep)\[([a-z,]+)\]", " ".join(words))
    assert {extra for extras in wanted for extra in extras.split(",")} <= set(PROJECT["optional-dependencies"])


def _celery(words: list[str]) -> None:
    assert words[1:3] == ["-A", "prunesweep.worker.app"]


def _docker(words: list[str]) -> None:
    if words[1] == "compose":
        services = {
            *yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"],
            "worker-1",
        }  # of sweep deploy
        if "run" in words:
            service = next(place for place, word in enumerate(words) if word in services)
            parse(ROOT_COMMAND, words[service + 1 :])
        for scaled in (word for word in words if re.fullmatch(r"[a-z]+=\d+", word)):
            assert scaled.partition("=")[0] in services
    else:
        assert words[1] in ("build", "push", "tag")


def _names_files(words: list[str]) -> None:
    """Programs that we cannot run here: the files of ours that they are given exist."""
    for word in words:
        if word.startswith("deploy/"):
            assert (ROOT / word).exists(), word
    if "--" in words:
        parse(ROOT_COMMAND, words[words.index("--") + 1 :])


def _tunnel(words: list[str]) -> None:
    """ssh to a dashboard: the port is its own."""
    from prunesweep.orchestrator.cli.declarations.dashboard import PORT

    assert words[1] == "-L" and words[2] == f"{PORT}:127.0.0.1:{PORT}"


def _tensorboard(words: list[str]) -> None:
    assert words[1] == "--logdir" and len(words) == 3


def _tested(words: list[str]) -> None:
    """One file's tests, or those of it that have a word in their names."""
    assert words[1:3] == ["-m", "pytest"]
    text = (ROOT / words[3]).read_text()
    assert re.search(rf"def test_\w*{words[5]}" if words[4:5] == ["-k"] else "def test_", text)


def _exports(words: list[str]) -> None:
    names = {word.partition("=")[0] for word in words[1:]}
    ours = set(re.findall(r'"(SWEEP_[A-Z_]+|REDIS_URL)"', (ROOT / "core" / "settings.py").read_text()))
    # What the file takes from the environment, and what it gives to its services.
    compose = set(re.findall(r"\$\{([A-Z0-9_]+)|^ +([A-Z0-9_]+):", (ROOT / "docker-compose.yml").read_text(), re.M))
    cloud = {name for name in names if name.startswith(("AWS_", "GOOGLE_", "AZURE_"))}
    assert names <= ours | {name for pair in compose for name in pair} | cloud


_READERS: dict[str, Callable[[list[str]], None]] = {
    "sweep": lambda words: parse(ROOT_COMMAND, words),
    "make": _make,
    "python": _python,
    ".venv/bin/python": _tested,
    "pip": _pip,
    "celery": _celery,
    "docker": _docker,
    "kubectl": _names_files,
    "sbatch": _names_files,
    "scancel": _names_files,
    "squeue": _names_files,
    "ssh": _tunnel,
    "tensorboard": _tensorboard,
    "export": _exports,
    "git": lambda words: None,
    "cd": lambda words: None,
    "umask": lambda words: None,
}


@pytest.mark.parametrize(("page", "line"), TYPED)
def test_every_line_that_is_typed_is_a_real_one(page: str, line: str) -> None:
    variables, words = words_of(line)
    if variables:
        _exports(["export", *variables])
    if words:
        assert words[0] in _READERS, f"{page}: nobody checks a line of {words[0]!r}; add a reader for it"
        _READERS[words[0]](words)


def test_there_are_lines_and_a_wrong_one_is_found() -> None:
    assert len([line for _, line in TYPED if line.startswith("sweep ")]) > 60
    for wrong in ("sweep run --gird demo", "sweep nope", "sweep submit --seeds"):
        with pytest.raises(Exception, match=r"(?i)no such|requires an argument"):
            parse(ROOT_COMMAND, wrong.split())
    with pytest.raises(AssertionError):
        _exports(["export", "SWEEP_TYPO=1"])


def test_every_environment_variable_is_described() -> None:
    source = (ROOT / "core" / "settings.py").read_text()
    for name in sorted(set(re.findall(r'"(SWEEP_[A-Z_]+|REDIS_URL)"', source))):
        assert f"`{name}`" in TEXT, name
    assert load_settings({}).lease == 60, "the documented default"


def test_every_column_of_the_csv_is_described_once() -> None:
    table = (ROOT / "docs" / "commands.md").read_text().partition("All columns of the CSV")[2]
    rows = table.partition("| --- | --- |\n")[2].partition("\n\n")[0].splitlines()
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(named) == sorted(field.name for field in fields(ReportRow))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_links_and_paths_in_the_documents_exist(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text):
        assert (page.parent / target).exists(), target
    places = "core|worker|orchestrator|migrations|prunesweep|tests|bench|deploy|docs"
    for path in re.findall(rf"`((?:{places})/[\w/.-]*)`", text):
        assert (ROOT / path).exists(), path


def test_the_api_page_has_every_public_name() -> None:
    text = (ROOT / "docs" / "api.md").read_text()
    shown = re.findall(r"^(?:::: |## )prunesweep\.(\S+)$", text, re.M)
    assert sorted(name.replace("\\", "") for name in shown) == sorted(prunesweep.__all__)
