"""Makes images of any sizes squares of one size, by rules that are part of a dataset's identity.

They resample with Pillow's bilinear filter, those that end in `-bicubic` with its bicubic one. Both average over all
pixels that a new one covers (antialiased). A file that is smaller is enlarged.

| rule | what becomes of a file |
| --- | --- |
| `crop` | shorter side to size · 256/224, the middle cut out: the usual preprocessing of ImageNet tests |
| `crop:232` | shorter side to 232 pixels, the middle cut out |
| `stretch` | both sides to size |
| `stretch:256` | both sides to 256 pixels, the middle cut out |
| `pad` | longer side to size, the rest black on both sides |

A side that falls short of the size gets black edges. Another result under one of these names would be another dataset:
give it another name.
"""

from PIL import Image

from prunesweep.core.plan.resize_rules import rule_at

_Filter = Image.Resampling


def resized(image: Image.Image, size: int, resize: str) -> Image.Image:
    """Return the RGB image as a square of `size` pixels a side.

    resize: as `prunesweep.core.plan.resize_rules` has it.

    Source: torchvision's `Resize` and `CenterCrop`, whose rounding `crop` and `stretch` follow to the pixel.
    """
    rule = rule_at(resize, size)
    how = _Filter.BICUBIC if rule.bicubic else _Filter.BILINEAR
    width, height = image.size
    if rule.kind == "stretch":
        return _middle(image.resize((rule.side, rule.side), how), size)
    if rule.kind == "pad":
        scale = size / max(width, height)
        return _middle(image.resize((max(1, round(width * scale)), max(1, round(height * scale))), how), size)
    if rule.kind != "crop":
        raise ValueError(f"unknown rule {resize!r}")
    shorter = rule.side
    scaled = (shorter, int(shorter * height / width)) if width <= height else (int(shorter * width / height), shorter)
    return _middle(image.resize(scaled, how), size)


def _middle(image: Image.Image, size: int) -> Image.Image:
    """Return the middle of an image, with black where it is too small."""
    left, top = (_offset(side, size) for side in image.size)
    return image.crop((left, top, left + size, top + size))


def _offset(side: int, size: int) -> int:
    return round((side - size) / 2) if side >= size else -((size - side) // 2)
