"""Checks of how much ground the points cover, and how often each was measured."""

from statistics import fmean, stdev

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, AuditedSweep, Curve, ItemResult, cells_of
from prunesweep.orchestrator.report.summary import shares_dense

POINTS = 5
APART = 1.25
RANGE = 8.0
"""Compression ratios of two points are apart if one is a quarter above the other, and a curve spans a range if its
largest is eight times its smallest: {2, 4, 8, 16, 32} does, {90, 90.1, 90.2, 90.3, 98} % doesn't. Both are our
numbers."""
SEEDS = 3
DECLINE = 0.05


def operating_points(subject: AuditedSweep) -> ItemResult:
    """Check for at least five points on each curve, apart from each other, over a range. Algorithms of one sparsity
    draw none.

    A cell of sparsity 0 is a control, no operating point.
    """
    curves = _drawn(subject)
    if not curves:
        return ItemResult(NOT_APPLICABLE, "no algorithm here reaches more than one sparsity")
    ratios = {curve: _ratios(rows) for curve, rows in curves.items()}
    rule = f"{APART:g}× apart, the largest {RANGE:g}× the smallest"
    short = {curve: found for curve, found in ratios.items() if len(found) < POINTS}
    if short:
        shown = "; ".join(f"{_name(curve)}: {len(found)}" for curve, found in short.items())
        what = f"fewer than {POINTS} measured ratios (here: {rule}): {shown}"
        return ItemResult(FAIL, what, cells_of(row for curve in short for row in curves[curve]))
    narrow = {curve: found for curve, found in ratios.items() if found[-1] / found[0] < RANGE - 1e-9}
    if narrow:
        shown = "; ".join(f"{_name(curve)}: {_times(found)}" for curve, found in narrow.items())
        what = f"too narrow a range (here: {rule}): {shown}"
        return ItemResult(FAIL, what, cells_of(row for curve in narrow for row in curves[curve]))
    everywhere = sorted({ratio for found in ratios.values() for ratio in found})
    least = min(map(len, ratios.values()))
    return ItemResult(PASS, f"{least} or more on each of {len(curves)} curves ({rule}): {_times(everywhere)}")


def _ratios(rows: list[ReportRow]) -> list[float]:
    """Return the compression ratios asked for and measured, rising; those too near the one before are left out."""
    found: list[float] = []
    for sparsity in sorted({row.sparsity for row in rows if row.top1 is not None and row.sparsity > 0}):
        ratio = 1 / (1 - sparsity)
        if not found or ratio >= APART * found[-1] - 1e-9:
            found.append(ratio)
    return found


def _times(ratios: list[float]) -> str:
    return ", ".join(f"{ratio:.3g}×" for ratio in ratios)


def extremes(subject: AuditedSweep) -> ItemResult:
    """Check that sparsities reach up to where accuracy declines substantially: five points below dense, which is our
    number."""
    falls: dict[Curve, tuple[float, list[ReportRow]]] = {}
    for curve, rows in _drawn(subject).items():
        if any(made is None or made.score in ("random", "shuffled") for made in map(subject.algorithm, rows)):
            continue
        last = [row for row in rows if row.sparsity == max(row.sparsity for row in rows) and row.drop is not None]
        if last:
            falls[curve] = (fmean(row.drop for row in last if row.drop is not None), last)
    if not falls:
        return ItemResult(FAIL, "no curve has been measured at its highest sparsity yet")
    short = {curve: fall for curve, (fall, _) in falls.items() if fall < DECLINE - 1e-9}
    words = "; ".join(f"{_name(curve)}: {100 * fall:+.1f}" for curve, (fall, _) in falls.items())
    proof = cells_of(row for _, rows in falls.values() for row in rows)
    what = f"drop in points at the highest sparsity: {words} (asked for here: {100 * DECLINE:.0f} or more)"
    return ItemResult(FAIL if short else PASS, what, proof)


def seeds(subject: AuditedSweep) -> ItemResult:
    """Check for three or more seeds of each setting (our number: two give hardly a standard deviation), and how far
    they spread."""
    settings: dict[tuple[Curve, float], list[ReportRow]] = {}
    for curve, rows in subject.curves().items():
        for row in rows:
            settings.setdefault((curve, row.sparsity), []).append(row)
    tops = {key: [row.top1 for row in rows if row.top1 is not None] for key, rows in settings.items()}
    few = [key for key, found in tops.items() if len(found) < SEEDS]
    if few:
        least = min(len(tops[key]) for key in few)
        what = f"{len(few):,} of {len(tops):,} settings have fewer than {SEEDS} measured seeds, the fewest {least}"
        return ItemResult(FAIL, what, cells_of(row for key in few for row in settings[key]))
    spreads = {key: stdev(found) for key, found in tops.items()}
    key = max(spreads, key=spreads.__getitem__)
    widest = f"{_name(key[0])} at {100 * key[1]:g} %: {100 * fmean(tops[key]):.2f} ± {100 * spreads[key]:.2f}"
    what = f"{min(map(len, tops.values()))} or more seeds of each of {len(tops):,} settings; widest sd: {widest}"
    if shares_dense(subject.rows):
        what += "; seeds vary the recovery only: all begin with one imported dense network (n dense = 1)"
    return ItemResult(PASS, what, cells_of(settings[key]))


def _drawn(subject: AuditedSweep) -> dict[Curve, list[ReportRow]]:
    """Return the curves of algorithms that reach any sparsity."""
    found = {}
    for curve, rows in subject.curves().items():
        made = subject.algorithm(rows[0])
        if made is None or made.sparsity is None:
            found[curve] = rows
    return found


def _name(curve: Curve) -> str:
    algorithm, epochs, iterations = curve
    return f"{algorithm} {epochs}×{iterations}"
