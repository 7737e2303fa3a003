"""What lies beside a file of weights says how its images were prepared; whatever it holds, nothing ends in an error."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from prunesweep.core.images.preprocessing import Preparation, Preprocessing, beside, differing, prepare_as_said

MEAN, STD = "0.485,0.456,0.406", "0.229,0.224,0.225"
NUMBERS = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("config.json", {"architecture": "resnet18", "pretrained_cfg": {**NUMBERS, "input_size": [3, 224, 224]}}, 224),
        ("config.json", {**NUMBERS, "input_size": [3, 160, 128]}, 0),
        ("preprocessor_config.json", {f"image_{axis}": given for axis, given in NUMBERS.items()} | {"size": 96}, 96),
        ("preprocessor_config.json", {"image_mean": NUMBERS["mean"], "image_std": NUMBERS["std"]}, 0),
    ],
)
def test_configs_of_libraries(tmp_path: Path, name: str, content: object, size: int) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    assert beside(tmp_path / "model.safetensors") == Preprocessing(name, MEAN, STD, size)


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ({"crop_size": {"height": 224, "width": 224}, "size": {"shortest_edge": 256}}, 224),
        ({"size": {"shortest_edge": 256}}, 256),
        ({"size": [64, 64], "mean": [127, 127, 127], "std": [1, 1, 1]}, 64),
        ({"size": "64", "mean": [0.5, 0.5], "std": [0.5, 0.5]}, 64),
    ],
)
def test_a_size_alone(tmp_path: Path, said: object, size: int) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    assert beside(tmp_path / "model.pt") == Preprocessing("preprocessor_config.json", "", "", size)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 5000),
        *(b'{"mean": "x", "std": null}', b'{"mean": [NaN, 1, 1], "std": [1, 1, 1]}', b'{"size": {"a": {"b": 1}}}'),
        b'{"pretrained_cfg": {"mean": [true, 1, 1], "std": [1, 1, 1], "input_size": [3, 1e9, 1e9]}}',
        b'{"mean": [0.5, 0.5, 0.5], "std": [0, 0.5, 0.5]}',
    ],
)
def test_nothing_of_use(tmp_path: Path, content: bytes) -> None:
    for name in ("config.json", "preprocessor_config.json", "model.md"):
        (tmp_path / name).write_bytes(content)
    assert beside(tmp_path / "model.pt") is None


def test_a_size_in_anybodys_config_is_none_of_images(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"size": 512, "crop_size": 64, "seed": 1}')
    assert beside(tmp_path / "model.pt") is None


def test_nothing_there_and_a_folder_of_that_name(tmp_path: Path) -> None:
    assert beside(tmp_path / "model.pt") is None
    (tmp_path / "config.json").mkdir()
    assert beside(tmp_path / "model.pt") is None
    assert beside(Path("nowhere/model.pt")) is None


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("config.json", json.dumps({"pretrained_cfg": {**NUMBERS, "interpolation": "bicubic"}}), "crop-bicubic"),
        ("config.json", json.dumps({"pretrained_cfg": {**NUMBERS, "interpolation": "bilinear"}}), "crop"),
        ("config.json", json.dumps({**NUMBERS, "interpolation": {"bicubic": 3}}), "crop"),
        ("preprocessor_config.json", '{"size": 64, "resample": 3}', "crop-bicubic"),
        ("preprocessor_config.json", '{"size": 64, "resample": 2}', "crop"),
        ("model.md", "| images resized to | 64 × 64 pixels (pad-bicubic) |", "pad-bicubic"),
        ("model.md", "| images resized to | 64 × 64 pixels (stretch) |", "stretch"),
        ("model.md", "| images resized to | 64 × 64 pixels (another) |", "crop"),
    ],
)
def test_the_filter_is_that_of_the_weights_unless_one_is_chosen(
    tmp_path: Path, name: str, content: str, rule: str
) -> None:
    """A network that was trained on images of another filter loses some percent of accuracy."""
    (tmp_path / name).write_text(content)
    weights = tmp_path / "model.pt"
    found = prepare_as_said(weights, Preparation("", "", 64), resizes=True)
    assert found.resize == rule
    assert any(f"resized by {rule} as {name} says" in line for line in found.notes) == (rule != "crop")
    assert differing(weights, found, resizes=True) == ""
    assert prepare_as_said(weights, Preparation("", "", 64), resizes=False).resize == "crop"
    chosen = prepare_as_said(weights, Preparation("", "", 64, "crop-bilinear"), resizes=True)
    assert chosen.resize == "crop-bilinear"
    assert bool(differing(weights, replace(chosen, mean=found.mean, std=found.std), resizes=True)) == (rule != "crop")
