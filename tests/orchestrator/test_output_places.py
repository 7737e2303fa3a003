"""Where an output cannot go, one line says so before the work; for every option of every command that names one."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from prunesweep.core.errors import UserError
from prunesweep.core.io import check_file, write_whole
from prunesweep.orchestrator.cli.table import COMMANDS
from prunesweep.orchestrator.export import files
from tests.support.small_files import at_most

Sweep = Callable[..., Any]
FILES = {
    ("costs", "output"): "costs -o {}.toml",
    ("report", "output"): "report mine -o {}.json",
    ("sensitivity", "output"): "sensitivity {here} -o {}.csv --dataset digits",
}
FOLDERS = {
    ("deploy compose", "folder"): "deploy compose {}",
    ("export", "folder"): "export mine {}",
    ("find", "export"): "find --grid demo --max-drop 1 --no-worker --export {}",
    ("report", "plots"): "report mine --plots {}",
    ("sink tensorboard", "to"): "sink tensorboard mine --to {}",
}
READ = {("bench", "files"), ("evaluate", "files"), ("sensitivity", "file"), ("dashboard", "token_file")}


def _paths() -> Iterator[tuple[str, str]]:
    """Yield command and parameter of everything that is a path."""
    for name, entry in COMMANDS.items():
        module, _, attribute = entry.declared.partition(":")
        found = getattr(import_module(f"prunesweep.orchestrator.cli.declarations.{module}"), attribute)
        below = found.registered_commands if isinstance(found, typer.Typer) else []
        for command in [one.callback for one in below] or [found]:
            whole = name if command is found else f"{name} {command.__name__}"
            for parameter in inspect.signature(command, eval_str=True).parameters.values():
                kind = next(iter(get_args(parameter.annotation)), None)  # of Annotated
                if Path in (kind, *get_args(kind)):
                    yield whole, parameter.name


def test_every_path_is_in_a_table() -> None:
    assert set(_paths()) == {*FILES, *FOLDERS, *READ}


@pytest.fixture
def refused(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_once: Callable[..., None]
) -> Callable[[str, Path | str], str]:
    """Runs the command with that output; returns its one line. Nothing may have been begun or written by then."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "ask", lambda *_: pytest.fail("the work has begun"))
    made_once("mine", lambda: sweep("submit", "--grid", "demo", "--name", "mine"))
    (tmp_path / "net.pt").touch()

    def run(command: str, output: Path | str) -> str:
        before = sorted(tmp_path.glob("*"))
        ran = sweep(*(word.format(output, here="net.pt") for word in command.split()))
        assert ran.code == 2 and sorted(tmp_path.glob("*")) == before, ran.err
        return str(ran.complaint)

    return run


@pytest.mark.parametrize("command", FILES.values())
def test_files(refused: Callable[[str, Path | str], str], tmp_path: Path, command: str) -> None:
    ending = command.partition("{}.")[2].partition(" ")[0]
    assert refused(command, "no/x").endswith("its folder does not exist; make it first: mkdir -p no")
    assert refused(command, "net.pt/x").endswith("cannot be written: net.pt is no folder; give another one")
    (tmp_path / f"folder.{ending}").mkdir()
    assert refused(command, "folder").endswith("is a folder; give a file")
    os.mkfifo(tmp_path / f"pipe.{ending}")
    assert refused(command, "pipe").endswith("is no file, but a device or a pipe; give a file")
    assert refused(command, "n" * 300).endswith("cannot be written: File name too long")
    if sys.platform == "linux":
        assert "its folder takes no files: " in refused(command, "/proc/x")


def test_no_file_is_written_over_a_stream(refused: Callable[[str, Path | str], str], tmp_path: Path) -> None:
    assert refused("report mine --format csv -o {}", "-").endswith("leave -o out, and the report is printed")
    with (tmp_path / "open").open("w") as file:
        name = Path(f"/proc/self/fd/{file.fileno()}")
        if not name.exists():
            pytest.skip("there are no such names here")
        assert refused("report mine --format csv -o {}", name).endswith(
            "is no file, but a device or a pipe; give a file"
        )


@pytest.mark.parametrize("command", FOLDERS.values())
def test_folders(refused: Callable[[str, Path | str], str], command: str) -> None:
    assert refused(command, "net.pt").endswith("is no folder; give another one")
    assert refused(command, "net.pt/x").endswith("net.pt is no folder; give another one")
    assert refused(command, "n" * 300).endswith("cannot be written: File name too long")
    if sys.platform == "linux":
        assert "/proc takes no files: " in refused(command, "/proc/x")


@pytest.mark.parametrize(("command", "room"), [(FILES["report", "output"], 33_000), ("deploy compose {}", 100)])
def test_a_full_disk(refused: Callable[[str, Path | str], str], command: str, room: int) -> None:
    with at_most(room):
        assert refused(command, "out").endswith("cannot be written: File too large")


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, file = tmp_path / "link.csv", tmp_path / "there" / "file.csv"
    link.symlink_to("there/file.csv")
    for content in ("first", "second"):
        write_whole(link, content)
        assert link.is_symlink() and file.read_text() == content
    assert [one.name for one in (tmp_path / "there").iterdir()] == ["file.csv"]
    link.unlink()
    link.symlink_to("nowhere/file.csv")
    with pytest.raises(UserError, match="cannot be written: No such file or directory"):
        write_whole(link, "lost")
    with pytest.raises(UserError, match="its folder takes no files: No such file or directory"):
        check_file(link)
