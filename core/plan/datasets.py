"""Datasets by name, and what identifies them.

Known: `cifar10`, `cifar100`, `fashion-mnist`, `digits`, and `imagefolder:PATH` with PATH/train/<class>/* and
PATH/test/<class>/*, which `prunesweep.core.images` inspects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prunesweep.core.errors import UserError
from prunesweep.core.plan.suggestions import did_you_mean

BUILT_IN: Mapping[str, int] = MappingProxyType({"cifar10": 10, "cifar100": 100, "fashion-mnist": 10, "digits": 10})
"""Datasets that need no folder of the user's, and how many classes they have."""
IMAGEFOLDER = "imagefolder"


@dataclass(frozen=True)
class DatasetRef:
    """Which images: what is equal here has equal images, wherever they lie.

    fingerprint: of an image folder, SHA-256 of its content (`prunesweep.core.images.inspection`); "" for the built-in
    ones.
    """

    name: str
    fingerprint: str
    classes: int

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
