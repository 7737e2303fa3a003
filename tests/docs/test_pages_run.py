"""Pages whose blocks are marked `<!-- runs -->`: typed line by line, as a reader would, with real trainings.

All in this process, which imports torch once for all. `sweep run` with a worker of its own is the subject of
tests/orchestrator/test_run.py; `sweep find` is a program of its own.
"""

import contextlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import prunesweep
from prunesweep.core.measure import interleaved, latency
from prunesweep.core.pruning.masks import prunable
from tests.docs.commandline import PAGES, Block, blocks, words_of
from tests.support.command_here import command_here
from tests.support.digits import put_digits
from tests.support.examples import THOROUGH
from tests.support.one_thread import one_thread
from tests.support.worker_here import WorkerHere

__all__ = ["one_thread"]
SWEEP = [sys.executable, "-m", "prunesweep.orchestrator.cli.app"]
MARKED = {page.name: found for page in PAGES if (found := [block for block in blocks(page) if block.runs])}


def _smaller(words: list[str]) -> list[str]:
    """The command with a narrower network and no latencies beside those of `evaluate`: what a page promises does not
    depend on them."""
    narrow = ["--width", "2"] if words[1] in ("run", "submit") and "--grid" in words else []
    unmeasured = ["--bench-device", "none"] if words[1] == "run" and "--bench-device" not in words else []
    once = ["--width", "2", "--dense-epochs", "2", "--seeds", "0"] if words[1] == "find" else []
    return [*words, *narrow, *unmeasured, *once]


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
        if words[1] == "find":
            environment = self.environment | variables
            ran = subprocess.run([*SWEEP, *words[1:]], cwd=self.folder, env=environment, capture_output=True, text=True)
            assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
            return ran.stdout
        ended = command_here(words[1:], self.environment | variables, self.folder)
        assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"
        return ended.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all pages, so that equal work is done once."""
    home = tmp_path_factory.mktemp("home")
    put_digits(home)
    return home


@pytest.fixture
def reader(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setattr("prunesweep.orchestrator.run.local_run.LocalWorker", WorkerHere)
    yield Reader(tmp_path, home)


def test_these_pages_are_run() -> None:
    assert MARKED.keys() == {
        *("channels.md", "find.md", "first-sweep.md", "int8.md", "own-algorithm.md", "own-network.md"),
        "sensitivity.md",
    }


@pytest.mark.slow
def test_the_first_sweep(reader: Reader) -> None:
    told = "".join(reader.read(block) for block in MARKED["first-sweep.md"])
    assert "first: 4 of 4 cells done" in told
    assert (reader.folder / "first.csv").read_text().count("\n") == 5
    assert (reader.folder / "first.html").read_text().startswith("<!doctype html>")
    assert len(list((reader.folder / "models").glob("*.pt"))) == 5
    assert told.rstrip().endswith("dry run: nothing was written")


@pytest.mark.slow
def test_layer_rules_from_what_each_layer_tolerates(reader: Reader) -> None:
    told = "".join(reader.read(block) for block in MARKED["sensitivity.md"])
    assert "144 validation images of digits" in told and "[layers]" in told
    rules = tomllib.loads((reader.folder / "layers.toml").read_text())
    assert 0 < rules["sparsity"][0] < 0.9 and len(rules["layers"]) == 20
    assert told.rstrip().endswith("dry run: nothing was written")


@pytest.mark.slow
def test_dense_and_pruned_in_int8(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "BLOCKS", 3)
    monkeypatch.setattr(interleaved, "_BURST_SECONDS", 0.001)
    monkeypatch.setattr(interleaved, "_WARM_SECONDS", 0.001)
    told = "".join(reader.read(block) for block in MARKED["int8.md"])
    assert "over 200 training images; onnxruntime" in told
    table = told.partition("fastest here")[2].splitlines()
    assert ["resnet18.pt" in table[2], "oneshot1" in table[3] or "t1.pt" in table[3]] == [True, True], table


def _killed_at_its_first_trial(reader: Reader, words: list[str]) -> None:
    with subprocess.Popen(
        [*SWEEP, *words[1:]], cwd=reader.folder, env=reader.environment, stdout=subprocess.PIPE, text=True
    ) as search:
        assert search.stdout is not None
        assert any(line.startswith("tried ") for line in search.stdout), "it ended without a trial"
        search.kill()


@pytest.mark.slow
def test_a_search(reader: Reader) -> None:
    """When thorough, one that is killed and asked for again: tests/orchestrator/test_find.py kills searches between any
    two stages, in one process."""
    (block,) = MARKED["find.md"]
    if THOROUGH:
        _killed_at_its_first_trial(reader, _smaller(words_of(next(block.commands()))[1]))
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


@pytest.mark.slow
def test_channels_go_and_the_smaller_file_loads_as_its_card_says(reader: Reader) -> None:
    (block,) = MARKED["channels.md"]
    told = reader.read(block)
    assert "lean: 2 of 2 cells done" in told and "dead channels left out" in told
    rows = {row["algorithm"]: row for row in json.loads(reader.type("sweep report lean --format json"))}
    assert rows["channels"]["nonzero"] >= rows["oneshot"]["nonzero"], "never more zeros than asked"
    card = (reader.folder / "small" / "resnet18_prune_50perc_channels1.md").read_text()
    code = next(part for part in card.split("```python\n") if "smaller=True" in part).partition("```")[0]
    scope: dict[str, Any] = {}
    with contextlib.chdir(reader.folder / "small"):
        exec(code, scope)
    assert sum(weight.numel() for _, weight in prunable(scope["network"])) == rows["channels"]["nonzero"]
