"""What `sweep export` writes beside the networks: the cards, from the ledger alone. Networks are made up."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

import prunesweep
from prunesweep.core.errors import UserError
from prunesweep.core.extras import install
from prunesweep.core.images.preprocessing import beside
from prunesweep.core.jobs.answers import ExportedFile
from prunesweep.core.jobs.programs import Program
from prunesweep.core.jobs.requests import Export
from prunesweep.core.ledger.db.schema import cells
from prunesweep.core.ledger.queries.lookup import CellArtifacts
from prunesweep.core.plan.cells import Cell
from prunesweep.orchestrator.export.files import ExportOptions, named_files

Sweep = Callable[..., Any]
Work = Callable[..., int]
NAMES = [
    "resnet18.pt",
    "resnet18_prune_90perc_oneshot1.pt",
    "resnet18_prune_90perc_iterative1_2.pt",
    "resnet18_prune_90perc_iterative1_3.pt",
]


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The torch side writes files without a network in them."""

    def ask(program: Program[Export, Any], request: Export) -> Iterator[ExportedFile]:
        assert program.module == "prunesweep.core.jobs.export"
        for file in request.files:
            Path(file.path).write_bytes(b"a network")
            yield ExportedFile(file.path, 9)

    monkeypatch.setattr("prunesweep.orchestrator.export.files.ask", ask)


@pytest.fixture
def mine(sweep: Sweep, work: Work, made_up: None) -> str:
    """A finished sweep of three cells."""
    assert sweep("submit", "--grid", "demo", "--sparsity", "90", "--epochs", "1", "--name", "mine").code == 0
    work()
    return "mine"


def test_a_card_stands_beside_every_file(sweep: Sweep, mine: str, tmp_path: Path) -> None:
    written = json.loads(sweep("export", mine, tmp_path / "out", "--json").out)
    assert [Path(file["path"]).name for file in written] == NAMES
    assert [Path(file["card"]).name for file in written] == [name.replace(".pt", ".md") for name in NAMES]
    assert len(list((tmp_path / "out").iterdir())) == 2 * len(NAMES)
    row = prunesweep.results(mine)[1]
    card = (tmp_path / "out" / NAMES[2].replace(".pt", ".md")).read_text()
    for line in (
        "| dataset | digits |",
        "| network | resnet18, width 16 |",
        "| algorithm | iterative |",
        "| sparsity asked | 90 % |",
        "| sparsity got | 90.00 % (zeros among prunable weights, counted) |",
        "| epochs a round | 1 |",
        "| rounds | 2 |",
        "| seed | 0 |",
        "| top-1, dense before pruning | 95.00 % |",
        "| top-1, right after the last pruning | 50.00 % |",
        "| top-1, after recovery | 90.00 % |",
        "| weights left | 69,906 of 699,056 prunable ones |",
        "| parameters left | 71,916 of 701,066, biases and batch-norm too |",
        "| compression | 10.0× of the prunable weights, 9.7× of all parameters |",
        "| multiply-adds an image | 1,000,000 of 8,000,000 |",
        "| this network | 1.230 ms a pass, torch 1 fp32 |",
        "| dense network, fastest dense engine | 1.250 ms a pass, onnxruntime 1 |",
        "| speed-up | no speed-up; 99 % interval 0.98× to 1.05× |",
        "| speed-up by the zeros alone | 1.50×; 99 % interval 1.40× to 1.60×; the dense network in the same code |",
        "| code that ran | own |",
        "| processor | a processor |",
        "| CPU threads | 1 |",
        "| fc.weight | 10 | 100 | 90.00 % | 10 | 100 |",
        "| optimizer | sgd | sgd |",
        f"| stage (SHA-256 of its plan) | {row['digest']} |",
        f"| artifact (SHA-256 of the checkpoint) | {row['artifact']} |",
    ):
        assert line in card.splitlines()
    assert len([line for line in card.splitlines() if line.startswith(("| train", "| prune "))]) == 3
    code = card.partition("```python\n")[2].partition("```")[0]
    assert NAMES[2] in code
    assert "build_model('resnet18', width=16, classes=10, weights=weights)" in code
    compile(code, "card", "exec")


def test_a_card_tells_the_layer_rules(sweep: Sweep, work: Work, made_up: None, tmp_path: Path) -> None:
    rules = "first=dense,shortcuts=exempt,fc.weight=50%"
    grid = ("--grid", "demo", "--algorithm", "iterative", "--sparsity", "90", "--epochs", "1", "--layers", rules)
    sweep("submit", *grid, "--mean", "0.5,0.4,0.3", "--std", "0.25,0.25,0.2")
    work()
    sweep("export", "1", tmp_path)
    card = (tmp_path / NAMES[2].replace(".pt", ".md")).read_text()
    assert "pruned to 90 % zeros outside the exempt layers by iterative." in card, "less than 90 % of all"
    assert "| stage | zeros asked outside the exempt layers | score |" in card
    assert "| layer rules | fc.weight=0.5, first=dense, shortcuts=exempt |" in card.splitlines()
    assert "| without the exempt layers | 90.00 %, 69,906 of 699,056 weights left: what was asked for |" in card
    assert "| fc.weight | 10 | 100 | 90.00 % | 10 | 100 | 0.5 |" in card.splitlines()
    assert "exempt" not in (tmp_path / "resnet18.md").read_text()
    said = beside(tmp_path / NAMES[2])
    assert said is not None and (said.mean, said.std) == ("0.5,0.4,0.3", "0.25,0.25,0.2"), "cards are read again"


