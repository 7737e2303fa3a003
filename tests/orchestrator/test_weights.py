"""Sweeps that begin with given weights, from a file to a smaller one; the stages run in this process."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import Engine

from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.importing import hub
from prunesweep.core.ledger.queries.lookup import cell_artifacts
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.outcome import complete, crash
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.settings import load_settings
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.models import build_model
from prunesweep.core.training.vision import import_torchvision
from prunesweep.orchestrator.audit.spread import seeds
from prunesweep.orchestrator.audit.subject import read_subject
from prunesweep.orchestrator.report.html.sentences import verdict
from prunesweep.orchestrator.report.summary import dense_spread
from prunesweep.worker.protocol import Request
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.stages import run_stage
from tests.support.digits import put_digits
from tests.support.few_images import FewImages
from tests.support.jobs import answer_here

Sweep = Callable[..., Any]
Work = Callable[[], list[str]]
GRID = ("--model", "resnet18", "--width", "2", "--dataset", "digits", "--epochs", "1", "--bench-device", "none")


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that read weights and export are called, not started: starting torch takes seconds."""
    answer_here(monkeypatch)


class FewToLearn(FewImages):
    """Tests on all images: what a report says of a network is compared with the network."""

    def split(self, ref: DatasetRef, name: str) -> Split:
        return TrainerContext.split(self, ref, name) if name == "test" else super().split(ref, name)


@pytest.fixture
def trained(home: Path, ledger: Engine) -> Iterator[Work]:
    """Runs whatever is ready, as a worker would; what failed, in words."""
    settings = load_settings()
    put_digits(home)
    store = ArtifactStore.open("", settings.home)
    bench = FewToLearn(torch.device("cpu"), settings, store, lambda event: None, cores=1)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def work() -> list[str]:
        failed = []
        while ready := due(ledger, "cpu", 500, 0.0):
            for digest in ready:
                held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
                assert held is not None
                try:
                    done = run_stage(bench, Request(digest, held.attempt, held.spec, held.inputs, ""))
                except StageError as error:
                    failed.append(str(error))
                    crash(ledger, digest, held.attempt, str(error), "", 1, 0.0)
                    continue
                names = ("artifact", "artifact_bytes", "train_seconds", "summary", "result", "ran")
                complete(ledger, digest, held.attempt, log="", **{name: getattr(done, name) for name in names})
        return failed

    yield work
    torch.set_num_threads(threads)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A checkpoint of somebody's training script."""
    network = build_model(ModelRef("resnet18", 2, 10), seed=3).state_dict()
    state = {f"module.{name}": tensor for name, tensor in network.items()}
    file = tmp_path / "somewhere" / "theirs.pth"
    file.parent.mkdir()
    torch.save({"state_dict": state, "epoch": 90}, file)
    return file


