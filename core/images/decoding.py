"""Decodes one image file to 8-bit RGB by fixed rules, the same for the inspection and for training.

| file | what becomes of it |
| --- | --- |
| EXIF orientation | applied |
| transparency (alpha, a transparent colour) | composited over white |
| grey, palette, 1-bit, YCbCr | converted to RGB |
| CMYK | converted without its colour profile |
| 16 bits a channel | divided by 256: 65,535 is white |
| 32-bit whole numbers, floating point, LAB | refused: nothing says what is black and what is white |
| several frames or pages | the first one |
| empty, cut off, not an image | refused |
| a side below 4 pixels, more than 89 million pixels | refused |
"""

import warnings
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageOps, __version__

RULES = 1
"""Raise it when a file's pixels come out otherwise than before: it is part of every folder's identity."""
PILLOW: str = __version__
SMALLEST = 4

_FORMATS = tuple(
    "AVIF BLP BMP CUR DCX DDS DIB GIF ICO IM JPEG JPEG2000 MSP PCX PNG PPM QOI SGI SUN TGA TIFF WEBP XBM XPM".split()  # noqa: SIM905
)
"""What Pillow may take the bytes for: pictures, no programs (EPS would start one) and no archives of data."""
_REPAIR = "repair or remove them"


class Unusable(Exception):
    """An image that cannot be used.

    Args:
        phrase: follows the count of such files.
        fix: what to do about it.
    """

    def __init__(self, phrase: str, fix: str = _REPAIR) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.fix = fix


@dataclass(frozen=True)
class Decoded:
    """An image file as pixels.

    Attributes:
        image: mode RGB.
        notes: phrases on what was converted.
    """

    image: Image.Image
    notes: tuple[str, ...]


def decode(data: bytes) -> Decoded:
    """Return the image that the bytes of a file hold.

    Raises:
        Unusable: see the table above.
    """
    if not data:
        raise Unusable("without any bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; what counts is whether the pixels can be read
            with Image.open(BytesIO(data), formats=_formats()) as image:
                return _converted(image)
    except Unusable:
        raise
    except Image.DecompressionBombError:
        raise Unusable("larger than 89 million pixels", "resize them") from None
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        raise Unusable("that cannot be decoded in full") from error


@cache
def _formats() -> tuple[str, ...]:
    """Return those of `_FORMATS` that the Pillow at hand was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _converted(image: Image.Image) -> Decoded:
    notes = []
    if getattr(image, "n_frames", 1) > 1:
        notes.append("of several frames: the first one is used")
        image.seek(0)
    image.load()
    if min(image.size) < SMALLEST:
        raise Unusable(f"smaller than {SMALLEST}×{SMALLEST} pixels")
    if image.getexif().get(0x0112, 1) != 1:
        notes.append("turned by EXIF orientation")
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        notes.append("of 16 bits a pixel, divided by 256")
        image = _from_16_bits(image)
    elif image.mode in ("F", "LAB"):
        raise Unusable(f"with pixels of mode {image.mode}, which have no fixed range", "convert them to 8 bits")
    elif image.mode == "CMYK":
        notes.append("in CMYK, converted without its colour profile")
    if not image.has_transparency_data:
        return Decoded(image.convert("RGB"), tuple(notes))
    flat = image.convert("RGBA")
    if flat.getchannel("A").getextrema() != (255, 255):
        notes.append("with transparency, composited over white")
        flat = Image.alpha_composite(Image.new("RGBA", flat.size, "white"), flat)
    return Decoded(flat.convert("RGB"), tuple(notes))


def _from_16_bits(image: Image.Image) -> Image.Image:
    """Return the high byte of each pixel, as Pillow itself reads 16-bit RGB; mode L.

    Modes I;16… are 16-bit files; mode I is one where the format says so (PGM), and 32 bits elsewhere.
    """
    if "transparency" in image.info:
        raise Unusable("of 16 bits with a transparent grey", "convert them to 8 bits")
    if image.mode == "I":
        if image.format != "PPM":
            raise Unusable("with pixels of mode I, which have no fixed range", "convert them to 8 bits")
        pixels = image.tobytes("raw", "I;16B")
        return Image.frombytes("L", image.size, pixels[0::2])
    high = 0 if image.mode.endswith("B") else 1
    return Image.frombytes("L", image.size, image.tobytes()[high::2])
