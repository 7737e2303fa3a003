"""Checkpoints as ONNX files: what onnxruntime computes with them, and that nothing else is ever left behind."""

import builtins
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.artifacts.checkpoint import Checkpoint
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.extras import install
from prunesweep.core.measure import inference
from prunesweep.core.measure.engines import onnx_file
from prunesweep.core.measure.inference import write_onnx
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.networks import parse_model
from prunesweep.core.pruning.masks import apply_masks
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.models import build_model

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Split:
    return load_dataset(DatasetRef("digits", "", 10), tmp_path_factory.mktemp("data"), "train")


def _pruned(name: str, width: int) -> tuple[nn.Module, Checkpoint]:
    """A network with statistics of its own in every batch-norm, so that folding them in matters."""
    model = build_model(ModelRef(name, width, 10), seed=0)
    with torch.no_grad():
        for _ in range(3):
            model.train()(torch.randn(16, 3, 16, 16))
    model.eval()
    masks = prune(Subject(model, {}), "magnitude", "global", 0.9)
    apply_masks(model, masks)
    meta = {"stage": "ab" * 32, "model": name, "width": str(width), "classes": "10"}
    return model, Checkpoint(model.state_dict(), masks, meta)


@pytest.mark.parametrize(
    ("name", "width"),
    [("resnet18", 16), ("resnet18-cifar", 8), ("resnet56", 8), ("vgg16-bn", 8), ("torchvision:mobilenet_v3_small", 0)],
)
def test_onnxruntime_computes_what_the_network_does(name: str, width: int, split: Split, tmp_path: Path) -> None:
    model, checkpoint = _pruned(parse_model(name), width)
    path = tmp_path / "a.onnx"
    written = write_onnx(checkpoint, split, "digits", path)
    assert written.bytes == path.stat().st_size
    assert written.difference <= 1e-5
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.onnx"]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    assert (taken.name, taken.shape, given.name, given.shape) == (
        "images",
        ["batch", 3, 16, 16],
        "logits",
        ["batch", 10],
    )
    for batch in (1, 5):
        images = torch.randn(batch, 3, 16, 16)
        with torch.inference_mode():
            wanted = model(images).numpy()
        (found,) = session.run(None, {"images": images.numpy()})
        assert np.abs(found - wanted).max() <= 2e-5 * np.abs(wanted).max()


def test_the_file_tells_what_it_is(split: Split, tmp_path: Path) -> None:
    _, checkpoint = _pruned("resnet20", 8)
    write_onnx(checkpoint, split, "digits", tmp_path / "a.onnx")
    loaded = onnx.load(tmp_path / "a.onnx")
    onnx.checker.check_model(loaded, full_check=True)
    assert "BatchNormalization" not in {node.op_type for node in loaded.graph.node}
    meta = {entry.key: entry.value for entry in loaded.metadata_props}
    assert (meta["model"], meta["stage"], meta["dataset"]) == ("resnet20", "ab" * 32, "digits")
    assert json.loads(meta["class_names"]) == list("0123456789")
    told = json.loads(meta["input"])
    assert told["formula"] == "(byte / 255 - mean) / std"
    assert (told["mean"], told["std"]) == (split.mean.tolist(), split.std.tolist())


def test_a_file_that_computes_something_else_is_not_put_in_place(
    split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, checkpoint = _pruned("resnet20", 4)
    (tmp_path / "a.onnx").write_bytes(b"old")
    right = inference.any_graph_of

    def wrong(*arguments: Any) -> Any:
        graph = right(*arguments)
        graph.nodes[-1].bias[0] += np.float32(0.01)  # type: ignore[union-attr]
        return graph

    monkeypatch.setattr(inference, "any_graph_of", wrong)
    with pytest.raises(StageError, match="the ONNX file is not the network: its outputs differ by "):
        write_onnx(checkpoint, split, "digits", tmp_path / "a.onnx")
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_what_is_missing_is_said(split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    _, checkpoint = _pruned("resnet20", 4)
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == missing:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match=re.escape(f"needs onnx and onnxruntime: {install('bench')}")):
        write_onnx(checkpoint, split, "digits", tmp_path / "a.onnx")
    assert list(tmp_path.iterdir()) == []


def test_engines_get_torch_s_file_only_where_our_graph_has_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    grouped = nn.Sequential(nn.Conv2d(4, 4, 3, groups=2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    images = torch.randn(2, 4, 8, 8)
    session = onnxruntime.InferenceSession(onnx_file.onnx_bytes(grouped, images), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        wanted = grouped.eval()(images).numpy()
    assert np.allclose(session.run(None, {"images": images.numpy()})[0], wanted, atol=1e-5)
    monkeypatch.setattr(onnx_file, "_exported", lambda *_: b"torch's")
    assert onnx_file.onnx_bytes(grouped, images) == b"torch's"
    model, _ = _pruned("resnet20", 4)
    ours = onnxruntime.InferenceSession(
        onnx_file.onnx_bytes(model, torch.randn(2, 3, 16, 16)), providers=["CPUExecutionProvider"]
    )
    assert ours.get_inputs()[0].shape == [2, 3, 16, 16]
