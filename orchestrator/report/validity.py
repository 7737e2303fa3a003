"""What can be said at all: networks that learned nothing, and cells that were not carried out alike."""

from collections.abc import Iterable, Sequence

from prunesweep.core.holm import LEVEL
from prunesweep.core.ledger.queries.ran import KEYS
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report.summary import shares_dense

RAN = tuple(f"ran_{key}" for key in KEYS if key != "resumed")
"""Columns in which the cells of a fair comparison agree."""
_SHOWN = 3


def sign(row: ReportRow) -> int:
    """Return 1 where the pruned network is faster, -1 where it is slower, as one of the sweep's cells; else 0."""
    low, high, adjusted = row.latency_speedup_low, row.latency_speedup_high, row.latency_p_adjusted
    if low is None or high is None or (adjusted is not None and adjusted > LEVEL):
        return 0
    return 1 if low > 1.0 else -1 if high < 1.0 else 0


def nothing_learned(rows: Sequence[ReportRow]) -> list[str]:
    """Return a line for the dense networks that learned nothing, and one for the pruned cells; empty = all did."""
    dead = [row for row in rows if row.dense_at_chance]
    lines = []
    if dead:
        seeds = sorted({row.seed for row in dead})
        lines.append(
            f"the dense network learned nothing ({_seeds(seeds)}): top-1 {_percents(row.top1_dense for row in dead)} %,"
            f" within two standard errors of chance ({_chance(rows)}); what was made from it says nothing about pruning"
        )
    lost = [row for row in rows if row.at_chance and not row.dense_at_chance]
    if lost:
        lines.append(
            f"{text.plural(len(lost), 'cell')} at chance: top-1 {_percents(row.top1 for row in lost)} %, within two"
            f" standard errors of chance ({_chance(rows)}): nothing is left that was learned"
        )
    return lines


def imported(rows: Sequence[ReportRow]) -> list[str]:
    """Return a line on given weights that the dense network had at the beginning; empty = it was trained from seeds."""
    lines = []
    for weights, sha in dict.fromkeys((row.weights, row.weights_sha256) for row in rows if row.weights):
        alike = [row for row in rows if row.weights_sha256 == sha]
        shared = shares_dense(alike)
        seeds = "; all seeds begin with it, so they vary the recovery only and dense accuracy has no spread (n = 1)"
        lines.append(f"dense network imported from {weights} (tensors SHA-256 {sha[:12]}){seeds if shared else ''}")
    return lines


def dead(pairs: Iterable[tuple[ReportRow, ReportRow]]) -> str:
    """Return why cells side by side say nothing of their difference; "" = they may."""
    both = [row for pair in pairs for row in pair]
    if any(row.dense_at_chance for row in both):
        return "the dense network learned nothing (accuracy at chance)"
    if both and all(row.at_chance for row in both):
        return "both sides are at chance, nothing is left that was learned"
    return ""


def unlike(one: ReportRow, other: ReportRow) -> tuple[str, ...]:
    """Return the columns of what ran (number format, device, …) in which two cells are known to differ."""
    both = ((name, getattr(one, name), getattr(other, name)) for name in RAN)
    return tuple(name for name, here, there in both if None not in (here, there) and here != there)


def _chance(rows: Sequence[ReportRow]) -> str:
    return f"{_percents(row.chance for row in rows)} %"


def _percents(values: Iterable[float | None]) -> str:
    known = sorted({value for value in values if value is not None})
    if not known:
        return text.MISSING
    shown = dict.fromkeys(text.percent(value) for value in (known[0], known[-1]))
    return " to ".join(shown)


def _seeds(seeds: Sequence[int]) -> str:
    more = ", …" if len(seeds) > _SHOWN else ""
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds[:_SHOWN]))}{more}"
