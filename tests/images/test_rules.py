"""Every kind of file and folder by the documented rules: in the inspection, at each door, and as pixels."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from prunesweep.core.errors import UserError
from prunesweep.core.images.decoding import Unusable, decode
from prunesweep.core.images.file_names import SUFFIXES, UNREAD
from prunesweep.core.images.folders import find_dataset
from prunesweep.core.images.inspection import inspect_folder
from prunesweep.core.training.datasets import load_dataset
from tests.images.cases import BAD, GOOD, GREY16, Case
from tests.orchestrator.conftest import Ran, home, sweep
from tests.support.examples import examples

__all__ = ["home", "sweep"]
Make = Callable[..., Path]
Sweep = Callable[..., Ran]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_what_makes_a_folder_unusable_is_one_line(make_folder: Make, tmp_path: Path, case: Case) -> None:
    root = make_folder()
    case.change(root)
    found = inspect_folder(root, tmp_path / "data")
    for word in case.words:
        assert word in found.complaint(0)
    assert all(";" in fault or "different classes" in fault for fault in found.faults), "each says what to do"
    with pytest.raises(UserError) as caught:
        find_dataset(f"imagefolder:{root}", tmp_path / "data")
    assert str(caught.value).isprintable()
    assert found.complaint(0) in str(caught.value) or "\N{REPLACEMENT CHARACTER}" in str(caught.value)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_what_is_handled_is_said_and_trained_on(make_folder: Make, tmp_path: Path, case: Case) -> None:
    root = make_folder()
    case.change(root)
    found = find_dataset(f"imagefolder:{root}", tmp_path / "data")
    assert found.inspection is not None
    assert [note[: len(word)] for note, word in zip(found.notes, case.words, strict=True)] == list(case.words)
    train = load_dataset(found.ref, tmp_path / "data", "train", places=found.places)
    assert train.classes == ("cat", "dog")
    assert len(train) == found.inspection.counts[0]
    added = any(path.stem in ("9", "more") for path in root.rglob("train/**/*"))
    assert len(train) == 6 + added


@pytest.mark.slow
@pytest.mark.parametrize("case", BAD[:1] + BAD[12:16] + BAD[18:20], ids=lambda case: case.name)
def test_every_door_refuses_a_bad_folder_alike(make_folder: Make, home: Path, sweep: Sweep, case: Case) -> None:
    root = make_folder()
    case.change(root)
    name = f"imagefolder:{root}"
    told = sweep("submit", "--grid", "demo", "--dataset", name)
    assert told.code == 2
    assert case.words[0] in told.complaint
    for command in (("submit", "--grid", "demo", "--dry-run"), ("run", "--grid", "demo")):
        again = sweep(*command, "--dataset", name)
        assert (again.code, again.complaint) == (2, told.complaint)
    assert not (home / "ledger.sqlite3").exists()
    doctor = sweep("doctor", "--dataset", name, "--json")
    assert doctor.code == 1
    faults = [check["message"] for check in json.loads(doctor.out) if check["name"] == "dataset"]
    assert all(check["ok"] is False for check in json.loads(doctor.out) if check["name"] == "dataset")
    assert told.complaint.endswith("; ".join(fault.removeprefix(f"{name}: ") for fault in faults))


@pytest.mark.slow
def test_doctor_and_submit_tell_what_was_left_out(make_folder: Make, home: Path, sweep: Sweep) -> None:
    root = make_folder()
    for case in GOOD[:5]:
        case.change(root)
    name = f"imagefolder:{root}"
    dry = sweep("submit", "--grid", "demo", "--dataset", name, "--dry-run")
    assert dry.code == 0
    notes = dry.err.splitlines()
    assert len(notes) == 2
    kept = home / "data" / "manifests"
    assert dry.out.splitlines()[-1].endswith(
        f"nothing was submitted; the hashes of the images are kept for the next look, in {kept}"
    )
    written = {path for path in home.rglob("*") if path.is_file()}
    assert written == set(kept.iterdir()), "it says all that was written"
    assert "6 entries ignored" in dry.err
    assert "1 file left out" in dry.err
    doctor = json.loads(sweep("doctor", "--dataset", name, "--json").out)
    assert [f"note: {check['message']}" for check in doctor if check["name"] == "images"] == notes
    told = next(check["message"] for check in doctor if check["name"] == "dataset")
    assert told.startswith(f"{name}: 6 training and 2 test images of 8×8, 2 classes, ")


def _file(image: Image.Image, form: str, **options: object) -> bytes:
    made = BytesIO()
    image.save(made, form, **options)  # type: ignore[arg-type]
    return made.getvalue()


def _pixels(data: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.asarray(decode(data).image)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PPM"])
@pytest.mark.parametrize("order", ["<u2", ">u2"])
def test_16_bits_keep_their_scale(form: str, order: str) -> None:
    if form != "TIFF" and order == ">u2":
        pytest.skip("only TIFF has both orders")
    pixels = _pixels(_file(Image.fromarray(GREY16.astype(order)), form))
    assert pixels.shape == (8, 8, 3)
    assert (pixels == (GREY16 >> 8).astype(np.uint8)[..., None]).all()


@given(alpha=st.integers(0, 255), colour=st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=examples(25), deadline=None)
def test_transparency_is_composited_over_white(alpha: int, colour: tuple[int, int, int]) -> None:
    pixels = _pixels(_file(Image.new("RGBA", (8, 8), (*colour, alpha)), "PNG"))
    wanted = np.array(colour) * (alpha / 255) + 255 * (1 - alpha / 255)
    assert np.abs(pixels.astype(float) - wanted).max() <= 1


@pytest.mark.parametrize("mode", ["L", "LA", "P", "PA", "1", "RGB", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_white_stays_white_and_black_black_in_every_mode(mode: str) -> None:
    for colour, value in (("white", 255), ("black", 0)):
        image = Image.new("RGB", (8, 8), colour)
        if mode == "I;16":
            made = Image.fromarray(np.full((8, 8), 257 * value, np.uint16))
        else:
            made = image.convert("P").convert(mode) if mode == "PA" else image.convert(mode)
        assert (_pixels(_file(made, "TIFF")) == value).all()


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_exif_orientation_is_applied(turn: int, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    plain = Image.fromarray(np.repeat(np.arange(96, dtype=np.uint8).reshape(8, 12)[..., None] * 2, 3, axis=2))
    options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {"lossless": True} if form == "WEBP" else {}
    wanted = plain.copy()
    wanted.getexif()[0x0112] = turn
    turned = np.asarray(ImageOps.exif_transpose(wanted)).astype(int)
    assert np.abs(_pixels(_file(plain, form, exif=exif, **options)).astype(int) - turned).max() <= 4


@given(st.sampled_from(["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM"]), st.data())
@settings(max_examples=examples(40), deadline=None)
def test_no_bytes_whatever_break_the_inspection(form: str, data: st.DataObject) -> None:
    whole = bytearray(_file(Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)), form))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        image = decode(bytes(whole[: data.draw(st.integers(0, len(whole)))])).image
    except Unusable as error:
        assert error.fix
    else:
        assert image.mode == "RGB"
        assert min(image.size) >= 4


def test_every_suffix_that_pillow_reads_is_an_image_or_refused() -> None:
    """None is left out in silence; those that are not counted are formats of data, films or programs."""
    Image.init()
    known = {suffix.removeprefix(".") for suffix, form in Image.registered_extensions().items() if form in Image.OPEN}
    left = known - SUFFIXES - UNREAD
    assert left <= {
        "bufr",
        "fit",
        "fli",
        "flc",
        "ftc",
        "ftu",
        "gbr",
        "grib",
        "h5",
        "hdf",
        "icns",
        "iim",
        "mpg",
        "mpeg",
        "pxr",
    }
