"""Sweeps side by side in words: the lines of `sweep compare`, the first sweep against each other one."""

from collections.abc import Sequence
from dataclasses import dataclass

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.compare import paired, sides, wording
from prunesweep.orchestrator.compare.selectors import SelectedCells

_METRIC = paired.METRICS["top1"]
_WIDTH = 120


@dataclass(frozen=True)
class Pairing:
    """What `sweep compare A B` prints. a, b: the sweeps' names; lines: or one that says why there is no table."""

    a: str
    b: str
    lines: Sequence[str]
    table: bool


def pairings(found: Sequence[SelectedCells]) -> list[Pairing]:
    """Return the first against each other one."""
    first, *others = found
    return [_pairing(first, other) for other in others]


def _pairing(a: SelectedCells, b: SelectedCells) -> Pairing:
    try:
        compared = paired.compare(a.points, b.points, _METRIC)
        sides.check(compared, (a, b), _METRIC.name)
    except UserError as error:
        return Pairing(a.sweep.name, b.sweep.name, [str(error)], False)
    lines = [*sides.heads(compared, (a, b)), "", *wording.lines(compared, _METRIC, wording.SideNames(), _WIDTH)]
    return Pairing(a.sweep.name, b.sweep.name, lines, True)
