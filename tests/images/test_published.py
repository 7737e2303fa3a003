"""Our pixels are those of the libraries that publish weights, from what they say of their images alone."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from prunesweep.core.images.preprocessing import beside
from prunesweep.core.images.resizing import resized
from prunesweep.core.images.said import SaidSize
from prunesweep.core.images.timm_config import timm_size
from prunesweep.core.importing.hub import preset_size
from prunesweep.core.training.vision import import_torchvision
from tests.images.conftest import picture

SIZES = ((61, 40), (37, 90), (64, 64))
"""Odd proportions, and what is cut off is odd, too."""
TORCHVISION = {
    "ResNet50_Weights.IMAGENET1K_V1": "crop",
    "ResNet50_Weights.IMAGENET1K_V2": "crop:232",
    "Inception_V3_Weights.IMAGENET1K_V1": "crop",
    "ConvNeXt_Small_Weights.IMAGENET1K_V1": "crop:230",
    "ConvNeXt_Tiny_Weights.IMAGENET1K_V1": "crop:236",
    "EfficientNet_B0_Weights.IMAGENET1K_V1": "crop-bicubic",
    "EfficientNet_B1_Weights.IMAGENET1K_V1": "crop-bicubic:256",
    "EfficientNet_B1_Weights.IMAGENET1K_V2": "crop:255",
    "MaxVit_T_Weights.IMAGENET1K_V1": "crop-bicubic:224",
    "Swin_S_Weights.IMAGENET1K_V1": "crop-bicubic:246",
    "Swin_V2_B_Weights.IMAGENET1K_V1": "crop-bicubic:272",
    "ViT_L_16_Weights.IMAGENET1K_V1": "crop:242",
    "VGG16_Weights.IMAGENET1K_FEATURES": "crop",
}
TIMM = {
    "resnet18.a1_in1k": "crop-bicubic:235",
    "resnet18.tv_in1k": "crop",
    "vit_base_patch16_224.augreg_in1k": "crop-bicubic:248",
    "beit_base_patch16_384.in22k_ft_in22k_in1k": "crop-bicubic:384",
    "convnext_tiny.in12k_ft_in1k_384": "stretch-bicubic",
    "dm_nfnet_f0.dm_in1k": "stretch-bicubic:213",
    "hrnet_w18.ms_aug_in1k": "crop:235",
    "mobileone_s4.apple_in1k": "crop:248",
    "regnety_1280.swag_lc_in1k": "crop-bicubic:232",
    "resnet51q.ra2_in1k": "crop:292",
    "tf_efficientnet_b1.ns_jft_in1k": "crop-bicubic:272",
    "inception_v3.tv_in1k": "crop-bicubic:341",
    "mobilevit_s.cvnets_in1k": "crop-bicubic:284",
    "test_vit.r160_in1k": "crop-bicubic:168",
    "volo_d4_448.sail_in1k": "crop-bicubic:389",
}
PROCESSORS = {
    one["name"]: one
    for one in json.loads((Path(__file__).parent / "golden" / "transformers.json").read_text())["processors"]
}


def ours(image: Image.Image, size: int, rule: str, mean: Any, std: Any) -> np.ndarray:
    """The image as a network gets it, float64 [3, H, W]."""
    pixels = np.asarray(resized(image, size, rule), np.float64).transpose(2, 0, 1)
    mean, std = (np.asarray(numbers, np.float64).reshape(-1, 1, 1) for numbers in (mean, std))
    return (pixels / 255 - mean) / std


def equal(theirs: Callable[[Image.Image], Any], size: int, rule: str, mean: Any, std: Any) -> None:
    for seed, shape in enumerate(SIZES):
        image = picture(seed, shape)
        assert np.allclose(ours(image, size, rule, mean, std), theirs(image).numpy(), atol=1e-5), shape


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision(name: str) -> None:
    import_torchvision()
    from torchvision.models import get_weight

    preset = get_weight(name).transforms()
    said = preset_size(preset)
    assert (said.resize or "crop", said.unlike) == (TORCHVISION[name], "")
    equal(preset, said.side, TORCHVISION[name], preset.mean, preset.std)


def test_what_torchvision_says_of_no_classifier() -> None:
    import_torchvision()
    from torchvision.models import get_weight

    for name in ("FasterRCNN_ResNet50_FPN_Weights.COCO_V1", "FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1"):
        assert preset_size(get_weight(name).transforms()).side == 0


def as_timm(config: dict[str, Any], rule: str, folder: Path) -> None:
    """Compares with timm's transform for the entry, which lies beside weights as timm writes it."""
    from timm.data import create_transform, resolve_data_config

    (folder / "config.json").write_text(json.dumps({"architecture": "any", "pretrained_cfg": config}))
    said = beside(folder / "model.safetensors")
    assert said is not None and (said.resize or "crop", said.unlike) == (rule, "")
    assert timm_size(config) == SaidSize(said.image_size, said.resize), "as the library gives it, with tuples"
    theirs = create_transform(**resolve_data_config(pretrained_cfg=config))
    equal(theirs, said.image_size, rule, config["mean"], config["std"])


@pytest.mark.slow
@pytest.mark.parametrize("name", TIMM)
def test_timm(name: str, tmp_path: Path) -> None:
    pytest.importorskip("timm")
    import_torchvision()
    from timm.models import get_pretrained_cfg

    entry = get_pretrained_cfg(name)
    if entry is None:
        pytest.skip("this timm has no such network")
    as_timm(entry.to_dict(), TIMM[name], tmp_path)


def test_timm_with_borders(tmp_path: Path) -> None:
    """Black ones; of another colour they are refused, as nothing else here has."""
    pytest.importorskip("timm")
    import_torchvision()
    entry = {"input_size": [3, 96, 96], "crop_pct": 1.0, "interpolation": "bicubic", "crop_mode": "border"}
    as_timm(entry | {"mean": [0.0] * 3, "std": [1.0] * 3}, "pad-bicubic", tmp_path)
    assert timm_size(entry | {"mean": [0.5] * 3}).unlike == "longer side to 96, the rest of colour 128,128,128"


@pytest.mark.parametrize("name", PROCESSORS)
def test_transformers(name: str, tmp_path: Path) -> None:
    """Its pixels as it made them once: importing it takes long, and our tests need nothing else of it."""
    one: Mapping[str, Any] = PROCESSORS[name]
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(one["config"]))
    said = beside(tmp_path / "model.pt")
    assert said is not None and not said.unlike and not said.unlike_mean
    numbers = ([float(number) for number in text.split(",")] for text in (said.mean, said.std))
    found = ours(picture(3, tuple(one["picture"])), said.image_size, said.resize or "crop", *numbers)
    assert np.allclose([found[:, y, x] for y, x in one["places"]], one["pixels"], rtol=1e-5, atol=1e-5)
