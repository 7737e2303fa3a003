"""Datasets by name, and what identifies them.

Known: `cifar10`, `cifar100`, `fashion-mnist`, `digits`, and, inspected by `prunesweep.core.images`,
`imagefolder:PATH` with PATH/train/<class>/* and PATH/test/<class>/*, and `parquet:PATH` with shards of images.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_channels, parse_count
from prunesweep.core.plan.suggestions import did_you_mean

BUILT_IN: Mapping[str, int] = MappingProxyType({"cifar10": 10, "cifar100": 100, "fashion-mnist": 10, "digits": 10})
"""Datasets that need no folder of the user's, and how many classes they have."""
SIDES: Mapping[str, int] = MappingProxyType({"cifar10": 32, "cifar100": 32, "fashion-mnist": 28, "digits": 16})
"""Pixels of a side of their images, which are square."""
IMAGEFOLDER, PARQUET = "imagefolder", "parquet"
FOLDERS = (IMAGEFOLDER, PARQUET)
"""Datasets that lie in a folder of the user's: `imagefolder:PATH`, `parquet:PATH`."""
OPTIONAL = "optional"
"""Marks fields (in their metadata) that a stage's JSON leaves out where they have their default, so that fields can be
added without changing the digests of stages that don't use them."""
LARGEST = 2048
"""Longest side in pixels that images may be resized to."""


@dataclass(frozen=True)
class DatasetRef:
    """Which images: what is equal here has equal images, wherever they lie.

    Attributes:
        fingerprint: of an image folder, SHA-256 of its content (`prunesweep.core.images.inspection`); "" for the
            built-in ones.
        mean, std: how pixels are normalised where that was given, three numbers such as `0.49,0.48,0.45`, of values in
            [0, 1]; "" = by those of all training images.
        size: side in pixels of the squares that its images are resized to, 0 = they are used as they are.
        resize: how (`prunesweep.core.plan.resize_rules.resize_at`), "" where size is 0. Both are left out of a stage's
            JSON where nothing is resized.
        test_share: which of its images are test images, as `parse_share` writes it; "" = the folder says.
    """

    name: str
    fingerprint: str
    classes: int
    size: int = field(default=0, metadata={OPTIONAL: True})
    resize: str = field(default="", metadata={OPTIONAL: True})
    mean: str = field(default="", metadata={OPTIONAL: True})
    std: str = field(default="", metadata={OPTIONAL: True})
    test_share: str = field(default="", metadata={OPTIONAL: True})

    @property
    def label(self) -> str:
        """`cifar10`, `imagefolder 3fa9c1b2d4e5` or `imagefolder 3fa9c1b2d4e5 crop 224`: where a folder lies is not
        part of what it is."""
        name = f"{self.name} {self.fingerprint[:12]}" if self.fingerprint else self.name
        return f"{name} {self.resize} {self.size}" if self.size else name


def read_size(value: object, field: str = "image_size") -> int:
    """Return the side of the squares that images are resized to, from an option or a TOML value; 0 = not at all.

    Raises:
        UserError: not a whole number from 8 to `LARGEST`, or 0.
    """
    if isinstance(value, int | str) and not isinstance(value, bool) and str(value).strip() == "0":
        return 0
    return parse_count(value, field, 8, LARGEST)


def parse_share(value: object, field: str = "test_share") -> str:
    """Return which part of a dataset in one piece is its test set, as canonical text: `0.2`, or `0.2:7` with a seed
    other than 0; "" where the folder itself says.

    Raises:
        UserError: no share from above 0 to below 1, or no whole number behind the colon.
    """
    text = str(value).strip()
    if text == "" or (text == "0" and not isinstance(value, bool)):
        return ""
    number, _, seed = text.partition(":")
    fix = "give the part of the images that is the test set, e.g. 0.2, and another draw of them as 0.2:7"
    try:
        share = float(number) if number.isascii() and "_" not in number and len(number) <= 32 else 0.0
    except ValueError:
        share = 0.0
    if isinstance(value, bool) or not 0 < share < 1 or f"{share:g}" in ("0", "1"):
        raise UserError(field, value, fix)
    drawn = parse_count(seed, field, 0, 2**31 - 1) if ":" in text else 0
    return f"{share:g}:{drawn}" if drawn else f"{share:g}"


def share_of(text: str) -> tuple[Fraction, int]:
    """Return the share and the seed of what `parse_share` wrote."""
    share, _, seed = text.partition(":")
    return Fraction(share), int(seed or 0)


def folder_of(value: object) -> str | None:
    """Return PATH of `imagefolder:PATH` or `parquet:PATH`; None for any other value."""
    kind, colon, path = value.partition(":") if isinstance(value, str) else ("", "", "")
    return path if colon and kind in FOLDERS else None


def parse_dataset(value: object, field: str = "dataset") -> DatasetRef:
    """Return the built-in dataset of that name.

    Raises:
        UserError: an unknown name, or an image folder: that one must be inspected
        (`prunesweep.core.images.folders.find_dataset`).
    """
    if isinstance(value, str) and value in BUILT_IN:
        return DatasetRef(value, "", BUILT_IN[value])
    if folder_of(value) is not None:
        raise UserError(field, value, "is an image folder that nobody has inspected")
    raise UserError(field, value, did_you_mean(str(value), [*BUILT_IN, *(f"{kind}:PATH" for kind in FOLDERS)]))


def with_normalisation(dataset: DatasetRef, mean: object, std: object) -> DatasetRef:
    """Return the dataset with a mean and a standard deviation to normalise by; "" and "" = those that it has.

    Raises:
        UserError: no three numbers, or only one of the two.
    """
    texts = parse_channels(mean, "mean", zero=True), parse_channels(std, "std", zero=False)
    if bool(texts[0]) != bool(texts[1]):
        raise UserError("std" if texts[0] else "mean", "", "give --mean and --std together, or neither")
    return replace(dataset, mean=texts[0], std=texts[1]) if texts[0] else dataset
