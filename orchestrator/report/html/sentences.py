"""The verdict: what a sweep found, in words that its numbers bear out."""

from collections import Counter
from collections.abc import Mapping, Sequence

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.controls import DENSE
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report import best, validity
from prunesweep.orchestrator.report.caption import toys_of
from prunesweep.orchestrator.report.columns import disturbed
from prunesweep.orchestrator.report.summary import Group, Spread, dense_spread, groups, spread

_NEAR = 0.01
"""How far below the dense network still counts as near it: one point."""


def verdict(rows: Sequence[ReportRow]) -> list[str]:
    """Return sentences, the most important first."""
    lines = [_state(rows)]
    if not any(row.top1 is not None for row in rows):
        return [*lines, "No cell has been evaluated yet, so nothing can be said about accuracy."]
    lines += [f"{line}." for line in (*validity.imported(rows), *validity.nothing_learned(rows))]
    lines += _dense(rows) + best.lines(rows) + _speed(rows)
    lines += [f"a toy, and what is seen on it holds for it alone: {one}." for one in toys_of(rows)]
    collapsed = sum(bool(row.collapsed) for row in rows)
    if collapsed:
        lines.append(f"Layer collapse: {text.plural(collapsed, 'cell')} lost every weight of a layer.")
    if len({row.seed for row in rows}) == 1 and not any(line.startswith("one seed") for line in lines):
        lines.append("One seed only: small differences may be chance.")
    return [line[:1].upper() + line[1:] for line in lines]


def _state(rows: Sequence[ReportRow]) -> str:
    """Return how much of it is done, and what isn't."""
    counts = Counter(row.state for row in rows)
    done = counts.pop(State.DONE.value, 0)
    line = f"{done:,} of {text.plural(len(rows), 'cell')} done"
    if counts:
        line += "; " + ", ".join(f"{count:,} {state.lower()}" for state, count in counts.most_common())
        line += ". What follows holds for the finished cells" if done else ""
    return line + "."


def _dense(rows: Sequence[ReportRow]) -> list[str]:
    """Return how far one can prune and stay within a point of the dense network of the same seed that trained as long;
    where the sweep has none, of the one before pruning. Of several settings of a sparsity the one that validation
    chose."""
    dense = dense_spread(rows)
    if dense is None:
        return ["The dense network has not been evaluated yet."]
    as_imported = ", as imported," if all(row.weights for row in rows) and dense.n == 1 else ""
    lines = [
        f"Before pruning the dense network{as_imported} reaches {in_percent(dense)} top-1 test accuracy{_seeds(dense)}."
    ]
    if all(row.dense_at_chance for row in rows if row.top1_dense is not None):
        return lines
    lines += _longer(rows)
    picked = {one.sparsity: one.group for one in best.chosen(rows)}
    pruned = [each for each in groups(rows) if each.sparsity and picked.get(each.sparsity, each) == each]
    found = [(group, drop) for group in pruned if (drop := group.of(lambda row: row.drop)) is not None]
    near = [each for each in found if each[1].mean <= _NEAR]
    if near:
        group, drop = max(near, key=lambda each: (each[0].sparsity, -each[1].mean))
        top1 = group.of(lambda row: row.top1)
        lines.append(
            f"Up to {100 * group.sparsity:g} % sparsity a setting{_how(picked)} stays within one point of its"
            f" reference: {group.label} with {in_percent(top1)}, {_below(group, drop)}, mean over"
            f" {text.plural(drop.n, 'seed')}."
        )
    elif found:
        group, drop = min(found, key=lambda each: each[1].mean)
        lines.append(
            f"No setting{_how(picked)} stays within one point of its reference; the nearest is {group.label} at"
            f" {100 * group.sparsity:g} %, {_below(group, drop)}."
        )
    return lines


def _how(picked: Mapping[float, object]) -> str:
    return " (chosen on validation)" if picked else ""


def _longer(rows: Sequence[ReportRow]) -> list[str]:
    """Return what the dense network reaches with the cells' further training; that it has none to compare with
    otherwise."""
    names = dict.fromkeys(row.reference for row in rows if row.sparsity)
    lines = []
    for name in names:
        found = spread({row.seed: row.top1_reference for row in rows if row.reference == name}.values())
        if name != DENSE and found is not None:
            lines.append(f"Trained as long as the pruned ones ({name}) it reaches {in_percent(found)}.")
    if DENSE in names:
        which = "Some cells have" if len(names) > 1 else "This sweep has"
        lines.append(
            f"{which} no dense network that trained as long to compare with (sparsity 0, or a fair grid), so that their"
            " distance from the one before pruning is the effect of pruning and of further training together."
        )
    return lines


def _speed(rows: Sequence[ReportRow]) -> list[str]:
    """Return who is faster than the fastest dense engine, as one of all measured cells; and what the zeros alone
    bring."""
    measured = [row for row in rows if row.latency_speedup is not None and row.latency_speedup_low is not None]
    if not measured:
        return ["No latency was measured, so nothing can be said about speed."]
    faster = [row for row in measured if validity.sign(row) > 0]
    slower = [row for row in measured if validity.sign(row) < 0]
    line = f"Of {text.plural(len(measured), 'measured cell')} {len(faster):,} run faster than the fastest dense engine"
    line += f", {len(slower):,} slower; the others are undecided (sign test, Holm over all of them, 5 %)."
    lines = [line]
    if faster:
        top = max(faster, key=lambda row: row.latency_speedup or 0.0)
        lines.append(
            f"The fastest is {text.times(top.latency_speedup, 2)} faster: {top.algorithm} at {100 * top.sparsity:g} %,"
            f" top-1 {text.percent(top.top1)} %, cell {top.cell}."
        )
    zeros = [row.latency_zeros_speedup for row in measured if row.latency_zeros_speedup is not None]
    if zeros:
        shown = " to ".join(dict.fromkeys(text.times(value, 2) for value in (min(zeros), max(zeros))))
        lines.append(
            f"Against the dense network in the very code that ran the pruned one, the zeros alone bring {shown};"
            " what is beyond that is the engine's doing."
        )
    noisy = sum(map(disturbed, measured))
    if noisy:
        lines.append(f"Disturbed while measured (? in the table): {text.plural(noisy, 'cell')}; measure again.")
    return lines


def in_percent(found: Spread | None) -> str:
    """Return `77.95 ± 0.70 %`, mean and standard deviation."""
    if found is None:
        return text.MISSING
    tail = "" if found.sd is None else f" ± {100 * found.sd:.2f}"
    return f"{100 * found.mean:.2f}{tail} %"


def _below(group: Group, drop: Spread) -> str:
    name = group.rows[0].reference
    against = "the dense network before pruning" if name == DENSE else f"that of {name}"
    return f"{100 * abs(drop.mean):.2f} points {'below' if drop.mean >= 0 else 'above'} {against}"


def _seeds(found: Spread) -> str:
    return f" (mean ± standard deviation of {found.n} seeds)" if found.n > 1 else ""
