"""`python -m prunesweep.core.jobs.evaluate`, as `sweep evaluate` runs it."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch

from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.jobs.evaluate import measure
from prunesweep.core.jobs.requests import EvaluateFiles, read_request
from prunesweep.core.measure import latency
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks, kept_count
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.datasets import load_dataset
from prunesweep.core.training.models import build_model
from tests.support.jobs import answer

pytestmark = pytest.mark.usefixtures("short_bursts")
DIGITS = parse_dataset("digits")
PROGRAM = "prunesweep.core.jobs.evaluate"


def _read(request: dict[str, Any]) -> EvaluateFiles:
    return read_request(json.dumps(request), EvaluateFiles)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def request_of(data: Path) -> Callable[..., dict[str, Any]]:
    """A request for some files."""

    def make(*files: Path, **changes: Any) -> dict[str, Any]:
        request = {"files": list(map(str, files)), "dataset": asdict(DIGITS), "data": str(data)}
        return request | {"model": "resnet18", "device": "cpu", "batch": 1, "threads": 1, **changes}

    return make


def test_each_file_against_the_first(
    tmp_path: Path, data: Path, request_of: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latency, "BLOCKS", 3)
    dense = build_model(ModelRef("resnet18", 4, 10), seed=1)
    pruned = build_model(ModelRef("resnet18", 4, 10), seed=1)
    masks = prune(Subject(pruned, {}), "magnitude", "global", 0.9)
    apply_masks(pruned, masks)
    write_weights(dense.state_dict(), tmp_path / "dense.pt", "torch")
    write_weights(pruned.state_dict(), tmp_path / "pruned.safetensors", "safetensors")

    code, events = answer(PROGRAM, request_of(tmp_path / "dense.pt", tmp_path / "pruned.safetensors"))
    assert code == 0
    first, second = (event for event in events if event["event"] == "file")
    split = load_dataset(DIGITS, data, "test")
    for event, model in ((first, dense), (second, pruned)):
        found = evaluate(model, split, torch.device("cpu"))
        assert (event["top1"], event["images"]) == (found.top1, found.images)
        assert 0 < event["speedup_low"] <= event["speedup"] <= event["speedup_high"]
        assert event["ms_per_image"] > 0
        assert event["ms_per_image_dense"] > 0
        assert (event["batch"], event["threads"]) == (1, 1)
        assert 0 < event["speedup_zeros_low"] <= event["speedup_zeros"] <= event["speedup_zeros_high"]
        assert event["code"] in ("own", "onnxruntime", "OpenVINO")
        assert 0 < event["p"] <= 1
        assert event["engine_dense"] in ("torch", "onnxruntime")
        assert type(event["disturbed"]) is bool
    total = first["total"]
    assert (first["nonzero"], first["sparsity"], first["drop_vs_first"]) == (total, 0.0, 0.0)
    assert second["nonzero"] == kept_count(total, 0.9)
    assert second["sparsity"] == 1 - second["nonzero"] / total
    assert second["drop_vs_first"] == first["top1"] - second["top1"]


def test_a_bad_file_is_told_before_anything_is_measured(
    tmp_path: Path, request_of: Callable[..., dict[str, Any]]
) -> None:
    write_weights(build_model(ModelRef("resnet18", 4, 10), 1).state_dict(), tmp_path / "good.pt", "torch")
    write_weights({"x": torch.ones(1)}, tmp_path / "bad.pt", "torch")
    code, (event,) = answer(PROGRAM, request_of(tmp_path / "good.pt", tmp_path / "bad.pt"))
    assert code == 2
    assert event["event"] == "error"
    assert (event["field"], event["value"]) == ("file", str(tmp_path / "bad.pt"))
    assert event["fix"].startswith("has no conv1.weight")


def test_classes_device_and_dataset_are_checked(tmp_path: Path, request_of: Callable[..., dict[str, Any]]) -> None:
    write_weights(build_model(ModelRef("resnet18", 4, 7), 1).state_dict(), tmp_path / "seven.pt", "torch")
    write_weights(build_model(ModelRef("resnet18", 4, 2), 1).state_dict(), tmp_path / "two.pt", "torch")

    def refusal(file: str, **changes: Any) -> str:
        with pytest.raises((UserError, StageError)) as caught:
            list(measure(_read(request_of(tmp_path / file, **changes)), lambda event: None))
        return str(caught.value)

    assert refusal("seven.pt").endswith("seven.pt': fc.weight has 7 outputs, digits has 10 classes")
    assert refusal("seven.pt", device="tpu") == "device 'tpu': use cpu, cuda or cuda:NUMBER"
    assert refusal("seven.pt", device="cuda:99").startswith("device 'cuda:99': this machine has ")
    gone = {"name": "imagefolder", "fingerprint": "0" * 64, "classes": 2}
    assert "is not on this machine" in refusal("two.pt", dataset=gone, places=[str(tmp_path / "gone")])
