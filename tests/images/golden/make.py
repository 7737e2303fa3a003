"""Compares our images with those of transformers' own processors, and writes some of its pixels to transformers.json.

    pip install transformers && python tests/images/golden/make.py

Each processor is made, saved as its publishers save theirs, and read back from that file by our code alone. A line for
each: what was understood, and the largest differences, of 255, from its backend with Pillow and from its usual one,
with the middle cut out as transformers does (`floor`) and as torchvision and this program do.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[3]))

from prunesweep.core.images.preprocessing import Preprocessing, beside
from prunesweep.core.images.resizing import resized
from prunesweep.core.plan.resize_rules import rule_at
from prunesweep.core.training.vision import import_torchvision
from tests.images.conftest import picture


def _square(side: int) -> dict[str, int]:
    return {"height": side, "width": side}


def _shorter(side: int) -> dict[str, int]:
    return {"shortest_edge": side}


BYTES = {"image_mean": [123.675, 116.28, 103.53], "image_std": [58.395, 57.12, 57.375]}
CASES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "ViT default": ("ViT", {}),
    "ViT in21k bicubic 384": ("ViT", {"size": _square(384), "resample": 3}),
    "DeiT default": ("DeiT", {}),
    "DeiT of numbers": ("DeiT", {"size": 256, "crop_size": 224, "resample": 3}),
    "BeiT default": ("Beit", {}),
    "BeiT 224 of 256": ("Beit", {"size": _square(256), "do_center_crop": True, "crop_size": _square(224)}),
    "CLIP default": ("CLIP", {}),
    "CLIP 336": ("CLIP", {"size": _shorter(336), "crop_size": _square(336)}),
    "SigLIP default": ("Siglip", {}),
    "BiT default": ("Bit", {}),
    "DINOv2": ("Bit", {"size": _shorter(256), "crop_size": _square(224), "resample": 3}),
    "BiT 448 of 480": ("Bit", {"size": _shorter(480), "crop_size": _square(448), "resample": 2}),
    "ConvNeXT default": ("ConvNext", {}),
    "ConvNeXT 0.95": ("ConvNext", {"size": _shorter(224), "crop_pct": 0.95}),
    "ResNet": ("ConvNext", {"size": 224, "crop_pct": 0.875, "resample": 3}),
    "PoolFormer default": ("PoolFormer", {}),
    "PoolFormer 0.95": ("PoolFormer", {"crop_pct": 0.95}),
    "LeViT default": ("Levit", {}),
    "MobileNetV1 default": ("MobileNetV1", {}),
    "MobileNetV2 default": ("MobileNetV2", {}),
    "EfficientNet default": ("EfficientNet", {}),
    "EfficientNet nearest": ("EfficientNet", {"resample": 0}),
    "EfficientNet offset": (
        "EfficientNet",
        {"rescale_factor": 1 / 127.5, "rescale_offset": True, "include_top": False, "size": _square(224)},
    ),
    "MobileViT default": ("MobileViT", {}),
    "MobileViT RGB": ("MobileViT", {"do_flip_channel_order": False, "size": _shorter(288)}),
    "Perceiver default": ("Perceiver", {}),
    "PVT default": ("Pvt", {}),
    "BLIP default": ("Blip", {}),
    "FLAVA default": ("Flava", {}),
    "Segformer default": ("Segformer", {}),
    "VideoMAE default": ("VideoMAE", {}),
    "not normalised": ("ViT", {"do_normalize": False}),
    "not rescaled": ("ViT", {"do_rescale": False, **BYTES}),
    "neither": ("ViT", {"do_rescale": False, "do_normalize": False}),
    "Lanczos": ("ViT", {"resample": 1}),
    "no square": ("CLIP", {"do_center_crop": False}),
}
KEYS = (
    *("image_processor_type", "do_resize", "size", "resample", "do_center_crop", "crop_size", "crop_pct", "do_rescale"),
    *("rescale_factor", "rescale_offset", "include_top", "do_normalize", "image_mean", "image_std"),
    *("do_flip_channel_order", "do_pad"),
)
"""What is kept of a processor's file."""
SIZES = ((333, 500), (501, 375), (97, 64), (640, 427), (224, 224), (256, 300))
SMALL = ((61, 47), (47, 61), (90, 71), (72, 60), (80, 60), (50, 75), (66, 55))


