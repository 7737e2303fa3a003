"""What lies beside a file of weights says how its images were prepared; whatever it holds, nothing ends in an error."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.images.preprocessing import Preparation, Preprocessing, beside, differing, prepare_as_said
from prunesweep.core.images.processor_config import SaidSize, said_size

MEAN, STD = "0.485,0.456,0.406", "0.229,0.224,0.225"
NUMBERS = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
IMAGE_NUMBERS = {f"image_{axis}": given for axis, given in NUMBERS.items()}


@pytest.mark.parametrize(
    ("name", "content", "size", "rule"),
    [
        (
            "config.json",
            {"architecture": "resnet18", "pretrained_cfg": {**NUMBERS, "input_size": [3, 224, 224]}},
            224,
            "",
        ),
        ("config.json", {**NUMBERS, "input_size": [3, 160, 128]}, 0, ""),
        ("preprocessor_config.json", {**IMAGE_NUMBERS, "size": 96}, 96, "stretch"),
        ("preprocessor_config.json", IMAGE_NUMBERS, 0, ""),
    ],
)
def test_configs_of_libraries(tmp_path: Path, name: str, content: object, size: int, rule: str) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    assert beside(tmp_path / "model.safetensors") == Preprocessing(name, MEAN, STD, size, rule)


@pytest.mark.parametrize(
    ("said", "size", "rule"),
    [
        ({"crop_size": {"height": 224, "width": 224}, "size": {"shortest_edge": 256}}, 224, ""),
        ({"size": {"shortest_edge": 256}}, 256, ""),
        ({"size": [64, 64], "mean": [127, 127, 127], "std": [1, 1, 1]}, 64, "stretch"),
        ({"size": "64", "mean": [0.5, 0.5], "std": [0.5, 0.5]}, 64, "stretch"),
    ],
)
def test_a_size_alone(tmp_path: Path, said: object, size: int, rule: str) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    assert beside(tmp_path / "model.pt") == Preprocessing("preprocessor_config.json", "", "", size, rule)


SQUARE, SHORTER = {"height": 224, "width": 224}, {"shortest_edge": 256}
CUT = {"do_center_crop": True, "crop_size": SQUARE}
PROCESSORS = {
    # As their files on the hub are, of both forms: transformers' present one, and numbers.
    "ViT": ({"do_resize": True, "size": SQUARE, "resample": 2}, 224, "stretch"),
    "ViT of numbers": ({"size": 224, "resample": 3}, 224, "stretch-bicubic"),
    "BeiT": ({"crop_size": 256, "do_center_crop": False, "size": 224, "resample": 3}, 224, "stretch-bicubic"),
    "square cut to itself": ({"size": SQUARE, **CUT}, 224, "stretch"),
    "MobileNetV2": ({**CUT, "size": SHORTER, "resample": 2}, 224, ""),
    "DINOv2": ({**CUT, "size": SHORTER, "resample": 3}, 224, "crop-bicubic"),
    "rounded": ({**CUT, "crop_size": 300, "size": {"shortest_edge": 342}}, 300, ""),
    "LeViT": ({**CUT, "size": 224, "feature_extractor_type": "LevitFeatureExtractor", "resample": 3}, 224,
              "crop-bicubic"),
    "ConvNeXT": ({"crop_pct": 0.875, "size": {"shortest_edge": 224}, "resample": 3}, 224, "crop-bicubic"),
    "ConvNeXT by class": ({"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}}, 224, ""),
    "ConvNeXT that stretches": ({"crop_pct": 0.875, "size": 384, "resample": 3}, 384, "stretch-bicubic"),
    "no resizing": ({"do_resize": False, "size": SQUARE}, 0, ""),
    "no square": ({"size": {"height": 224, "width": 160}}, 0, "stretch"),
    "detection": ({"size": {"shortest_edge": 800, "longest_edge": 1333}}, 0, ""),
    "odd": ({"size": {"height": "x", "width": None}, "crop_size": {}, "do_center_crop": 1, "resample": [3]}, 0,
            "stretch"),
}  # fmt: skip
UNLIKE = {
    "CLIP": ({**CUT, "size": {"shortest_edge": 224}, "resample": 3}, 224,
             "shorter side to 224, the middle 224 cut out"),
    "CLIP of numbers": ({"do_center_crop": True, "crop_size": 224, "size": 224}, 224,
                        "shorter side to 224, the middle 224 cut out"),
    "DeiT": ({**CUT, "size": {"height": 256, "width": 256}}, 224, "both sides to 256, the middle 224 cut out"),
    "DeiT of numbers": ({**CUT, "size": 256, "feature_extractor_type": "DeiTFeatureExtractor"}, 224,
                        "both sides to 256, the middle 224 cut out"),
    "PoolFormer": ({**CUT, "crop_pct": 0.9, "size": {"shortest_edge": 224}}, 224,
                   "shorter side to 248, the middle 224 cut out"),
    "no square": ({"do_center_crop": False, "size": SHORTER}, 256, "shorter side to 256, no square"),
    "longer": ({"size": {"longest_edge": 512}}, 512, "longer side to 512, no square"),
    "cut alone": ({"do_resize": False, **CUT}, 224, "no resizing, the middle 224 cut out"),
    "filter": ({"size": SQUARE, "resample": 1}, 224, "the Lanczos filter"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROCESSORS)
def test_image_processors_of_transformers(name: str) -> None:
    said, size, rule = PROCESSORS[name]
    assert said_size(said) == SaidSize(size, rule)


@pytest.mark.parametrize("name", UNLIKE)
def test_what_no_rule_does_is_refused_until_somebody_chooses(tmp_path: Path, name: str) -> None:
    said, size, words = UNLIKE[name]
    assert said_size(said) == SaidSize(size, unlike=words)
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    weights, asked = tmp_path / "model.pt", Preparation("", "", 0)
    with pytest.raises(UserError, match=f"resize '{words}': preprocessor_config.json .* choose one: --resize crop, "):
        prepare_as_said(weights, asked, resizes=True)
    assert prepare_as_said(weights, asked, resizes=False) == asked
    for rule in ("crop", "pad"):
        used = prepare_as_said(weights, replace(asked, resize=rule, chosen=frozenset({"resize"})), resizes=True)
        assert (used.image_size, used.resize) == (size, rule)
        assert "prepares its images otherwise" in differing(weights, used, resizes=True)


def test_what_a_person_gave_wins_also_where_it_is_the_default(tmp_path: Path) -> None:
    content = {**NUMBERS, "input_size": [3, 64, 64], "interpolation": "bicubic"}
    (tmp_path / "config.json").write_text(json.dumps(content))
    plain = Preparation("", "", 0)
    whole = replace(plain, chosen=frozenset({"mean", "std", "image_size", "resize"}))
    assert prepare_as_said(tmp_path / "model.pt", whole, resizes=True) == whole
    found = prepare_as_said(tmp_path / "model.pt", replace(plain, chosen=frozenset({"resize"})), resizes=True)
    assert (found.mean, found.image_size, found.resize) == (MEAN, 64, "crop")


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
        ("preprocessor_config.json", '{"size": {"shortest_edge": 64}, "resample": 3}', "crop-bicubic"),
        ("preprocessor_config.json", '{"size": {"shortest_edge": 64}, "resample": 2}', "crop"),
        ("preprocessor_config.json", '{"size": {"height": 64, "width": 64}, "resample": 3}', "stretch-bicubic"),
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
