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
    "rounded": ({**CUT, "crop_size": 300, "size": {"shortest_edge": 342}}, 300, "crop:342"),
    "CLIP": ({**CUT, "size": {"shortest_edge": 224}, "resample": 3}, 224, "crop-bicubic:224"),
    "CLIP of numbers": ({"do_center_crop": True, "crop_size": 224, "size": 224}, 224, "crop:224"),
    "DeiT": ({**CUT, "size": {"height": 256, "width": 256}}, 224, "stretch:256"),
    "DeiT of numbers": ({**CUT, "size": 256, "feature_extractor_type": "DeiTFeatureExtractor"}, 224, "stretch:256"),
    "PoolFormer": ({**CUT, "crop_pct": 0.9, "size": {"shortest_edge": 224}}, 224, "crop:248"),
    "PoolFormer by class": ({**CUT, "image_processor_type": "PoolFormerImageProcessor", "size": SQUARE}, 224,
                            "crop:248"),
    "edges": ({"do_center_crop": True, "crop_size": 256, "size": {"shortest_edge": 224}}, 256, "crop:224"),
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
    "no square": ({"do_center_crop": False, "size": SHORTER}, 256, "shorter side to 256, no square"),
    "longer": ({"size": {"longest_edge": 512}}, 512, "longer side to 512, no square"),
    "cut alone": ({"do_resize": False, **CUT}, 224, "no resizing, the middle 224 cut out"),
    "filter": ({"size": SQUARE, "resample": 1}, 224, "the Lanczos filter"),
    "nearest": ({**CUT, "size": SHORTER, "resample": 0}, 224, "the nearest filter"),
    "padded": ({"size": SQUARE, "do_pad": True}, 224, "padded after resizing"),
    "Perceiver": ({**CUT, "size": SQUARE, "image_processor_type": "PerceiverImageProcessor"}, 224,
                  "the middle cut out before resizing"),
    "a tenth": ({**CUT, "size": {"shortest_edge": 24}}, 224, "resized to 24, the middle 224 cut out"),
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


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**IMAGE_NUMBERS, "do_flip_channel_order": True}, "blue first, red last"),
        ({"image_processor_type": "MobileViTImageProcessor", "size": 256}, "blue first, red last"),
        ({"image_mean": [0.5, 0.5], "image_std": [0.5, 0.5]}, "image_mean [0.5, 0.5], image_std [0.5, 0.5]"),
        ({"image_mean": [123.7, 116.3, 103.5], "image_std": [58.4, 57.1, 57.4]}, "image_mean [123.7, "),
        ({**IMAGE_NUMBERS, "rescale_factor": 0.001}, "rescale_factor 0.001"),
        ({**IMAGE_NUMBERS, "rescale_factor": -1}, "rescale_factor -1"),
    ],
)
def test_pixels_that_no_mean_makes_are_refused_until_somebody_gives_one(
    tmp_path: Path, said: object, words: str
) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    weights, asked = tmp_path / "model.pt", Preparation("", "", 0)
    with pytest.raises(UserError, match="change the first layer's weights to that, and give --mean and --std") as found:
        prepare_as_said(weights, asked, resizes=False)
    assert words in str(found.value)
    used = prepare_as_said(weights, replace(asked, mean=MEAN, std=STD), resizes=False)
    assert (used.mean, used.std) == (MEAN, STD)
    assert "prepares its images otherwise" in differing(weights, used, resizes=False)


@pytest.mark.parametrize(
    ("said", "mean", "std"),
    [
        ({"image_mean": 0.5, "image_std": [0.25]}, "0.5,0.5,0.5", "0.25,0.25,0.25"),
        ({"do_normalize": False}, "0.0,0.0,0.0", "1.0,1.0,1.0"),
        ({"do_normalize": False, "do_rescale": False}, "0.0,0.0,0.0", ",".join(["0.00392156863"] * 3)),
        ({"do_rescale": False, "image_mean": [127.5] * 3, "image_std": 51}, "0.5,0.5,0.5", "0.2,0.2,0.2"),
        ({"do_rescale": False}, "", ""),
    ],
)
def test_whatever_makes_numbers_of_bytes_is_a_mean_and_a_deviation(
    tmp_path: Path, said: dict[str, object], mean: str, std: str
) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({**said, "size": SQUARE}))
    found = beside(tmp_path / "model.pt")
    assert found is not None and (found.mean, found.std, found.unlike_mean) == (mean, std, "")


TIMM_UNLIKE = {
    "the lanczos filter": {"interpolation": "lanczos"},
    "the nearest filter": {"interpolation": "nearest"},
    "the random filter": {"interpolation": "random"},
    "crop_mode tiles": {"crop_mode": "tiles"},
    "crop_pct most": {"crop_pct": "most"},
    "longer side to 64, the rest of colour 124,116,104": {"crop_mode": "border", "crop_pct": 1.0},
    "longer side to 71, the rest of colour 0,0,0": {"crop_mode": "border", "crop_pct": 0.9, "mean": [0.0] * 3},
    "resized to 12, the middle 64 cut out": {"crop_pct": 5.0},
}


@pytest.mark.parametrize("words", TIMM_UNLIKE)
def test_what_timm_does_and_no_rule_is_refused_until_somebody_chooses(tmp_path: Path, words: str) -> None:
    content = {**NUMBERS, "input_size": [3, 64, 64], **TIMM_UNLIKE[words]}
    (tmp_path / "config.json").write_text(json.dumps({"pretrained_cfg": content}))
    weights, asked = tmp_path / "model.pt", Preparation("", "", 0)
    with pytest.raises(UserError, match=f"resize '{words}': config.json .* choose one: --resize crop, "):
        prepare_as_said(weights, asked, resizes=True)
    chosen = replace(asked, resize="crop:70", chosen=frozenset({"resize"}))
    assert prepare_as_said(weights, chosen, resizes=True).resize == "crop:70"


def test_another_size_keeps_the_part_that_is_cut_out(tmp_path: Path) -> None:
    """And files beside which the same is said agree, whatever the size is."""
    content = {**NUMBERS, "input_size": [3, 224, 224], "crop_pct": 0.95, "interpolation": "bicubic"}
    (tmp_path / "config.json").write_text(json.dumps(content))
    weights = tmp_path / "model.pt"
    for size, rule in ((0, "crop-bicubic:235"), (160, "crop-bicubic:168")):
        used = prepare_as_said(weights, Preparation("", "", size), resizes=True)
        assert used.resize == rule
        assert bool(differing(weights, used, resizes=True)) == bool(size), "of another size"
    used = prepare_as_said(weights, Preparation("", "", 0), resizes=True)
    other = replace(used, resize="crop-bicubic")
    assert "prepares its images otherwise" in differing(weights, other, resizes=True)


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
        ("model.md", "| images resized to | 64 × 64 pixels (stretch-bicubic:70) |", "stretch-bicubic:70"),
        ("model.md", "| images resized to | 64 × 64 pixels (crop:99999) |", "crop"),
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
