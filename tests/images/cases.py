"""Image folders with something about them: what it is, and what is said of it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

Change = Callable[[Path], object]

GREY16 = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)


@dataclass(frozen=True)
class Case:
    """Case.

    Attributes:
        change: what is done to a sound folder of 8×8 BMP files.
        words: what is then said, faults or notes.
    """

    name: str
    change: Change
    words: tuple[str, ...]


def save(name: str, image: Image.Image, **options: object) -> Change:
    """Puts an image there."""

    def change(root: Path) -> None:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        image.save(file, **options)  # type: ignore[arg-type]

    return change


def write(name: str, data: bytes = b"") -> Change:
    """Puts a file there."""

    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)

    return change


def folder(*names: str) -> Change:
    """Makes empty folders."""

    def change(root: Path) -> None:
        for name in names:
            (root / name).mkdir(parents=True)

    return change


def remove(pattern: str) -> Change:
    """Removes files."""

    def change(root: Path) -> None:
        for path in root.glob(pattern):
            path.unlink()

    return change


def link(name: str, to: str) -> Change:
    """Makes a link."""
    return lambda root: (root / name).symlink_to(to)


def cut(name: str) -> Change:
    """Cuts a file in half."""
    return lambda root: os.truncate(root / name, (root / name).stat().st_size // 2)


def turned(name: str) -> Change:
    """A portrait that EXIF turns into a landscape."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return save(name, Image.new("RGB", (12, 8)), exif=exif)


GREEN = Image.new("RGB", (8, 8), "green")
CLEAR = Image.new("RGBA", (8, 8), (255, 0, 0, 0))

BAD = (
    Case("no bytes", write("train/cat/0.bmp"), ("1 file without any bytes, e.g. train/cat/0.bmp",)),
    Case("cut off", cut("train/dog/2.bmp"), ("1 file that cannot be decoded in full, e.g. train/dog/2.bmp",)),
    Case("text", write("test/dog/x.png", b"hello"), ("1 file that cannot be decoded in full, e.g. test/dog/x.png",)),
    Case("another size", save("train/cat/9.png", Image.new("RGB", (9, 8))), ("not of 8×8 pixels", "9.png (9×8)")),
    Case("turned", turned("train/cat/9.jpg"), ("not of 8×8 pixels like most, e.g. train/cat/9.jpg (8×12)",)),
    Case("one pixel", save("test/cat/9.png", Image.new("RGB", (1, 1))), ("1 file smaller than 4×4 pixels",)),
    Case("float", save("train/cat/f.tiff", Image.new("F", (8, 8))), ("1 file with pixels of mode F",)),
    Case("32 bits", save("train/cat/i.tiff", Image.new("I", (8, 8))), ("1 file with pixels of mode I",)),
    Case("lab", save("train/cat/l.tif", Image.new("LAB", (8, 8))), ("1 file with pixels of mode LAB",)),
    Case("raw", write("train/cat/raw.heic", b"x"), ("1 file of a kind that is not read (.heic)",)),
    Case("vector", write("train/cat/a.svg", b"<svg/>"), ("1 file of a kind that is not read (.svg)",)),
    Case("program", write("train/cat/a.eps", b"%!PS"), ("1 file of a kind that is not read (.eps)",)),
    Case("eps in disguise", write("train/cat/a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"), ("cannot be decoded in full",)),
    Case("loose", save("train/a.png", GREEN), ("1 file directly under train/, in no class, e.g. train/a.png",)),
    Case("empty class", folder("train/cow", "test/cow"), ("2 classes without images, e.g. test/cow",)),
    Case("empty test class", remove("test/dog/*"), ("1 class without images, e.g. test/dog",)),
    Case("empty test", remove("test/*/*"), ("2 classes without images, e.g. test/cat",)),
    Case("class in train only", folder("train/cow"), ("different classes: cow (train only)",)),
    Case("case", save("train/cat/0.BMP", GREEN), ("1 name like another but for upper and lower case",)),
    Case("forms", lambda root: [save(f"train/cat/{n}.png", GREEN)(root) for n in ("é", "e\u0301")], ("1 name like",)),
    Case("loop", link("train/cat/again", ".."), ("1 folder that leads back to one above it",)),
    Case("broken link", link("train/cat/9.png", "gone.png"), ("1 file that cannot be read (No such file",)),
    Case("link to itself", link("train/cat/9.png", "9.png"), ("1 file that cannot be read (Too many levels",)),
    Case("pipe", lambda root: os.mkfifo(root / "train/cat/9.png"), ("1 entry neither a file nor a link to one",)),
    Case("name", save(os.fsdecode(b"train/cat/\xff.png"), GREEN), ("1 file with names that are",)),
    Case("clear grey", save("train/cat/9.png", Image.fromarray(GREY16), transparency=7), ("a transparent grey",)),
)
"""What makes a folder unusable."""

GOOD = (
    Case("hidden", write("train/cat/.x.png"), ("1 entry ignored, hidden or a system's own, e.g. train/cat/.x.png",)),
    Case("synology", folder("train/@eaDir", "train/cat/@eaDir"), ("2 entries ignored",)),
    Case("mac", folder("__MACOSX/train", "train/__MACOSX"), ("2 entries ignored",)),
    Case("thumbs", write("train/cat/Thumbs.db", b"x"), ("1 entry ignored",)),
    Case("notes", write("train/cat/notes.txt", b"x"), ("1 file left out, not images by their suffix",)),
    Case("beside", folder("val/cat"), ("1 entry beside train/ and test/ left out, e.g. val",)),
    Case("turned back", save("train/cat/9.png", Image.new("RGB", (8, 8))), ()),
    Case("alpha", save("train/cat/9.png", CLEAR), ("1 file with transparency, composited over white",)),
    Case("16 bits", save("train/cat/9.png", Image.fromarray(GREY16)), ("1 file of 16 bits a pixel, divided by 256",)),
    Case("cmyk", save("train/cat/9.jpg", Image.new("CMYK", (8, 8))), ("1 file in CMYK",)),
    Case("frames", save("train/cat/9.gif", GREEN, save_all=True, append_images=[CLEAR]), ("1 file of several frames",)),
    Case("tiff", save("train/cat/9.tiff", GREEN), ()),
    Case("nested", save("train/cat/more/deep/9.png", GREEN), ()),
    Case("link", link("train/cat/9.bmp", "0.bmp"), ()),
    Case("linked folder", link("train/cat/more", "../../test/cat"), ()),
    Case("wrong suffix", save("train/cat/9.jpg", GREEN, format="PNG"), ()),
)
"""What is handled, and said."""
