"""Pages whose blocks are marked `<!-- runs -->`: typed line by line, as a reader would, with a real worker.

`sweep run` and `sweep find` are programs of their own; the other commands run in this process, which imports torch
once for all.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
import torch

import prunesweep
from prunesweep.orchestrator.cli.app import main
from tests.docs.commandline import PAGES, Block, blocks, words_of
from tests.support.digits import put_digits
from tests.support.jobs import answer_here

SWEEP = [sys.executable, "-m", "prunesweep.orchestrator.cli.app"]
MARKED = {page.name: found for page in PAGES if (found := [block for block in blocks(page) if block.runs])}


def _smaller(words: list[str]) -> list[str]:
    """The command with a narrower network and no latencies beside those of `evaluate`: what a page promises does not
    depend on them."""
    narrow = ["--width", "2"] if words[1] in ("run", "submit") and "--grid" in words else []
    unmeasured = ["--bench-device", "none"] if words[1] == "run" and "--bench-device" not in words else []
    return [*words, *narrow, *unmeasured]


class Reader:
    """Types what a page says, in a folder of their own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        root = str(Path(__file__).parents[2])
        ours = {"SWEEP_HOME": str(home), "SWEEP_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": root}
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("SWEEP_", "REDIS_"))} | ours

    def read(self, block: Block) -> str:
        """What a block's commands print; a block with a file is saved under that name."""
        if block.file:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
            return ""
        return "".join(self.type(line) for line in block.commands())

    def type(self, line: str) -> str:
        variables, words = words_of(line)
        if words[0] == "export":
            self.environment |= dict(word.split("=", 1) for word in words[1:])
            return ""
        assert words[0] == "sweep", f"only sweep is run: {line}"
        words = _smaller(words)
        environment = self.environment | variables
        if words[1] in ("run", "find"):
            ran = subprocess.run([*SWEEP, *words[1:]], cwd=self.folder, env=environment, capture_output=True, text=True)
            assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
            return ran.stdout
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, environment, clear=True),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main(words[1:])
        assert code == 0, f"{line}\n{out.getvalue()}{err.getvalue()}"
        return out.getvalue()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all pages, so that equal work is done once."""
    home = tmp_path_factory.mktemp("home")
    put_digits(home)
    return home


@pytest.fixture
def reader(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    answer_here(monkeypatch)
    yield Reader(tmp_path, home)


def test_these_pages_are_run() -> None:
    assert MARKED.keys() == {"find.md", "first-sweep.md", "own-algorithm.md", "own-network.md"}


@pytest.mark.slow
def test_the_first_sweep(reader: Reader) -> None:
    told = "".join(reader.read(block) for block in MARKED["first-sweep.md"])
    assert "first: 4 of 4 cells done" in told
    assert (reader.folder / "first.csv").read_text().count("\n") == 5
    assert (reader.folder / "first.html").read_text().startswith("<!doctype html>")
    assert len(list((reader.folder / "models").glob("*.pt"))) == 5
    assert told.rstrip().endswith("dry run: nothing was written")


@pytest.mark.slow
def test_a_search_that_is_killed_and_asked_for_again(reader: Reader) -> None:
    (block,) = MARKED["find.md"]
    words = words_of(next(block.commands()))[1]
    with subprocess.Popen(
        [*SWEEP, *words[1:]], cwd=reader.folder, env=reader.environment, stdout=subprocess.PIPE, text=True
    ) as search:
        assert search.stdout is not None
        assert any(line.startswith("tried ") for line in search.stdout), "it ended without a trial"
        search.kill()
    told = reader.read(block)
    assert "recommended: " in told and "read once" in told
    assert {file.suffix for file in (reader.folder / "small").iterdir()} == {".pt", ".packed", ".md"}
    (best,) = json.loads(reader.type("sweep report small-best --format json"))
    trials = json.loads(reader.type("sweep report small --format json"))
    assert best["state"] == "DONE" and best["top1"] is not None and best["latency_speedup"] is None
    assert all(row["top1"] is None and row["top1_val"] is not None and row["macs"] for row in trials)
    chosen = next(row for row in trials if row["digest"] == best["digest"])
    assert chosen["macs"] == best["macs"] and chosen["nonzero"] == best["nonzero"], "counted alike without the test set"
    logs = json.loads(reader.type("sweep status small --json"))
    assert logs["counts"]["DONE"] == sum(logs["counts"].values())


@pytest.mark.slow
def test_an_algorithm_of_ones_own(reader: Reader) -> None:
    told = "".join(reader.read(block) for block in MARKED["own-algorithm.md"])
    assert "mine: 2 of 2 cells done" in told
    rows = {row["algorithm"]: row for row in json.loads(reader.type("sweep report mine --format json"))}
    assert rows["fisher"]["nonzero"] == rows["oneshot"]["nonzero"]
    assert rows["fisher"]["layers"] != rows["oneshot"]["layers"], "it chose other weights"
    same = "sweep submit --grid mine.toml --bench-device none --json --name "
    assert json.loads(reader.type(same + "same"))["new"] == 0
    with (reader.folder / "scores" / "fisher.py").open("a") as file:
        file.write("# another character\n")
    assert json.loads(reader.type(same + "other"))["new"] == 2, "its pruning and evaluation; the rest is shared"


@pytest.mark.slow
def test_from_model_pt_to_a_smaller_and_faster_file_in_five_commands(reader: Reader) -> None:
    model = prunesweep.build_model("resnet20", width=8, classes=10)
    torch.save(
        {"epoch": 3, "model": {f"module.{name}": tensor for name, tensor in model.state_dict().items()}},
        reader.folder / "model.pt",
    )
    (block,) = MARKED["own-network.md"]
    commands = list(block.commands())
    assert len(commands) == 5
    told = [reader.type(command) for command in commands]
    sizes = {file.name: file.stat().st_size for file in (reader.folder / "out").iterdir()}
    assert sizes["resnet20_prune_90perc_oneshot1.packed"] < 0.4 * (reader.folder / "model.pt").stat().st_size
    assert (reader.folder / "tiny.html").read_text().startswith("<!doctype html>")
    row = next(line for line in told[-1].splitlines() if "_prune_" in line or "oneshot1" in line)
    assert "90.00" in row and "reference" in told[-1]
