"""How far a trainer is within what it does now: written by its worker, read by whoever watches."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

BYTES, STEPS = "B", "steps"
"""The units of amounts of data, and of trained batches."""


@dataclass(frozen=True)
class Doing:
    """What a trainer does now.

    Attributes:
        phase: in a word or two, e.g. `reading images`.
        done, total: how far it has got, in `unit`s; total 0 = not known, both 0 = nothing is counted.
        unit: what is counted, e.g. `images`, `BYTES` or `STEPS`: batches of all epochs of the stage.
        rate: units a second since the count began, 0 = not known yet.
    """

    phase: str
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the JSON that the ledger keeps."""
        return asdict(self)


def read_doing(kept: Mapping[str, Any] | None) -> Doing | None:
    """Return what `as_json` made; None for what is not there, or is a later release's."""
    try:
        return None if kept is None else Doing(**kept)
    except TypeError:
        return None
