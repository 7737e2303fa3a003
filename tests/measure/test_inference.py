"""Checkpoints as packed files: the same outputs as the network, in `sweep export`'s torch side."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import prunesweep
from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.jobs import export
from prunesweep.core.jobs.protocol import respond
from prunesweep.core.measure import inference
from prunesweep.core.measure.inference import without_dead_channels
from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.measure.torch_reference import difference, run_graph
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.model.packed import read_packed
from prunesweep.core.training.models import build_model, prunable

META = {"stage": "ab" * 32, "model": "resnet20", "width": "8", "classes": "10"}
DIGITS = {"name": "digits", "fingerprint": "", "classes": 10}


@pytest.fixture
def pruned() -> tuple[torch.nn.Module, Checkpoint]:
    model = build_model(ModelRef("resnet20", 8, 10), seed=0).eval()
    masks = prune(Subject(model, {}), "magnitude", "uniform", 0.8)
    for name in ("layer1.0.conv1.weight", "layer2.1.conv1.weight"):
        masks[name][3] = False  # with a bias of 0 this filter's channel is always 0
    apply_masks(model, masks)
    return model, Checkpoint(model.state_dict(), masks, META)


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Asks for a packed file of a checkpoint; the exit code and what was said."""

    def ask(checkpoint: Checkpoint, **changes: Any) -> tuple[int, dict[str, Any]]:
        sha, _ = ArtifactStore.open("", tmp_path).put(pack(checkpoint))
        request = {"artifacts_url": "", "home": str(tmp_path), "data": str(tmp_path / "data"), "format": "packed"}
        request |= {"dataset": DIGITS, "values": "fp32", "files": [{"sha256": sha, "path": str(tmp_path / "a.packed")}]}
        said: list[dict[str, Any]] = []
        code = respond(json.dumps(request | changes), export.EXPORT, export.convert, said.append)
        (event,) = said
        return code, event

    return ask


def test_a_packed_file_computes_what_the_network_does(ask: Any, pruned: Any, tmp_path: Path) -> None:
    model, checkpoint = pruned
    code, event = ask(checkpoint)
    path = tmp_path / "a.packed"
    assert (code, event["bytes"]) == (0, path.stat().st_size)
    assert 0 < event["zstd_bytes"] < event["bytes"]
    assert {"layer1.0.conv1", "layer2.1.conv1"} <= set(event["dead_channels"])
    graph, meta = read_packed(path)
    assert graph.image_shape == (3, 16, 16)
    assert meta["dead_channels"] == event["dead_channels"]
    assert meta["class_names"] == list("0123456789")
    assert (meta["model"], meta["dataset"], meta["values"]) == ("resnet20", "digits", "fp32")
    assert meta["input"]["normalised"] is True
    assert len(meta["input"]["mean"]) == len(meta["input"]["std"]) == 3
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert model(images).std(dim=0).min() > 1e-3, "the outputs depend on the images"
        assert difference(run_graph(graph, images), model(images)) <= 1e-5


def test_half_precision_is_smaller_and_near(ask: Any, pruned: Any, tmp_path: Path) -> None:
    model, checkpoint = pruned
    exact = ask(checkpoint)[1]["bytes"]
    assert ask(checkpoint, values="fp16")[1]["bytes"] < exact
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert 0 < difference(run_graph(read_packed(tmp_path / "a.packed")[0], images), model(images)) < 0.01


@pytest.mark.parametrize(
    ("meta", "changes", "words"),
    [
        ({}, {}, "cannot be made a file for inference: 'model'"),
        (META | {"width": "4"}, {}, "cannot be made a file for inference: Error"),
        (META, {"values": "int8"}, "values 'int8': known"),
        (META, {"dataset": DIGITS | {"name": "imagefolder"}, "places": ["/nowhere"]}, "/nowhere is not there"),
    ],
)
def test_failures_are_one_line_and_leave_nothing(
    ask: Any, pruned: Any, tmp_path: Path, meta: dict[str, str], changes: dict[str, Any], words: str
) -> None:
    code, event = ask(Checkpoint(pruned[1].weights, pruned[1].masks, meta), **changes)
    assert (code, event["event"]) == (2, "error")
    assert words in event["message"]
    assert "\n" not in event["message"]
    assert not list(tmp_path.glob("*.packed*")) + list(tmp_path.glob(".*"))


def test_channels_stay_where_the_outputs_would_differ(pruned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(pruned[0], (3, 16, 16))
    assert without_dead_channels(graph)[1]

    def wrong(graph: Graph) -> tuple[Graph, dict[str, int]]:
        graph.nodes[-1].bias[0] += np.float32(0.01)  # type: ignore[union-attr]
        return Graph(graph.image_shape, graph.nodes), {"fc": 1}

    other = graph_of(pruned[0], (3, 16, 16))
    monkeypatch.setattr(inference, "drop_dead_channels", lambda _: wrong(other))
    found, dead = without_dead_channels(graph)
    assert found is graph
    assert dead == {}


@pytest.fixture
def without_channels() -> tuple[torch.nn.Module, Checkpoint]:
    """A network that lost whole channels, whose norms make something else than 0 of them."""
    model = build_model(ModelRef("resnet20", 8, 10), seed=0).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.constant_(module.bias, 0.5)
    masks = prune(Subject(model, {}), "magnitude", "channels", 0.6)
    apply_masks(model, masks)
    return model, Checkpoint(model.state_dict(), masks, META)


def test_files_of_all_formats_leave_out_pruned_channels(ask: Any, without_channels: Any, tmp_path: Path) -> None:
    model, checkpoint = without_channels
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = model(images)
    kept = sum(int(mask.sum()) for mask in checkpoint.masks.values())
    lost = {name: mask.shape[0] - int(mask.flatten(1).any(1).sum()) for name, mask in checkpoint.masks.items()}
    lost = {name.removesuffix(".weight"): count for name, count in lost.items() if count}
    for form in ("torch", "safetensors", "onnx", "packed"):
        path = tmp_path / form
        files = [{"sha256": ArtifactStore.open("", tmp_path).put(pack(checkpoint))[0], "path": str(path)}]
        code, event = ask(checkpoint, format=form, files=files, compact=form in ("torch", "safetensors"))
        assert (code, event["dead_channels"]) == (0, lost)
        if form == "packed":
            graph, _ = read_packed(path)
            assert difference(run_graph(graph, images), wanted) <= 1e-5
            continue
        if form == "onnx":
            assert event["difference"] <= 1e-5
            continue
        weights = torch.load(path, weights_only=True) if form == "torch" else load_file(path)
        small = prunesweep.build_model("resnet20", width=8, classes=10, weights=weights, smaller=True)
        assert sum(weight.numel() for _, weight in prunable(small)) == kept
        with torch.no_grad():
            assert difference(small(images), wanted) <= 1e-5
        with pytest.raises(StageError, match="is not a resnet20 of width 8"):
            prunesweep.build_model("resnet20", width=8, classes=10, weights=weights)


def test_a_compact_file_of_other_zeros_is_the_whole_network(ask: Any, pruned: Any, tmp_path: Path) -> None:
    model, checkpoint = pruned
    code, event = ask(checkpoint, format="torch", compact=True)
    assert (code, event["dead_channels"]) == (0, {})
    model.load_state_dict(torch.load(tmp_path / "a.packed", weights_only=True))
