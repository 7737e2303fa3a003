"""Makes images of any sizes squares of one size, by rules that are part of a dataset's identity.

They resample with Pillow's bilinear filter, `crop-bicubic`, `stretch-bicubic` and `pad-bicubic` with its bicubic one.
Both average over all pixels that a new one covers (antialiased). A file that is smaller is enlarged.

| rule | what becomes of a file |
| --- | --- |
| `crop` | shorter side to size · 256/224, the middle cut out: the usual preprocessing of ImageNet tests |
| `stretch` | both sides to size |
| `pad` | longer side to size, the rest black on both sides |

Another result under one of these names would be another dataset: give it another name.
"""

from PIL import Image

_SHORTER = 256 / 224
_BICUBIC = "-bicubic"


def resized(image: Image.Image, size: int, rule: str) -> Image.Image:
    """Return the RGB image as a square of `size` pixels a side.

    rule: of `prunesweep.core.plan.datasets.RESIZES`.

    Source: torchvision's `Resize` and `CenterCrop`, whose rounding `crop` follows to the pixel.
    """
    width, height = image.size
    how = Image.Resampling.BICUBIC if rule.endswith(_BICUBIC) else Image.Resampling.BILINEAR
    rule = rule.removesuffix(_BICUBIC)
    if rule == "stretch":
        return image.resize((size, size), how)
    if rule == "pad":
        scale = size / max(width, height)
        inner = (max(1, round(width * scale)), max(1, round(height * scale)))
        square = Image.new("RGB", (size, size))
        square.paste(image.resize(inner, how), ((size - inner[0]) // 2, (size - inner[1]) // 2))
        return square
    if rule != "crop":
        raise ValueError(f"unknown rule {rule!r}")
    return _cropped(image, size, how)


def _cropped(image: Image.Image, size: int, how: Image.Resampling) -> Image.Image:
    width, height = image.size
    shorter = round(size * _SHORTER)
    scaled = (shorter, int(shorter * height / width)) if width <= height else (int(shorter * width / height), shorter)
    left, top = (round((side - size) / 2) for side in scaled)
    whole = image.resize(scaled, how)
    return whole.crop((left, top, left + size, top + size))