def test_the_dense_network_s_card_speaks_of_no_pruning(sweep: Sweep, mine: str, tmp_path: Path) -> None:
    sweep("export", mine, tmp_path)
    card = (tmp_path / "resnet18.md").read_text()
    assert "| algorithm | none: dense |" in card
    assert "| top-1, dense before pruning | 95.00 % |" in card
    for word in ("sparsity asked", "after recovery", "Measured latency", "| prune 1"):
        assert word not in card


def test_no_cards_when_none_are_wanted(sweep: Sweep, mine: str, tmp_path: Path) -> None:
    written = json.loads(sweep("export", mine, tmp_path / "out", "--no-cards", "--json").out)
    assert "card" not in written[0]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("imported", [False, True])
def test_several_seeds_are_in_the_names(imported: bool, tmp_path: Path) -> None:
    dense = {seed: "w" if imported else f"w{seed}" for seed in (1, 2)}
    found = [
        CellArtifacts(Cell("oneshot", 0.9, 1, 1, seed), "resnet18", f"d{seed}", f"a{seed}", "e", dense[seed])
        for seed in (1, 2)
    ]
    names = [path.name for path in named_files(found, tmp_path, ExportOptions())]
    first = ["resnet18.pt"] if imported else ["resnet18_seed1.pt", "resnet18_seed2.pt"]
    assert names == [*first, *(f"resnet18_prune_90perc_oneshot1_seed{seed}.pt" for seed in (1, 2))]
    assert [path.name for path in named_files(found[:1], tmp_path, ExportOptions())][-1] == NAMES[1]


def test_a_second_format_shares_the_card_and_another_network_does_not(
    sweep: Sweep, mine: str, work: Work, tmp_path: Path
) -> None:
    assert sweep("export", mine, tmp_path / "out").code == 0
    assert sweep("export", mine, tmp_path / "out", "--format", "safetensors").code == 0
    card = (tmp_path / "out" / "resnet18.md").read_text()
    assert "\n`resnet18.pt`:\n" in card
    assert "\n`resnet18.safetensors`:\n" in card
    assert len(list((tmp_path / "out").iterdir())) == 3 * len(NAMES)

    sweep("submit", "--grid", "demo", "--sparsity", "90", "--epochs", "1", "--seeds", "1", "--name", "other")
    work()
    refused = sweep("export", "other", tmp_path / "out", "--format", "packed")
    assert refused.code == 2
    assert refused.complaint.endswith("resnet18.md': is there already (and 3 more); add --force to replace")
    assert (tmp_path / "out" / "resnet18.md").read_text() == card
    assert sweep("export", "other", tmp_path / "out", "--format", "packed", "--no-cards").code == 0
    assert (tmp_path / "out" / "resnet18.md").read_text() == card
    assert sweep("export", "other", tmp_path / "out", "--format", "packed", "--force").code == 0
    assert "resnet18.pt" not in (tmp_path / "out" / "resnet18.md").read_text()
    assert sweep("export", mine, tmp_path / "out", "--format", "packed", "--force", "--no-cards").code == 0
    assert not (tmp_path / "out" / "resnet18.md").exists(), "it spoke of the other network"


def test_a_ledger_s_words_are_words_in_a_card(sweep: Sweep, mine: str, ledger: Engine, tmp_path: Path) -> None:
    with ledger.begin() as connection:
        connection.execute(update(cells).values(algorithm="a|b\n<script>\x1b[2J`"))
    sweep("export", mine, tmp_path, "--names", "digest")
    for card in tmp_path.glob("*.md"):
        text = card.read_text()
        assert "<script>" not in text.replace("\\<", "")
        assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_onnx_without_its_packages_is_refused_before_anything_is_written(
    sweep: Sweep, mine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == package else real(name))
    ran = sweep("export", mine, tmp_path / "out", "--format", "onnx")
    assert ran.code == 2
    assert ran.complaint == f"sweep: format 'onnx': needs {package}: {install('bench')}"
    assert not (tmp_path / "out").exists()


def test_the_python_api_exports_the_same(mine: str, tmp_path: Path) -> None:
    files = prunesweep.export(mine, tmp_path / "out", cards=False)
    assert [file.name for file in files] == NAMES
    with pytest.raises(UserError, match="add --force"):
        prunesweep.export(mine, tmp_path / "out", cards=False)
    assert prunesweep.export(mine, tmp_path / "out", force=True) == files
    assert (tmp_path / "out" / "resnet18.md").exists()
    with pytest.raises(UserError, match="format 'tflite'"):
        prunesweep.export(mine, tmp_path, format="tflite")
