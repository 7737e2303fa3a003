"""Comparisons in words, as a table and as JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from prunesweep.core.plan.axes import axis_name
from prunesweep.orchestrator.compare.contents import NamedContent
from prunesweep.orchestrator.compare.paired import AXES, Comparison, Metric, PairedTable, Value
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.prose import wrapped
from prunesweep.orchestrator.statistics.paired_difference import CONFIDENCE, MOST_MORE, POWER

_TITLES = {"sparsity": "sparsity %", "epochs": "epochs", "iterations": "rounds"}
_ALPHA = 1 - CONFIDENCE


@dataclass(frozen=True)
class SideNames:
    """What the sides are called in a table and in a verdict."""

    a: str = "A"
    b: str = "B"


def verdict(one: Comparison, metric: Metric, names: SideNames, of: int) -> str:
    """Return `A is better`, or `undecided, …` and what it would take. of: comparisons made together, for Holm's
    adjustment."""
    found = one.found
    if one.dead:
        return f"no verdict: {one.dead}"
    if winner := better(one, metric, names):
        alone = of > 1 and one.p_holm is not None and one.p_holm >= _ALPHA
        return f"{winner} is better" + (f", taken alone; not among {of} comparisons (Holm)" if alone else "")
    if one.coming:
        return f"undecided; {text.plural(one.coming, 'pair')} of the second look still to come"
    if found.n == 1:
        return f"undecided: one seed; needs at least {found.more} more"
    if found.low is None:
        what = f"all {found.n} pairs are equal" if found.mean == 0 else f"all {found.n} differences are equal"
        return f"undecided: {what}, no spread to judge by"
    if found.looks == 2:
        return "undecided after two looks"
    if found.more is None:
        return f"undecided, needs more than {MOST_MORE} more seeds"
    return f"undecided, needs about {text.plural(found.more, 'more seed')}"


def better(one: Comparison, metric: Metric, names: SideNames) -> str:
    """Return the side that is better in the metric, taken alone; "" = undecided."""
    sign = 0 if one.dead else one.found.sign * (1 if metric.higher else -1)
    return {1: names.a, -1: names.b}.get(sign, "")


def lines(compared: PairedTable, metric: Metric, names: SideNames, width: int) -> list[str]:
    """Return the table, one row a setting, and how to read it."""
    made = compared.comparisons
    varying = [axis for axis in AXES if len({one.at.get(axis) for one in made}) > 1]
    if not varying and "sparsity" not in compared.axes:
        varying = ["sparsity"]
    columns = [
        *(text.Column(_TITLES.get(axis, axis), axis not in _TITLES) for axis in varying),
        text.Column("pairs", spare=1),
        text.Column(names.a),
        text.Column(names.b),
        text.Column("difference"),
        text.Column("95 %"),
        text.Column("verdict", left=True),
    ]
    rows = [
        (
            *(_shown(axis, one.at[axis]) for axis in varying),
            str(one.found.n),
            _value(fmean(pair.a for pair in one.pairs), metric),
            _value(fmean(pair.b for pair in one.pairs), metric),
            _value(one.found.mean, metric, "+"),
            _half(one, metric),
            verdict(one, metric, names, len(made)),
        )
        for one in made
    ]
    return [*verdict_table(columns, rows, width), "", *_reading(compared, metric, names)]


def verdict_table(columns: Sequence[text.Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the table; where it is too wide, each verdict, which has a number in its middle, below its row."""
    whole = text.table(columns, rows, width)
    if max(map(len, whole)) <= width:
        return whole
    top, rule, *body = text.table(columns[:-1], [row[:-1] for row in rows], width)
    below = (wrapped(row[-1], width, "  ", "  ") for row in rows)
    return [top, rule, *(line for row, extra in zip(body, below, strict=True) for line in (row, *extra))]