def test_from_a_file_to_smaller_ones(
    sweep: Sweep, trained: Work, ledger: Engine, theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = (*GRID, "--sparsity", "50", "--algorithm", "oneshot,iterative", "--iterations", "2", "--seeds", "0,1")
    ran = sweep("submit", "--weights", theirs, *grid, "--name", "mine")
    assert ran.code == 0, ran.err
    assert "note: theirs.pth: unwrapped 'state_dict'" in ran.err and "ignored epoch" in ran.err
    # 1 import, 2 × (1 + 2) rounds, 1 + 4 evaluations: the dense network is one for both seeds.
    assert "4 cells, 12 stages (12 new" in ran.out
    store = ArtifactStore.open("", load_settings().home)
    assert "removed 0 objects" in sweep("gc", "--older-than", "0").out, "a waiting import holds what was uploaded"
    assert trained() == [] and not violations(ledger)

    found = find_sweep(ledger, "mine")
    assert found.grid["weights"] == "theirs.pth", "no folder of a person's"
    rows = report_rows(ledger, found.id)
    dense = build_model(ModelRef("resnet18", 2, 10), seed=3).state_dict()
    made = unpack(store.get(str(cell_artifacts(ledger, found.id)[0].dense_artifact)))
    assert all(torch.equal(made.weights[name], tensor) for name, tensor in dense.items())
    assert {row.weights for row in rows} == {"theirs.pth"} and len({row.dense_digest for row in rows}) == 1
    assert {row.sparsity_achieved for row in rows} == {0.5} and all(row.ran_torch for row in rows)
    spread = dense_spread(rows)
    assert spread is not None and (spread.n, spread.sd) == (1, None)
    shown = sweep("report", "mine").out
    assert "dense network imported from theirs.pth (tensors SHA-256 " in shown and "no spread (n = 1)" in shown
    assert any("dense network, as imported, reaches" in line for line in verdict(rows))
    outcome = seeds(read_subject(ledger, found))
    assert outcome.status == "fail", "two seeds are few"
    assert "dense network imported from theirs.pth" in sweep("audit", "mine", "--json").out.replace("\\n", " ")

    # The same tensors, saved otherwise under another name: the same work, and the report names the later file.
    other = tmp_path / "renamed.pt"
    torch.save(dict(dense), other)
    again = sweep("submit", "--weights", other, *grid, "--name", "mine")
    assert "0 new, 12 done already" in again.out
    assert report_rows(ledger, found.id)[0].weights == "renamed.pt"

    out = tmp_path / "out"
    for form in ("torch", "packed", "onnx"):
        assert sweep("export", "mine", out, "--format", form, "--names", "digest").code == 0
    row = rows[2]
    card = (out / f"{row.digest}.md").read_text()
    assert "| import |" in card and "| weights imported from | renamed.pt |" in card
    assert "(width 2), imported from renamed.pt, trained further on digits and pruned to 50 % zeros" in card
    for ending in (".pt", ".packed", ".onnx"):
        code = card.partition(f"`{row.digest}{ending}`:")[2].partition("```python\n")[2].partition("```")[0]
        assert _top1(code, out, monkeypatch) == pytest.approx(row.top1, abs=1 / 355)
    dense_card = (out / f"{row.dense_digest}.md").read_text()
    assert "none: dense, as imported" in dense_card and "imported from renamed.pt, tested on digits" in dense_card


def _top1(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """Test accuracy of the network that a card's own code makes."""
    from prunesweep.core.plan.datasets import parse_dataset
    from prunesweep.core.training.datasets import load_dataset

    split = load_dataset(parse_dataset("digits"), load_settings().data, "test")
    images = split.images.float() / 255
    images = ((images - split.mean[:, None, None]) / split.std[:, None, None]).contiguous()
    names: dict[str, Any] = {"images": images.numpy()}
    monkeypatch.chdir(folder)
    exec(code, names)
    if "logits" in names:
        logits = torch.as_tensor(names["logits"])
    else:
        network = names["network"].eval()
        with torch.no_grad():
            logits = network(images)
    return float((logits.argmax(1) == split.labels).float().mean())


def test_trained_further_first_and_masks_of_its_own(
    sweep: Sweep, trained: Work, ledger: Engine, theirs: Path, tmp_path: Path
) -> None:
    network = build_model(ModelRef("resnet18", 2, 10), seed=3)
    state = dict(network.state_dict())
    for name, weight in prunable(network):
        keep = weight.detach().abs() > weight.detach().abs().median()
        state[f"{name}_orig"], state[f"{name}_mask"] = state.pop(name), keep.float()
    file = tmp_path / "pruned.pt"
    torch.save(state, file)
    low = sweep("submit", "--weights", file, *GRID, "--algorithm", "oneshot", "--sparsity", "40")
    assert low.code == 2 and "the weights' own masks have " in low.err and "give higher sparsities" in low.err
    ran = sweep(
        "submit", "--weights", file, *GRID, "--algorithm", "oneshot,weight-rewind", "--iterations", "1",
        "--sparsity", "80", "--dense-epochs", "1", "--seeds", "0,1", "--name", "more",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert "4 cells, 13 stages" in ran.out, "an import; for each seed a training, two rounds, three evaluations"
    assert trained() == []
    rows = report_rows(ledger, find_sweep(ledger, "more").id)
    spread = dense_spread(rows)
    assert spread is not None and spread.n == 2, "trained further from two seeds, they are two networks"
    store = ArtifactStore.open("", load_settings().home)
    for cell in cell_artifacts(ledger, find_sweep(ledger, "more").id):
        dense, pruned = (unpack(store.get(str(name))) for name in (cell.dense_artifact, cell.artifact))
        for name, mask in dense.masks.items():
            assert torch.equal(mask, state[f"{name}_mask"].bool()), "training keeps the masks that it was given"
            assert not (pruned.masks[name] & ~mask).any()


def test_a_lost_or_damaged_import_says_to_submit_again(
    sweep: Sweep, trained: Work, ledger: Engine, theirs: Path
) -> None:
    grid = ("submit", "--weights", theirs, *GRID, "--sparsity", "50", "--algorithm", "oneshot", "--name", "mine")
    assert sweep(*grid).code == 0
    store = ArtifactStore.open("", load_settings().home)
    [name] = [file.name for file in (load_settings().home / "artifacts" / "sha256").rglob("*") if file.is_file()]
    store.delete(name)
    [failed] = trained()
    assert failed.startswith("artifact ") and failed.endswith("submit the sweep again with its --weights")
    assert sweep(*grid).code == 0 and trained() == [], "which helps"
    assert "all well" in sweep("verify").out
    store.delete(name)
    for option in ((), ("--repair",)):
        looked = sweep("verify", *option)
        assert looked.code == 1
        assert "imported weights cannot be made again by running: submit the sweep again" in looked.out
        assert "run them again" not in looked.out and "runs again" not in looked.out
    assert sweep(*grid).code == 0
    assert "all well" in sweep("verify").out


def test_what_cannot_begin_with_given_weights_is_refused(
    sweep: Sweep, home: Path, theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*options: object, weights: object = theirs, grid: tuple[str, ...] = GRID) -> str:
        ran = sweep("submit", "--weights", weights, "--sparsity", "50", "--algorithm", "oneshot", *grid, *options)
        assert ran.code == 2
        assert not (home / "artifacts").exists() and not list(home.glob("*.db"))
        return str(ran.complaint)

    assert "algorithm 'snip': prunes before training" in refused("--algorithm", "snip")
    assert "goes back to early epochs of the training that made the weights" in refused("--algorithm", "lottery")
    assert "give --dense-epochs" in refused("--algorithm", "lr-rewind")
    assert "give --dense-epochs" in refused("--algorithm", "weight-rewind")
    assert "weights 'none.pt': no such file" in refused(weights="none.pt")
    wide = refused("--width", "4")
    assert wide.startswith(f"sweep: weights '{theirs}': ") and "the file's width is 2: give --width 2" in wide
    assert "std: give --mean and --std together" in refused("--mean", "0.5,0.5,0.5")
    assert "std '0,1,1': give three numbers from above 0 to 1" in refused("--mean", "0.5,0.5,0.5", "--std", "0,1,1")
    assert "the file has 10 classes: give a dataset of as many" in refused("--dataset", "cifar100")
    assert "give --weights, and --dense-epochs to train it" in refused("--head", "new")
    assert "head 'other': unknown" in refused("--head", "other")
    assert "is no weights of torchvision; e.g. ResNet18" in refused(weights="torchvision:Nothing")
    nothing = sweep("submit", *GRID, "--dense-epochs", "0", "--sparsity", "50")
    assert nothing.code == 2 and "0 is for given --weights" in nothing.complaint
    toml = tmp_path / "grid.toml"
    toml.write_text(f'weights = "{theirs}"\ndense_epochs = 0\nsparsity = [50]\nalgorithm = ["oneshot"]\n')
    ran = sweep("submit", "--grid", toml, *GRID, "--dry-run")
    assert ran.code == 0, ran.err
    new = ("--dataset", "cifar100", "--head", "new", "--dense-epochs", "1")
    ran = sweep("submit", "--grid", toml, *GRID, *new, "--dry-run")
    assert ran.code == 0, ran.err
    assert "replaced fc.weight 10×16 by an initial one of 100×16 (--head new), to be trained" in ran.err
    assert not (home / "artifacts").exists(), "a dry run stores nothing"


def test_what_lies_beside_the_file_says_how_its_images_were_prepared(
    sweep: Sweep, ledger: Engine, theirs: Path
) -> None:
    config = {"pretrained_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.1], "input_size": [3, 224, 224]}}
    (theirs.parent / "config.json").write_text(json.dumps(config))
    grid = ("--weights", theirs, *GRID, "--sparsity", "50", "--algorithm", "oneshot")
    ran = sweep("submit", *grid, "--name", "beside")
    assert "theirs.pth: images are normalised as config.json says, mean 0.5,0.4,0.3, std 0.2,0.2,0.1" in ran.err
    assert "resized" not in ran.err, "these images have one size"
    found = find_sweep(ledger, "beside").grid
    assert (found["mean"], found["std"], found["image_size"]) == ("0.5,0.4,0.3", "0.2,0.2,0.1", 0)
    ran = sweep("submit", *grid, "--mean", "0.1,0.1,0.1", "--std", "0.3,0.3,0.3", "--name", "own")
    assert "as config.json says" not in ran.err and find_sweep(ledger, "own").grid["mean"] == "0.1,0.1,0.1"


def test_published_weights_bring_their_normalisation(
    sweep: Sweep, ledger: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    torchvision = import_torchvision()
    from torchvision.models import ResNet18_Weights

    state = build_model(ModelRef("resnet18", 2, 10), seed=1).state_dict()
    torch.save(dict(state), tmp_path / "published-00000000.pth")
    url = (tmp_path / "published-00000000.pth").as_uri()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "hub"))

    def local(self: Any, *args: Any, **options: Any) -> Any:
        assert options["weights_only"] and options["check_hash"]
        return torch.hub.load_state_dict_from_url(url, progress=False, weights_only=True)

    monkeypatch.setattr(ResNet18_Weights, "get_state_dict", local)
    name = "torchvision:ResNet18_Weights.IMAGENET1K_V1"
    ran = sweep("submit", "--weights", name, *GRID, "--sparsity", "50", "--algorithm", "oneshot", "--name", "pub")
    assert ran.code == 0, ran.err
    assert "images are normalised as it was trained, mean 0.485,0.456,0.406, std 0.229,0.224,0.225" in ran.err
    grid = find_sweep(ledger, "pub").grid
    assert (grid["weights"], grid["mean"]) == (name, "0.485,0.456,0.406")

    def away(self: Any, *args: Any, **options: Any) -> Any:
        raise OSError("no route to host")

    monkeypatch.setattr(ResNet18_Weights, "get_state_dict", away)
    ran = sweep("submit", "--weights", name, *GRID, "--sparsity", "50")
    assert ran.code == 2
    assert "cannot be downloaded (no route to host); try again when the network is there, or download" in ran.complaint
    with pytest.raises(UserError, match="is no weights of torchvision"):
        hub.download("torchvision:ResNet18_Weights.NOTHING")
    assert torchvision is not None and os.environ["TORCH_HOME"]
