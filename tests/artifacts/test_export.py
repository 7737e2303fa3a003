"""Exported files, as others load them."""

import json
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import nn

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack, unpack
from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.jobs import export
from prunesweep.core.jobs.protocol import respond
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model
from prunesweep.core.training.vision import import_torchvision
from tests.support.jobs import answer
from tests.support.small_files import at_most


def test_the_studys_network_loads_an_exported_file_strictly(tmp_path: Path) -> None:
    """The user's side: torchvision's resnet18 with a CIFAR stem and 10 classes, nothing of ours."""
    model = build_model(ModelRef("resnet18", 64, 10), seed=3)
    masks = prune(Subject(model, {}), "magnitude", "global", 0.9)
    apply_masks(model, masks)
    name, _ = ArtifactStore.open("", tmp_path).put(pack(Checkpoint(model.state_dict(), masks, {"model": "resnet18"})))
    path = tmp_path / "resnet18_prune_90perc_oneshot3.pt"
    request = {"artifacts_url": "", "home": str(tmp_path), "format": "torch"}
    code, events = answer(export.__name__, {**request, "files": [{"sha256": name, "path": str(path)}]})
    assert (code, events) == (0, [{"event": "file", "path": str(path), "bytes": path.stat().st_size}])

    theirs = import_torchvision().models.resnet18(num_classes=10)
    theirs.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
    content = torch.load(path, weights_only=True)
    assert type(content) is dict
    assert list(content) == list(theirs.state_dict())
    theirs.load_state_dict(content, strict=True)
    assert {tensor.dtype for tensor in content.values()} == {torch.float32, torch.int64}
    weights = [m.weight for m in theirs.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert sum(int(w.count_nonzero()) for w in weights) == 1_116_435
    images = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(theirs.eval()(images), model.eval()(images))


@pytest.mark.parametrize("room", [1000, 40_000])
@pytest.mark.parametrize("form", ["torch", "safetensors"])
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, form: str, room: int) -> None:
    with at_most(room), pytest.raises(UserError, match="cannot be written: File too large"):
        write_weights({"a": torch.zeros(10_000)}, tmp_path / "x", form)
    assert [*tmp_path.iterdir()] == []


def test_safetensors_holds_the_same_and_nothing_else(tmp_path: Path) -> None:
    weights = {"b": torch.randn(3), "a": torch.tensor(7)}
    path = tmp_path / "x.safetensors"
    assert write_weights(weights, path, "safetensors") == path.stat().st_size
    found = safetensors.torch.load_file(path)
    assert set(found) == {"a", "b"}
    assert all(torch.equal(found[name], weights[name]) for name in weights)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.safetensors"]


@pytest.mark.parametrize("form", ["torch", "safetensors"])
def test_a_packed_checkpoint_is_exported_as_the_dense_file_it_always_was(tmp_path: Path, form: str) -> None:
    model = build_model(ModelRef("resnet20", 4, 10), seed=3)
    masks = prune(Subject(model, {}), "magnitude", "global", 0.9)
    apply_masks(model, masks)
    store = ArtifactStore.open("", tmp_path)
    name, _ = store.put(pack(Checkpoint(model.state_dict(), masks, {})))
    write_weights(model.state_dict(), tmp_path / "before", form)
    write_weights(unpack(store.get(name)).weights, tmp_path / "after", form)
    if form == "safetensors":
        assert (tmp_path / "after").read_bytes() == (tmp_path / "before").read_bytes()
        return
    before, after = (torch.load(tmp_path / file, weights_only=True) for file in ("before", "after"))
    assert list(before) == list(after)
    assert all(
        torch.equal(before[key].view(-1).view(torch.uint8), after[key].view(-1).view(torch.uint8)) for key in before
    )


def test_an_old_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(b"old")
    write_weights({"a": torch.ones(2)}, path, "torch")
    assert torch.equal(torch.load(path, weights_only=True)["a"], torch.ones(2))


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "x.pt").mkdir()
    with pytest.raises(UserError, match=r"file '.*x\.pt': is a folder; give a file"):
        write_weights({"a": torch.ones(2)}, tmp_path / "x.pt", "torch")
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.pt"]
    with pytest.raises(UserError, match="known: torch, safetensors"):
        write_weights({"a": torch.ones(2)}, tmp_path / "y.pt", "onnx")


def test_failures_are_events(tmp_path: Path) -> None:
    def ask(request: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
        said: list[dict[str, Any]] = []
        return respond(json.dumps(request), export.EXPORT, export.convert, said.append), said

    store = ArtifactStore.open("", tmp_path)
    good, _ = store.put(pack(Checkpoint({"a": torch.ones(2)})))
    bad, _ = store.put(b"something else")
    request = {"artifacts_url": "", "home": str(tmp_path), "format": "torch"}
    files = [{"sha256": sha, "path": str(tmp_path / f"{sha}.pt")} for sha in (good, bad)]
    code, (first, second) = ask({**request, "files": files})
    assert code == 2
    assert first["event"] == "file"
    assert second["event"] == "error"
    assert second["message"].startswith("not a checkpoint: ")
    files = [{"sha256": good, "path": str(tmp_path / "no" / "folder.pt")}]
    code, (event,) = ask({**request, "files": files})
    assert code == 2
    assert event["field"] == "file"
    assert event["fix"].startswith("its folder does not exist")
