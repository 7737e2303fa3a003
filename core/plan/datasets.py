"""Datasets by name, and what identifies them.

Known: `cifar10`, `cifar100`, `fashion-mnist`, `digits`, and `imagefolder:PATH` with PATH/train/<class>/* and
PATH/test/<class>/*, which `prunesweep.core.images` inspects.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_channels
from prunesweep.core.plan.suggestions import did_you_mean

BUILT_IN: Mapping[str, int] = MappingProxyType({"cifar10": 10, "cifar100": 100, "fashion-mnist": 10, "digits": 10})
"""Datasets that need no folder of the user's, and how many classes they have."""
IMAGEFOLDER = "imagefolder"
OPTIONAL = "optional"
"""Marks fields (in their metadata) that a stage's JSON leaves out where they have their default, so that fields can be
added without changing the digests of stages that don't use them."""


@dataclass(frozen=True)
class DatasetRef:
    """Which images: what is equal here has equal images, wherever they lie.

    Attributes:
        fingerprint: of an image folder, SHA-256 of its content (`prunesweep.core.images.inspection`); "" for the
            built-in ones.
        mean, std: how pixels are normalised where that was given, three numbers such as `0.49,0.48,0.45`, of values in
            [0, 1]; "" = by those of all training images.
    """

    name: str
    fingerprint: str
    classes: int
    mean: str = field(default="", metadata={OPTIONAL: True})
    std: str = field(default="", metadata={OPTIONAL: True})

    @property
    def label(self) -> str:
        """`cifar10`, or `imagefolder 3fa9c1b2d4e5`: where a folder lies is not part of what it is."""
        return f"{self.name} {self.fingerprint[:12]}" if self.fingerprint else self.name


def folder_of(value: object) -> str | None:
    """Return PATH of `imagefolder:PATH`; None for any other value."""
    if isinstance(value, str) and value.startswith(f"{IMAGEFOLDER}:"):
        return value.removeprefix(f"{IMAGEFOLDER}:")
    return None


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
    raise UserError(field, value, did_you_mean(str(value), [*BUILT_IN, f"{IMAGEFOLDER}:PATH"]))


def with_normalisation(dataset: DatasetRef, mean: object, std: object) -> DatasetRef:
    """Return the dataset with a mean and a standard deviation to normalise by; "" and "" = those that it has.

    Raises:
        UserError: no three numbers, or only one of the two.
    """
    texts = parse_channels(mean, "mean", zero=True), parse_channels(std, "std", zero=False)
    if bool(texts[0]) != bool(texts[1]):
        raise UserError("std" if texts[0] else "mean", "", "give --mean and --std together, or neither")
    return replace(dataset, mean=texts[0], std=texts[1]) if texts[0] else dataset
