"""`--json` on every command that can have it, in the shapes that docs/commands.md promises."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.orchestrator.cli.app import app
from prunesweep.orchestrator.cli.commands.verify import Finding

Sweep = Callable[..., Any]
DOCUMENT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
WITHOUT = {"attach", "dashboard", "run", "serve", "worker"}
"""They go on until their work is done, and print as they go."""


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    command = getattr(command, "loaded", command)
    children = getattr(command, "commands", None)
    if children is None:
        yield " ".join(path), command
        return
    for name, child in children.items():
        yield from _commands(child, (*path, name))


COMMANDS = dict(_commands(typer.main.get_command(app)))


def _rows() -> Iterator[tuple[str, list[str]]]:
    """(what, keys) of the table under "## JSON"."""
    for line in DOCUMENT.partition("\n## JSON\n")[2].splitlines():
        if line.startswith("| `"):
            what, keys = line.strip("| ").split(" | ")
            yield what, re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)|; with .*", "", keys))


SHAPES = dict(_rows())


def keys(what: str) -> set[str]:
    (found,) = [named for row, named in SHAPES.items() if row == what]
    return set(found)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_json_and_its_shape_is_described(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert ("--json" in options) is (name not in WITHOUT)
    if name not in WITHOUT:
        assert any(f"`{name}`" in row and "each of" not in row for row in SHAPES), name


def test_shapes_of_a_sweep_that_runs(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    def read(*arguments: object) -> Any:
        ran = sweep(*arguments, "--json")
        assert ran.err == "" or arguments[0] in ("submit", "extend", "retry")
        return json.loads(ran.out)

    small = ("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1,2", "--seeds", "0,1")
    assert set(read(*small, "--dry-run")) == keys("`submit --dry-run`")
    assert set(read(*small)) == keys("`submit`")
    grown = read("extend", 1, "--sparsity", "90")
    assert set(grown) == keys("`submit`") and 0 < grown["new"] < grown["stages"]
    assert read("show")["grid"]["sparsity"] == [0.5, 0.9]
    assert set(read("show")) == keys("`show`")
    first, second = due(ledger, "cpu", 2, 0.0)
    for digest in (first, second):
        held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
        assert held is not None
    fail(ledger, second, held.attempt, "the disk is full", "")
    status = read("status")
    assert set(status) == keys("`status`")
    assert set(status["running"][0]) == keys("`status`, each of `running`")
    assert set(status["failed"][0]) == keys("`status`, each of `failed`")
    log = read("logs", first)
    assert set(log) == keys("`logs`")
    assert set(log["attempts"][0]) == keys("`logs`, each of `attempts`")
    assert set(read("list")[0]) == keys("`list`")
    assert set(read("retry")) == keys("`retry`")
    assert set(read("cancel", 1)) == keys("`cancel`")


def test_shapes_of_a_sweep_that_has_ended(
    sweep: Sweep, ledger: Engine, work: Callable[..., int], tmp_path: Path
) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1,2", "--iterations", "2", "--seeds", "0,1")
    work()

    def read(*arguments: object) -> Any:
        return json.loads(sweep(*arguments, "--json").out)

    assert set(read("report")[0]) == {field.name for field in fields(ReportRow)} | {"layers"}
    compared = read("compare", ":algorithm=oneshot", ":algorithm=iterative")
    assert set(compared) == keys("`compare`")
    assert set(compared["comparisons"][0]) == keys("`compare` and `verdict`, each of `comparisons`")
    assert set(read("verdict")) == keys("`verdict`")
    audit = read("audit")
    assert set(audit) == keys("`audit`")
    assert set(audit["items"][0]) == keys("`audit`, each of `items`")
    assert set(read("gc", "--dry-run")) == keys("`gc`")
    assert set(read("db", "upgrade")) == keys("`db upgrade`")
    assert set(read("sink", "tensorboard", "--to", tmp_path)) == keys("`sink mlflow`, `sink tensorboard`")
    assert set(read("status", "--watch")) == keys("`status`")


def test_shapes_of_what_torch_finds() -> None:
    from prunesweep.core.jobs.answers import BenchResult, FileResult

    for what, shape in (
        ("`evaluate`", FileResult),
        ("`bench`", BenchResult),
        ("`verify`, each of `findings`", Finding),
    ):
        assert {field.name for field in fields(shape)} == keys(what), what


def test_watch_with_json_waits(sweep: Sweep, ledger: Engine) -> None:
    import threading

    sweep("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1", "--iterations", "2")
    (digest,) = due(ledger, "cpu", 1, 0.0)
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    timer = threading.Timer(0.5, fail, (ledger, digest, held.attempt, "the disk is full", ""))
    timer.start()
    ran = sweep("status", "--watch", "--json")
    timer.join()
    assert (ran.code, json.loads(ran.out)["state"], ran.err) == (1, "ended with failures", "")
