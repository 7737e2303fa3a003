"""One word for one thing, hints where words were mixed up, and refusals before anything is written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.orchestrator.status.total_failure import nothing_made, without_results

Sweep = Callable[..., Any]


def test_rounds_have_one_word_and_the_former_one_is_still_read(sweep: Sweep, tmp_path: Path) -> None:
    ways = [("--rounds", "2"), ("--iterations", "2"), ("--iterations=2",)]
    for place, key in enumerate(("rounds", "iterations")):
        file = tmp_path / f"{place}.toml"
        file.write_text(f'base = "demo"\n{key} = [2]\n')
        ways.append(("--grid", str(file)))
    found = [json.loads(sweep("submit", "--grid", "demo", *way, "-n", "--json").out) for way in ways]
    assert all(one == found[0] for one in found)
    assert "iterations" not in sweep("submit", "--help").out
    both = tmp_path / "both.toml"
    both.write_text("rounds = [2]\niterations = [2]\n")
    assert "give one of the two" in sweep("submit", "--grid", both, "-n").complaint


def test_a_sweep_grows_in_rounds_and_its_file_says_so(sweep: Sweep) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--rounds", "2", "--name", "mine")
    assert sweep("extend", "mine", "--rounds", "3").code == 0
    assert "rounds = [\n    2,\n    3,\n]" in sweep("show", "mine", "--toml").out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "demo"), "a grid is given by --grid: sweep run --grid demo"),
        (("submit", "my.toml"), "a grid is given by --grid: sweep submit --grid my.toml"),
        (("submit", "first"), "the sweep's name by --name: sweep submit --grid demo --name first"),
        (("worker", "mine"), "so it takes no name"),
        (("status", "--name", "mine"), "named without an option: sweep status NAME"),
        (("export", "--sweep", "mine", "x"), "named without an option: sweep export NAME"),
        (("run", "--sweep", "mine"), "the sweep's name is --name, its grid --grid"),
        (("report", "demo"), "demo is a grid; a sweep is made of it by: sweep submit --grid demo"),
        (("submit", "--grid", "mine"), '"mine" is a sweep; its grid as a file: sweep show mine --toml'),
    ],
    ids=" ".join,
)
def test_mixed_up_words_get_a_hint(sweep: Sweep, arguments: tuple[str, ...], hint: str) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    ran = sweep(*arguments)
    assert ran.code == 2
    assert hint in ran.complaint


@pytest.mark.parametrize("group", ["db", "sink"])
def test_a_group_without_a_command_shows_its_help(sweep: Sweep, group: str) -> None:
    ran = sweep(group)
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: sweep {group}" in ran.out


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.XLSX", "x.csv.gz"])
def test_an_unknown_ending_is_refused(sweep: Sweep, tmp_path: Path, name: str) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    ran = sweep("report", "-o", tmp_path / name)
    assert ran.code == 2
    assert "ends in none of .txt, .csv, .json, .md, .html, .htm, .parquet, .tex" in ran.complaint
    assert not list(tmp_path.glob("x*"))


def test_known_endings_in_capitals_and_contradictions(sweep: Sweep, tmp_path: Path) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    assert sweep("report", "-o", tmp_path / "X.CSV").code == 0
    assert (tmp_path / "X.CSV").read_text().startswith("sweep,cell,state,")
    assert sweep("report", "--format", "csv", "-o", tmp_path / "x.dat").code == 0
    assert (
        "a name for the format json, not csv" in sweep("report", "--format", "csv", "-o", tmp_path / "x.json").complaint
    )


def test_list_and_status_agree_on_every_state(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    def states() -> str:
        listed = json.loads(sweep("list", "--json").out)[0]["state"]
        assert json.loads(sweep("status", "--json").out)["state"] == listed
        assert sweep("list").out.splitlines()[2].endswith(listed)
        return str(listed)

    sweep("submit", "--grid", "demo", "--name", "mine")
    assert states() == "waiting"
    digest = due(ledger, "cpu", 1, 0.0)[0]
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    assert states() == "running"
    sweep("cancel", "mine")
    assert states() == "cancelling"
    fail(ledger, digest, held.attempt, "the disk is full", "")
    assert states() == "cancelled"
    sweep("retry", "mine")
    work()
    assert states() == "done"


def test_after_total_failure_there_are_reasons_instead_of_dashes(sweep: Sweep, ledger: Engine) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    digest = due(ledger, "cpu", 1, 0.0)[0]
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    fail(ledger, digest, held.attempt, "the disk is full", "")
    assert nothing_made(report_rows(ledger, 1))
    lines = without_results(sweep_status(ledger, 1), 80)
    assert any(line.endswith("the disk is full") for line in lines)
    assert lines[-1] == "no cell has a result, so there is no report; exit code 1"
    ran = sweep("attach", "mine")
    assert ran.code == 1
    assert ran.out.endswith(f"{lines[-1]}\n")
