"""What the user asked to be run, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class GridRequest:
    """What the user asked to be run.

    Attributes:
        grid: a name, a TOML file or None.
        axes: those given, as typed.
    """

    grid: str | None
    axes: Mapping[str, object]
    name: str | None
