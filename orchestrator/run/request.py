"""What the user asked to be run, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class GridRequest:
    """What the user asked to be run.

    Attributes:
        grid: a name, a TOML file or None.
        axes: those given, as typed.
        throughput: train before evaluating and measuring, instead of finishing row after row; None = as the sweep has
            it, row after row for a new one.
    """

    grid: str | None
    axes: Mapping[str, object]
    name: str | None
    throughput: bool | None = None