def floor(side: int, size: int) -> int:
    """Return where transformers' middle begins."""
    return (side - size) // 2 if side >= size else -((size - side) // 2)


def pixels(processor: Any, image: Image.Image) -> np.ndarray:
    """Return float64 [3, H, W] of an image, or of the only frame of a video."""
    found = np.asarray(processor(image, return_tensors="np")["pixel_values"], np.float64)
    return found.reshape(-1, *found.shape[-3:])[0]


def differences(said: Preprocessing, processor: Any, images: list[Image.Image]) -> float:
    """Return the largest difference of a value, of 255."""
    mean, std = (np.array(text.split(","), np.float64).reshape(3, 1, 1) for text in (said.mean, said.std))
    most = 0.0
    for image in images:
        bytes_ = np.asarray(resized(image, said.image_size, said.resize or "crop"), np.float64).transpose(2, 0, 1)
        most = max(most, float(np.abs(bytes_ - 255 * (pixels(processor, image) * std + mean)).max()))
    return most


def kept(name: str, said: Preprocessing, saved: Mapping[str, Any], processor: Any) -> dict[str, Any] | None:
    """Return some pixels of an image that both cut alike, None where there is none."""
    side, rule = said.image_size, rule_at(said.resize or "crop", said.image_size)
    for width, height in SMALL:
        shorter = min(width, height)
        scaled = [rule.side] * 2 if rule.kind == "stretch" else [int(rule.side * n / shorter) for n in (width, height)]
        if all((each - side) % 4 != 3 for each in scaled):
            break
    else:
        return None
    places = np.random.default_rng(len(name)).integers(0, side, (5, 2)).tolist()
    found = pixels(processor, picture(3, (width, height)))
    values = [[round(float(value), 5) for value in found[:, y, x]] for y, x in places]
    config = {key: saved[key] for key in KEYS if key in saved}
    return {"name": name, "picture": [width, height], "places": places, "pixels": values, "config": config}


def compared(make: Callable[[str], Any]) -> Iterator[dict[str, Any]]:
    """Print a line for each case; yield what is kept of it."""
    images = [picture(seed, size) for seed, size in enumerate(SIZES)]
    for name, (kind, options) in CASES.items():
        usual, pillow = (make(f"{kind}ImageProcessor{end}")(**options) for end in ("", "Pil"))
        with tempfile.TemporaryDirectory() as folder:
            usual.save_pretrained(folder)
            saved = json.loads(Path(folder, "preprocessor_config.json").read_text())
            said = beside(Path(folder, "model.pt"))
        if said is None or said.unlike or said.unlike_mean:
            print(f"{name}: {said and (said.unlike or said.unlike_mean)}")
            continue
        ours = differences(said, pillow, images)
        with patch("prunesweep.core.images.resizing._offset", floor):
            like_theirs = [differences(said, each, images) for each in (pillow, usual)]
        line = "Pillow {:.3f}, usual {:.3f} (floor); Pillow {:.3f}".format(*like_theirs, ours)
        print(f"{name}: {said.image_size} {said.resize or 'crop'}: {line}")
        if (found := kept(name, said, saved, pillow)) is not None:
            yield found


if __name__ == "__main__":
    import_torchvision()
    import transformers

    lines = ",\n".join(map(json.dumps, compared(lambda name: getattr(transformers, name))))
    made = json.dumps(f"transformers {transformers.__version__}, Pillow backend, picture(3, size)")
    Path(__file__).with_name("transformers.json").write_text(f'{{"made": {made}, "processors": [\n{lines}\n]}}\n')