def _reading(compared: PairedTable, metric: Metric, names: SideNames) -> list[str]:
    made = compared.comparisons
    what = f"{metric.name}{' in %' if metric.points else ''}, {'higher' if metric.higher else 'lower'} is better"
    read = [
        f"{what}; means over seeds",
        f"difference: {names.a} - {names.b}{' in points' if metric.points else ''}, paired by seed,"
        " ± half of the 95 % interval for two looks",
    ]
    second = [one.found for one in made if one.found.looks == 2]
    if second:
        firsts = sorted({found.first for found in second})
        read.append(
            f"second look: seeds were added after the first {' or '.join(map(str, firsts))} had been looked at; judged"
            " by both looks together, and there is no third"
        )
    read.append("intervals and verdicts are about other seeds, on this one test set; other test images may differ")
    if len(made) > 1:
        stand = sum(one.found.sign != 0 and one.p_holm is not None and one.p_holm < _ALPHA for one in made)
        alone = sum(one.found.sign != 0 for one in made if not one.dead)
        read.append(
            f"{len(made)} comparisons, each of which may be a false positive: {alone} decided taken alone,"
            f" {stand} with Holm's adjustment for all of them"
        )
    if any(one.found.more is not None and one.found.low is not None and not one.dead for one in made):
        read.append(
            f"about N more seeds (--queue): a second look at them finds a true difference of the size seen in"
            f" {POWER:.0%} of studies"
        )
    read += _unlike(made)
    left = [
        (compared.alone_a, "of A without a partner in B"),
        (compared.alone_b, "of B without a partner in A"),
    ]
    read += [f"left out: {text.plural(count, 'cell')} {why}" for count, why in left if count]
    if compared.unknown:
        lacking = text.plural(compared.unknown, "pair")
        read.append(f"left out: {lacking} without a value, not measured or not yet; see: sweep status")
    if compared.same:
        read.append(f"left out: {text.plural(compared.same, 'pair')} of one and the same work")
    return read


def _unlike(made: Sequence[Comparison]) -> list[str]:
    """Return a warning where the cells of a pair were not carried out alike."""
    counts: Counter[str] = Counter()
    for one in made:
        counts.update(one.unlike)
    if not counts:
        return []
    shown = ", ".join(f"{name.removeprefix('ran_')} in {text.plural(count, 'pair')}" for name, count in counts.items())
    return [f"warning: not carried out alike, so that the difference may be the machine's: {shown} (columns ran_*)"]


def as_dict(compared: PairedTable, metric: Metric, names: SideNames) -> dict[str, Any]:
    """Return the raw numbers, for programs; accuracies as fractions."""
    made = compared.comparisons
    return {
        "metric": metric.name,
        "higher_is_better": metric.higher,
        "compared": list(compared.axes),
        "comparisons": [_one(one, metric, names, len(made)) for one in made],
        "without_partner": {"a": compared.alone_a, "b": compared.alone_b},
        "unknown": compared.unknown,
        "same": compared.same,
    }


def _one(one: Comparison, metric: Metric, names: SideNames, of: int) -> dict[str, Any]:
    found = one.found
    return {
        "at": _plain(one.at),
        "a": {**_plain(one.a_at), "mean": fmean(pair.a for pair in one.pairs)},
        "b": {**_plain(one.b_at), "mean": fmean(pair.b for pair in one.pairs)},
        "pairs": [asdict(pair) for pair in one.pairs],
        "n": found.n,
        "n_first": found.first,
        "looks": found.looks,
        "coming": one.coming,
        "mean": found.mean,
        "sd": found.sd,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "p_holm": one.p_holm,
        "better": better(one, metric, names) or None,
        "better_holm": None if one.p_holm is None or one.p_holm >= _ALPHA else better(one, metric, names) or None,
        "dead": one.dead or None,
        "unlike": dict(one.unlike),
        "more_seeds": None if one.dead else found.more,
        "more_than": MOST_MORE if found.hopeless else None,
        "verdict": verdict(one, metric, names, of),
    }


def _plain(at: Mapping[str, Value]) -> dict[str, str | int | float | None]:
    return {axis: str(value) if isinstance(value, NamedContent) else value for axis, value in at.items()}


def settings(at: Mapping[str, Value], axes: Sequence[str]) -> str:
    """Return `algorithm oneshot, epochs 9`; a content without a name (no rules, one of our algorithms) is left out."""
    named = ((axis_name(axis), _shown(axis, at[axis])) for axis in axes if axis in at)
    return ", ".join(f"{name} {shown}" for name, shown in named if shown)


def _shown(axis: str, value: Value) -> str:
    return f"{100 * value:g}" if axis == "sparsity" and isinstance(value, float) else str(value)


def _value(value: float, metric: Metric, sign: str = "") -> str:
    if metric.points:
        return f"{100 * value:{sign}.2f}"
    return f"{value:{sign},.0f}" if abs(value) >= 1e5 else f"{value:{sign}.4g}"


def _half(one: Comparison, metric: Metric) -> str:
    low, high = one.found.low, one.found.high
    return text.MISSING if low is None or high is None else f"± {_value((high - low) / 2, metric)}"
