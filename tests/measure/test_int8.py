"""Networks in int8: zeros stay zeros, and accuracy is measured on the same images as in fp32."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.artifacts.checkpoint import Checkpoint
from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.errors import UserError
from prunesweep.core.measure import latency
from prunesweep.core.measure.any_graph import any_graph_of
from prunesweep.core.measure.inference import write_int8
from prunesweep.core.measure.int8 import calibration, graph_for, int8_graph, int8_logits
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.sparse.runtime.onnx_writer import onnx_bytes
from prunesweep.core.training.batches import normalise
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.models import build_model
from tests.support.digits import put_digits
from tests.support.jobs import answer


def _tensors(file: bytes) -> dict[str, np.ndarray]:
    onnx = pytest.importorskip("onnx")
    return {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load_from_string(file).graph.initializer}


def test_zeros_stay_zeros_and_the_rest_is_near(tiny: nn.Module, split: Split) -> None:
    apply_masks(tiny, prune(Subject(tiny), "magnitude", "uniform-all", 0.9))
    file = int8_graph(graph_for(tiny, split, 30), split, 30)
    made = onnx_bytes(any_graph_of(tiny, split.image_shape))
    assert made is not None
    found, weights = _tensors(file), {name: one for name, one in _tensors(made).items() if one.ndim > 1}
    assert len(weights) == 21
    for name, weight in weights.items():
        quantised, offset = found[f"{name}_quantized"], found[f"{name}_zero_point"]
        assert quantised.dtype == np.int8 and not offset.any()
        assert not quantised[weight == 0].any() and quantised.any()
    assert np.count_nonzero(weights[next(iter(weights))] == 0) > 0
    images = normalise(split.images, split.mean, split.std)
    with torch.no_grad():
        wanted = tiny(images)
    run = int8_logits(file, 1)
    logits = torch.cat([run(images[:1]), run(images[1:])])
    assert float((logits - wanted).norm() / wanted.norm()) < 0.2


def test_calibration_is_of_that_many_training_images_the_same_each_time(split: Split) -> None:
    first, again = (np.concatenate(list(calibration(split, 20))) for _ in range(2))
    assert first.shape == (20, 3, 16, 16) and np.array_equal(first, again)
    everything = normalise(split.images, split.mean, split.std).numpy()
    assert all((everything == one).all((1, 2, 3)).any() for one in first)


def test_more_images_than_there_are_mean_all_of_them(tiny: nn.Module, split: Split) -> None:
    onnx = pytest.importorskip("onnx")
    everything = np.concatenate(list(calibration(split, 10**5)))
    assert len(everything) == len(split)
    made = onnx.load_from_string(int8_graph(graph_for(tiny, split, 10**5), split, 10**5))
    assert {one.key: one.value for one in made.metadata_props}["calibration_images"] == str(len(split))


def test_a_network_without_a_graph_is_refused(split: Split) -> None:
    class Undecided(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 10)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            pooled = images.mean((2, 3))
            return self.fc(pooled if pooled.sum() > 0 else -pooled)

    with pytest.raises(UserError, match=r"^int8 '30': needs the network as an ONNX file: "):
        graph_for(Undecided(), split, 30)


def test_a_file_in_int8_says_what_calibrated_it(tiny: nn.Module, split: Split, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    meta = {"stage": "ab" * 32, "model": "resnet18", "width": "4", "classes": "10"}
    written = write_int8(Checkpoint(tiny.state_dict(), {}, meta), split, "noise", tmp_path / "a.onnx", 30)
    told = {one.key: one.value for one in onnx.load(tmp_path / "a.onnx").metadata_props}
    assert (told["values"], told["calibration_images"], told["stage"]) == ("int8", "30", "ab" * 32)
    assert told["quantised_by"].startswith("onnxruntime ") and "mean" in told["input"]
    assert written.bytes == (tmp_path / "a.onnx").stat().st_size and 0.5 < written.agreeing <= 1


@pytest.mark.usefixtures("short_bursts")
def test_evaluate_tests_and_times_int8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "BLOCKS", 3)
    put_digits(tmp_path)
    write_weights(build_model(ModelRef("resnet20", 4, 10), 1).state_dict(), tmp_path / "1.pt", "torch")
    request: dict[str, Any] = {
        "files": [str(tmp_path / "1.pt")],
        "dataset": asdict(parse_dataset("digits")),
        "data": str(tmp_path / "data"),
    }
    request |= {"model": "resnet20", "device": "cpu", "batch": 1, "threads": 1, "int8": 50}
    ask: Callable[..., Any] = answer
    code, events = ask("prunesweep.core.jobs.evaluate", request)
    assert code == 0, events[-1]
    (result,) = (event for event in events if event["event"] == "file")
    int8 = result["int8"]
    assert int8["calibration"] == 50 and int8["version"].startswith("onnxruntime ")
    assert round((result["top1"] - int8["top1"]) * result["images"]) == int8["lost"] - int8["gained"]
    assert 0 < int8["speedup_low"] <= int8["speedup"] <= int8["speedup_high"] and int8["ms_per_image"] > 0
