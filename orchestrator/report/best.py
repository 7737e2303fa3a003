"""Which setting is the best: chosen on the validation images, reported by its accuracy on the test images.

The highest of several test accuracies is flattered by having been picked; the test accuracy of what the validation
images picked is not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report.summary import Group, groups
from prunesweep.orchestrator.statistics.student import quantile


@dataclass(frozen=True)
class BestGroup:
    """The group that was chosen among `of` settings of its sparsity. None: all are at chance."""

    sparsity: float
    group: Group | None
    of: int


def chosen(rows: Sequence[ReportRow]) -> list[BestGroup]:
    """Choose a setting for each sparsity at which several have their validation and test accuracies; the mean over
    seeds decides, among equals the first of the grid."""
    found: dict[float, list[Group]] = {}
    for group in groups(rows):
        if group.sparsity and group.knows(lambda row: row.top1) and group.knows(lambda row: row.top1_val):
            found.setdefault(group.sparsity, []).append(group)
    return [BestGroup(sparsity, _best(some), len(some)) for sparsity, some in sorted(found.items()) if len(some) > 1]


def lines(rows: Sequence[ReportRow]) -> list[str]:
    """Return a line for each choice, and how sure it is."""
    made = chosen(rows)
    shown = [_line(one) for one in made]
    if made and any(row.top1 is not None and row.top1_val is None for row in rows):
        shown.append("cells without a validation accuracy (an older release, or a recipe that holds none out) take no"
                     " part in the choice")  # fmt: skip
    if made:
        shown.append("± is half of the 95 % interval over seeds, on this one test set; other test images may differ")
    if made and len({row.seed for row in rows}) == 1:
        shown.append(
            "one seed only: small differences between settings may be chance; run more seeds, e.g. --seeds 0,1,2"
        )
    return shown


def _best(some: Sequence[Group]) -> Group | None:
    alive = [group for group in some if not all(row.at_chance for row in group.rows)]
    return max(alive, key=_mean_val, default=None)


def _mean_val(group: Group) -> float:
    known = [row.top1_val for row in group.rows if row.top1_val is not None]
    return fmean(known) if known else -1.0


def _line(one: BestGroup) -> str:
    where = f"highest at {100 * one.sparsity:g} %"
    if one.group is None:
        return f"{where}: none, all {one.of} settings are at chance"
    name, epochs, iterations = one.group.setting
    rounds = f"{text.plural(epochs, 'epoch')} × {text.plural(iterations, 'round')}"
    return f"{where}, chosen on validation: {name}, {rounds}, test top-1 {interval(one.group)}"


def interval(group: Group) -> str:
    """Return `77.95 ± 0.90 % (3 seeds)`: mean and half of Student's 95 % interval; without the half for one seed."""
    found = group.of(lambda row: row.top1)
    if found is None:
        return text.MISSING
    half = "" if found.sd is None else f" ± {100 * quantile(0.975, found.n - 1) * found.sd / math.sqrt(found.n):.2f}"
    return f"{100 * found.mean:.2f}{half} % ({text.plural(found.n, 'seed')})"
